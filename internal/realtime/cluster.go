package realtime

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/background"
	"jobboard/internal/changes"
	"jobboard/internal/leadership"
)

const (
	// pollInterval is only for what wakes nothing, such as the end of an error.
	pollInterval = 2 * time.Second
	// readAtOnce is how many changes are read at once.
	readAtOnce = 250
	// maxHold is how long a change waits for a congested queue. After that it is queued as on a board that runs alone.
	maxHold = time.Second
)

// bindChanges passes on the changes of a cluster, on the leader as on followers: each once, in the order of the commits, once no
// failover can undo them. Since all nodes read the same rows and each knows how far it is, it doesn't matter which one leads.
func (h *hub) bindChanges(app core.App) {
	loop := background.NewLoop("announce changes", background.Options{Interval: pollInterval, EveryNode: true}, h.announce)
	changes.OnWritten(app, loop.Wake)
	leadership.OnApplied(app, loop.Wake)
	leadership.OnChange(app, func(bool) { loop.Wake() })
	changes.OnChange(app, h.renewAccount, changes.Accounts)
	changes.OnRefresh(app, h.renewAccounts)
	changes.OnSecret(app, h.endAccounts)
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if !leadership.Clustered(e.App) {
			return e.Next()
		}
		last, err := changes.Last(e.App) // before anybody can connect
		if err != nil {
			return err
		}
		h.announced = last
		if err := e.Next(); err != nil {
			return err
		}
		loops := background.NewGroup(e.App)
		loops.Start(loop)
		e.App.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
			loops.Stop()
			return e.Next()
		})
		return nil
	})
}

// announce passes on the changes that no failover can undo. It waits once for everything that was committed before.
func (h *hub) announce(ctx context.Context, app core.App) (more bool, err error) {
	last, err := changes.Last(app)
	if err != nil || last == h.announced {
		return false, err
	}
	if may, err := changes.Confirmed(ctx, app); err != nil || !may {
		return false, err
	}
	for h.announced != last {
		list, err := changes.Between(app, h.announced, last, readAtOnce)
		if errors.Is(err, changes.ErrGap) {
			h.disconnectAll("changes that were missed are no longer kept")
			h.announced = last
			return false, nil
		}
		if err != nil {
			return false, err
		}
		for _, change := range list {
			if err := h.pass(ctx, change); err != nil {
				return false, err
			}
			h.announced = change.Seq
		}
	}
	return false, nil
}

// pass queues the event of a change.
func (h *hub) pass(ctx context.Context, change changes.Change) error {
	collection, err := h.app.FindCachedCollectionByNameOrId(change.Collection)
	if err != nil {
		return nil // deleted meanwhile
	}
	e := event{action: change.Action, collection: collection, id: change.Record, recipient: change.User, change: &change}
	if !h.followed(e) {
		return nil
	}
	if change.Action == changes.Delete {
		if e.deleted, err = change.Deleted(collection); err != nil {
			h.disconnectFollowers(e, err.Error())
			return nil
		}
	}
	queue := h.queueOf(collection)
	for began := time.Now(); queue.congested() && time.Since(began) < maxHold; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(drainPoll):
		}
	}
	queue.add(e)
	return nil
}

// disconnectAll closes all connections that may have missed something: their clients fetch the records when they reconnect.
func (h *hub) disconnectAll(reason string) {
	h.mu.RLock()
	var open []*connection
	for c := range h.all {
		if len(c.topics) > 0 {
			open = append(open, c)
		}
	}
	h.mu.RUnlock()
	h.app.Logger().Warn("Closed realtime connections that would have missed events.", "connections", len(open), "reason", reason)
	for _, c := range open {
		c.Discard()
	}
}

// restoration returns what puts the rows back that were deleted together with a record, for rules that lead to them.
func (s *snapshot) restoration(app core.App, deletion changes.Change) (*restoration, error) {
	together := []changes.Change{deletion}
	if deletion.First > 0 {
		var err error
		if together, err = changes.DeletedWith(s.tx, deletion, maxRestored); err != nil {
			return nil, err
		}
	}
	r := &restoration{rows: map[string][]string{}}
	for _, change := range together {
		collection, err := app.FindCachedCollectionByNameOrId(change.Collection)
		if err != nil {
			return nil, fmt.Errorf("find the collection of a deleted record: %w", err)
		}
		if r.rows[collection.Id] == nil {
			r.collections = append(r.collections, collection)
		}
		r.rows[collection.Id] = append(r.rows[collection.Id], change.Data)
	}
	return r, nil
}
