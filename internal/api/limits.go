package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/router"

	"jobboard/internal/throttle"
)

// limitPrefix begins the hidden details of PocketBase's own 429, before the rule as JSON.
const limitPrefix = "triggered rate limit rule: "

// retryAfter adds to every 429, whatever the door, how long to wait: PocketBase's limiter says nothing about it. Its
// windows are fixed and their beginning is its secret, so the whole window is what surely suffices.
//
// The headers are Retry-After (RFC 9110) and RateLimit-* (draft-ietf-httpapi-ratelimit-headers, in the older form that
// clients know, and the newer).
func retryAfter() *hook.Handler[*core.RequestEvent] {
	return &hook.Handler[*core.RequestEvent]{
		Id:       "jobboardRetryAfter",
		Priority: apis.DefaultPanicRecoverMiddlewarePriority + 2,
		Func: func(e *core.RequestEvent) error {
			err := e.Next()
			var apiErr *router.ApiError
			if !errors.As(err, &apiErr) || apiErr.Status != http.StatusTooManyRequests {
				return err
			}
			limit := limitOf(apiErr)
			header := e.Response.Header()
			header.Set("Retry-After", fmt.Sprint(limit.wait))
			header.Set("RateLimit-Limit", fmt.Sprint(limit.max))
			header.Set("RateLimit-Remaining", "0")
			header.Set("RateLimit-Reset", fmt.Sprint(limit.wait))
			header.Set("RateLimit-Policy", fmt.Sprintf(`"default";q=%d;w=%d`, limit.max, limit.window))
			header.Set("RateLimit", fmt.Sprintf(`"default";r=0;t=%d`, limit.wait))
			return err
		},
	}
}

// limit is the limit behind a 429: how many requests a window allows, its length and how long to wait now, both in seconds.
type limit struct{ max, window, wait int }

// limitOf finds the limit in the details of a 429; a minute where they don't say.
func limitOf(apiErr *router.ApiError) limit {
	details, ok := apiErr.RawData().(error)
	if !ok {
		return limit{window: 60, wait: 60}
	}
	var refusal *throttle.LimitError
	if errors.As(details, &refusal) {
		return limit{refusal.Limit.Burst, refusal.Limit.Burst * int(refusal.Limit.Every.Seconds()), refusal.RetryAfterSeconds()}
	}
	var rule core.RateLimitRule
	text, ok := strings.CutPrefix(details.Error(), limitPrefix)
	if !ok || json.Unmarshal([]byte(text), &rule) != nil || rule.Duration < 1 {
		return limit{window: 60, wait: 60}
	}
	return limit{rule.MaxRequests, int(rule.Duration), int(rule.Duration)}
}
