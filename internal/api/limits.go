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
			rule := limitOf(apiErr)
			header := e.Response.Header()
			header.Set("Retry-After", fmt.Sprint(rule.Duration))
			header.Set("RateLimit-Limit", fmt.Sprint(rule.MaxRequests))
			header.Set("RateLimit-Remaining", "0")
			header.Set("RateLimit-Reset", fmt.Sprint(rule.Duration))
			header.Set("RateLimit-Policy", fmt.Sprintf(`"default";q=%d;w=%d`, rule.MaxRequests, rule.Duration))
			header.Set("RateLimit", fmt.Sprintf(`"default";r=0;t=%d`, rule.Duration))
			return err
		},
	}
}

// limitOf finds the rule that a 429 is about; a minute where it does not say.
func limitOf(apiErr *router.ApiError) core.RateLimitRule {
	rule := core.RateLimitRule{Duration: 60}
	details, ok := apiErr.RawData().(error)
	if !ok {
		return rule
	}
	text, ok := strings.CutPrefix(details.Error(), limitPrefix)
	if !ok || json.Unmarshal([]byte(text), &rule) != nil || rule.Duration < 1 {
		return core.RateLimitRule{Duration: 60}
	}
	return rule
}
