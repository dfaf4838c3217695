package webhook

import (
	"context"

	"github.com/pocketbase/pocketbase/core"
)

// Worker is a worker that tests run by hand.
type Worker struct{ *worker }

// NewWorker returns a worker that no loop runs.
func NewWorker(options Options) Worker { return Worker{newWorker(options)} }

// Run writes deliveries until there are none left to write, and makes each attempt that is due.
func (w Worker) Run(ctx context.Context, app core.App) error {
	for range 100 {
		more, err := w.step(ctx, app)
		if err != nil {
			return err
		}
		w.attempts.Wait()
		var due int
		err = app.DB().NewQuery("SELECT count(*) FROM {{webhook_deliveries}} d JOIN {{webhook_endpoints}} e ON e.id = d.endpoint " +
			"WHERE d.status = 'pending' AND d.[[nextAttemptAt]] <= strftime('%Y-%m-%d %H:%M:%fZ', 'now') AND (e.active OR d.event = 0)").Row(&due)
		if err != nil || !more && due == 0 {
			return err
		}
	}
	return nil
}

// Step makes one step without waiting for its attempts.
func (w Worker) Step(ctx context.Context, app core.App) (bool, error) { return w.step(ctx, app) }

// Settle waits for the attempts that were begun.
func (w Worker) Settle() { w.attempts.Wait() }

// What tests need to know.
var (
	Trim       = trim
	RetryAfter = retryAfter
)

// Attempts is how often a delivery is attempted.
var Attempts = len(schedule)

// KeepNewest is how many finished deliveries each endpoint keeps.
const KeepNewest = keepNewest
