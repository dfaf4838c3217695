package throttle

import (
	"fmt"
	"math"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// LimitError is the cause of a 429 of this package. It is in the raw data of the API error.
type LimitError struct {
	Limit      Limit
	RetryAfter time.Duration
}

func (r *LimitError) Error() string { return fmt.Sprintf("too many tries: wait %s", r.RetryAfter) }

// RetryAfterSeconds returns how long to wait, in whole seconds.
func (r *LimitError) RetryAfterSeconds() int { return max(int(math.Ceil(r.RetryAfter.Seconds())), 1) }

// refuse returns the 429 and sets its Retry-After header, which PocketBase's own API would lack.
func refuse(e *core.RequestEvent, limit Limit, wait time.Duration) error {
	refusal := &LimitError{Limit: limit, RetryAfter: wait}
	e.Response.Header().Set("Retry-After", fmt.Sprint(refusal.RetryAfterSeconds()))
	return e.TooManyRequestsError(fmt.Sprintf("Too many attempts. Try again in %d seconds.", refusal.RetryAfterSeconds()), refusal)
}
