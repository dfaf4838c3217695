package throttle

import (
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// applyClicks is how often one address may follow the way to apply, so that nobody can make up a job's figures.
var applyClicks = Limit{Burst: 60, Every: 5 * time.Second}

// LimitApplyClicks counts that the caller follows the way to apply, or refuses it.
func LimitApplyClicks(e *core.RequestEvent) error {
	if isOff(e) {
		return nil
	}
	t := of(e.App)
	if wait := t.clicks.take(block(e.RealIP()), time.Now()); wait > 0 {
		return refuse(e, t.clicks.limit, wait)
	}
	return nil
}
