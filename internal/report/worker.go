package report

import (
	"context"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/background"
)

const (
	// pollInterval is the longest wait before the worker looks for reports without being woken, such as after a failure of the
	// database.
	pollInterval = time.Minute
	// stopTimeout is for requeuing the interrupted report, which may have to wait for other writers.
	stopTimeout = 10 * time.Second
)

// Bind makes pending reports while the app serves, one at a time, so that many at once leave a core for requests.
//
// There is one server process per data folder, as PocketBase itself assumes, and one leader of a cluster; so a report that is running
// when the loop begins was interrupted, and is made anew. Nothing but the rows says what is to be done.
func Bind(app core.App) {
	loop := background.NewLoop("make reports",
		background.Options{Interval: pollInterval, StopTimeout: stopTimeout, Begin: requeueInterrupted}, step)
	background.Bind(app, loop)
	wake := func(e *core.RecordEvent) error {
		if e.Record.GetString("status") == collections.ReportPending {
			loop.Wake()
		}
		return e.Next()
	}
	app.OnRecordAfterCreateSuccess(collections.Reports).BindFunc(wake)
	app.OnRecordAfterUpdateSuccess(collections.Reports).BindFunc(wake) // a superuser may retry a failed one
}

// step makes the oldest pending report.
func step(ctx context.Context, app core.App) (more bool, err error) {
	id, err := nextPending(app)
	if err != nil || id == "" {
		return false, err
	}
	return true, Run(ctx, app, id)
}
