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

// limitPrefix is how the hidden details of PocketBase's own 429 begin; the rule follows as JSON.
const limitPrefix = "triggered rate limit rule: "

// retryAfter adds to every 429, of both doors, how long to wait. PocketBase's limiter doesn't tell. Its windows are fixed, but when one
// began is not known, so the answer gives the length of a whole window, which is always enough.
//
// The headers are Retry-After (RFC 9110), and RateLimit-* (draft-ietf-httpapi-ratelimit-headers) in the older form that clients know
// and in the newer one.
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

// limit is the limit behind a 429: how many requests a window allows, how long it is and how long to wait now, both in seconds.
type limit struct{ max, window, wait int }

// limitOf returns the limit in the details of a 429, or a minute if there is none.
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
