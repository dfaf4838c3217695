package throttle

import (
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"
)

// count is a bucket in which a try counts.
type count struct {
	buckets *buckets
	key     string
}

// try counts a try in all buckets and runs it, or refuses it. If the outcome is harmless, it takes the count back.
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
	failed := err != nil && router.ToApiError(err).Status >= http.StatusInternalServerError // not the caller's fault
	if failed || isHarmless(err) {
		for _, c := range counted {
			c.buckets.give(c.key)
		}
	}
	return err
}
