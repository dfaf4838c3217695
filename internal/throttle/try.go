package throttle

import (
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"
)

// count is one bucket that a try counts in.
type count struct {
	buckets *buckets
	key     string
}

// try counts a try in all buckets before it runs, or refuses it, and takes it back when its outcome is harmless.
func try(e *core.RequestEvent, counted []count, run func() error, isHarmless func(error) bool) error {
	now := time.Now()
	for i, c := range counted {
		if wait := c.buckets.take(c.key, now); wait > 0 {
			for _, earlier := range counted[:i] {
				earlier.buckets.give(earlier.key)
			}
			return refuse(e, c.buckets.limit, wait)
		}
	}
	err := run()
	failed := err != nil && router.ToApiError(err).Status >= http.StatusInternalServerError // the board's own fault
	if failed || isHarmless(err) {
		for _, c := range counted {
			c.buckets.give(c.key)
		}
	}
	return err
}
