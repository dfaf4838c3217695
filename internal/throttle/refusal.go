package throttle

import (
	"fmt"
	"math"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// Refusal is what a 429 of this package is about; it stands in the error's raw data.
type Refusal struct {
	Limit Limit
	Wait  time.Duration
}

func (r *Refusal) Error() string { return fmt.Sprintf("too many tries: wait %s", r.Wait) }

// Seconds is how long to wait, in whole seconds.
func (r *Refusal) Seconds() int { return max(int(math.Ceil(r.Wait.Seconds())), 1) }

// refuse makes the error and, for PocketBase's own door, the header of an answer.
func refuse(e *core.RequestEvent, limit Limit, wait time.Duration) error {
	refusal := &Refusal{Limit: limit, Wait: wait}
	e.Response.Header().Set("Retry-After", fmt.Sprint(refusal.Seconds()))
	return e.TooManyRequestsError(fmt.Sprintf("Too many attempts. Try again in %d seconds.", refusal.Seconds()), refusal)
}
