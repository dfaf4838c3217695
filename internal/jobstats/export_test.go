package jobstats

import (
	"context"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// FlushAt is Flush at a time of the test's choice.
func FlushAt(app core.App, now time.Time) error { return of(app).flush(context.Background(), app, now) }

// SetMaxPending bounds what is counted between two flushes for one test.
func SetMaxPending(t testing.TB, most int) {
	before := maxPending
	maxPending = most
	t.Cleanup(func() { maxPending = before })
}
