package webhook

import (
	"context"
	"fmt"
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/internal/background"
)

// dispatch begins the attempts to an endpoint that are due, as far as there are places.
func (w *worker) dispatch(ctx context.Context, app core.App, e *endpoint) error {
	now := types.NowDateTime().String()
	if e.Waiting == 0 || e.PausedUntil > now {
		return nil
	}
	running := w.runningTo(e.ID)
	places := perEndpoint
	if e.Failing {
		places = perFailingEndpoint
	}
	if len(running) >= places {
		return nil
	}
	due, err := findDue(app, e, now, places+len(running))
	if err != nil {
		return err
	}
	for _, id := range due {
		if places == len(running) {
			break
		}
		if slices.Contains(running, id) {
			continue
		}
		if !w.takePlace(id, e) {
			break
		}
		running = append(running, id)
		go func() {
			defer w.end(id)
			if err := background.Recover(func() error { return w.attempt(ctx, app, id) }); err != nil && ctx.Err() == nil {
				app.Logger().Error("An attempt to send a webhook failed.", "delivery", id, "error", err)
			}
		}()
	}
	return nil
}

// findDue returns the deliveries to an endpoint that are due, the earliest first. One that is switched off is only sent tests.
func findDue(app core.App, e *endpoint, now string, atMost int) (ids []string, err error) {
	query := app.DB().Select("id").From("webhook_deliveries").
		Where(dbx.NewExp("endpoint = {:endpoint} AND status = 'pending' AND [[nextAttemptAt]] <= {:now}",
			dbx.Params{"endpoint": e.ID, "now": now})).
		OrderBy("nextAttemptAt", "rowid").Limit(int64(atMost))
	if !e.Active {
		query.AndWhere(dbx.HashExp{"event": 0})
	}
	if err := query.Column(&ids); err != nil {
		return nil, fmt.Errorf("find what is due to the endpoint %s: %w", e.ID, err)
	}
	return ids, nil
}

// runningTo returns the deliveries to an endpoint that are being attempted.
func (w *worker) runningTo(endpoint string) (ids []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, r := range w.running {
		if r.endpoint == endpoint {
			ids = append(ids, id)
		}
	}
	return ids
}

// takePlace takes a place for an attempt, and reports whether there was one.
func (w *worker) takePlace(delivery string, e *endpoint) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	taken, most := 0, healthyAtOnce
	if e.Failing {
		most = failingAtOnce
	}
	for _, r := range w.running {
		if r.failing == e.Failing {
			taken++
		}
	}
	if taken >= most {
		return false
	}
	w.running[delivery] = running{endpoint: e.ID, failing: e.Failing}
	w.attempts.Add(1)
	return true
}

func (w *worker) end(delivery string) {
	w.mu.Lock()
	delete(w.running, delivery)
	w.mu.Unlock()
	w.attempts.Done()
	w.wake()
}
