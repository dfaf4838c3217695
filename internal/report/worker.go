package report

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// Worker makes waiting reports in the background, one at a time, so that many asked for at once leave a core for requests.
//
// There is one server process per data folder, as PocketBase itself assumes; so a report that is running when a worker
// starts was cut off, and is made anew. Nothing but the rows says what is to be done.
type Worker struct {
	wake chan struct{}
	lock sync.Mutex
	stop context.CancelFunc
	done chan struct{}
}

// NewWorker makes a worker that does nothing until it is started.
func NewWorker() *Worker { return &Worker{wake: make(chan struct{}, 1)} }

// lookAgain is how long the worker waits at most before it looks for reports by itself, after a failure of the database.
const lookAgain = time.Minute

// Start begins to work, with the reports that were waiting or cut off. A started worker is left as it is.
func (w *Worker) Start(app core.App) {
	w.lock.Lock()
	defer w.lock.Unlock()
	if w.stop != nil {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	w.stop, w.done = stop, make(chan struct{})
	go w.work(ctx, app, w.done)
}

// Wake tells the worker that a report waits. Call it after the commit.
func (w *Worker) Wake() {
	select {
	case w.wake <- struct{}{}:
	default: // it is awake
	}
}

// Stop breaks off the report at hand, which the next start makes anew, and returns when the worker has ended.
func (w *Worker) Stop() {
	w.lock.Lock()
	defer w.lock.Unlock()
	if w.stop == nil {
		return
	}
	w.stop()
	<-w.done
	w.stop = nil
}

func (w *Worker) work(ctx context.Context, app core.App, done chan<- struct{}) {
	defer close(done)
	if err := takeAgain(app); err != nil {
		app.Logger().Error("reports that were cut off stay so", "error", err)
	}
	for ctx.Err() == nil {
		id, err := nextPending(app)
		if err == nil && id != "" {
			err = Run(ctx, app, id)
			if err == nil {
				continue
			}
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			app.Logger().Error("the report worker failed and tries again later", "report", id, "error", err)
		}
		select {
		case <-ctx.Done():
		case <-w.wake:
		case <-time.After(lookAgain):
		}
	}
}
