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
// There is one server process per data folder, as PocketBase itself assumes; so a report that is running when a worker starts was
// interrupted, and is made anew. Nothing but the rows says what is to be done.
func Bind(app core.App) {
	loop := background.NewLoop("make reports", background.Options{Interval: pollInterval, StopTimeout: stopTimeout}, new(worker).step)
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

type worker struct{ requeued bool }

// step makes the oldest pending report. The first step also requeues those that were interrupted by a crash.
func (w *worker) step(ctx context.Context, app core.App) (more bool, err error) {
	if !w.requeued {
		if err := requeueInterrupted(app); err != nil {
			return false, err
		}
		w.requeued = true
	}
	id, err := nextPending(app)
	if err != nil || id == "" {
		return false, err
	}
	return true, Run(ctx, app, id)
}
