package realtime

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/subscriptions"

	"jobboard/internal/changes"
	"jobboard/internal/leadership"
)

// The actions in PocketBase's messages.
const (
	actionCreate = changes.Create
	actionUpdate = changes.Update
	actionDelete = changes.Delete
)

// PocketBase broadcasts in hooks of priority -99 (creations, updates, the end of deletions) and 99 (the message of a deletion, prepared
// while the record still exists), which it binds when it begins to serve. Hooks of equal priority run in the order of binding: so the
// hooks here run after the record's own hooks of the event and right before the broadcast, which finds no subscribers, and restore the
// app's broker right after it.
const (
	atBroadcast     = -99
	afterBroadcast  = -98
	atDryCache      = 99
	afterDryCache   = 100
	deletedSnapshot = "@realtimeSnapshot" // on a record, where no field can be named so
)

func (h *hub) bindBroadcasts(app core.App) {
	for _, saved := range []struct {
		event  *hook.TaggedHook[*core.ModelEvent]
		action string
	}{{app.OnModelAfterCreateSuccess(), actionCreate}, {app.OnModelAfterUpdateSuccess(), actionUpdate}} {
		around(saved.event, atBroadcast, afterBroadcast, func(e *core.ModelEvent, record *core.Record) error {
			if !leadership.Clustered(e.App) && (saved.action != actionCreate || !changes.IsSilent(record)) {
				h.enqueue(newEvent(saved.action, record))
			}
			return h.stepOver(e, record)
		})
	}
	around(app.OnModelDelete(), atDryCache, afterDryCache, func(e *core.ModelEvent, record *core.Record) error {
		if !leadership.Clustered(e.App) {
			h.prepareDeletion(e.App, record)
		}
		return h.stepOver(e, record)
	})
	around(app.OnModelAfterDeleteSuccess(), atBroadcast, afterBroadcast, func(e *core.ModelEvent, record *core.Record) error {
		h.enqueueDeletion(record)
		return h.stepOver(e, record)
	})
	app.OnModelAfterDeleteError().Bind(&hook.Handler[*core.ModelErrorEvent]{
		Id: "forgetDeletion", Priority: atBroadcast,
		Func: func(e *core.ModelErrorEvent) error {
			if record := changes.RecordOf(e.Model); record != nil {
				takeDeletion(record).done()
			}
			return e.Next()
		},
	})
}

// around binds do, for records only, right before PocketBase's own hook, and a hook that ends its effect right after it.
func around(event *hook.TaggedHook[*core.ModelEvent], before, after int, do func(*core.ModelEvent, *core.Record) error) {
	event.Bind(&hook.Handler[*core.ModelEvent]{
		Id: "stepOverBroadcast", Priority: before,
		Func: func(e *core.ModelEvent) error {
			record := changes.RecordOf(e.Model)
			if record == nil {
				return e.Next()
			}
			return do(e, record)
		},
	})
	event.Bind(&hook.Handler[*core.ModelEvent]{
		Id: "stepOverBroadcastEnd", Priority: after,
		Func: func(e *core.ModelEvent) error {
			if stepping, ok := e.App.(steppingApp); ok {
				e.App = stepping.App
			}
			return e.Next()
		},
	})
}

// stepOver runs PocketBase's broadcast with a broker that has no topics. In the same hook PocketBase also renews the login of a saved
// account's connections and ends that of a deleted account's, so the broker contains these connections.
func (h *hub) stepOver(e *core.ModelEvent, record *core.Record) error {
	app := e.App
	account := ""
	if record.Collection().IsAuth() {
		account = accountOf(record)
	}
	e.App = steppingApp{App: app, broker: h.accountBroker(account)}
	err := e.Next()
	e.App = app
	return err
}

type steppingApp struct {
	core.App
	broker *subscriptions.Broker
}

// SubscriptionsBroker overrides the app's own broker of all connections.
func (a steppingApp) SubscriptionsBroker() *subscriptions.Broker { return a.broker }

// enqueue leaves an event to the background if anybody follows its record.
func (h *hub) enqueue(e event) {
	if !h.followed(e) {
		return
	}
	// If too many snapshots are open, the followers are shown the record as it is at delivery.
	e.snapshot, _ = h.takeSnapshot(maxSaveSnapshots, saveWait)
	h.queueOf(e.collection).add(e)
}

// deletion is the snapshot on which a deleted record's event is evaluated.
type deletion struct{ snapshot *snapshot }

// prepareDeletion takes the snapshot on which the rules of a record's followers are evaluated after it is deleted. All deletions of one
// transaction share a snapshot from before it, so that a rule that leads to another deleted record still holds.
func (h *hub) prepareDeletion(app core.App, record *core.Record) {
	if !h.followed(newEvent(actionDelete, record)) {
		return
	}
	record.SetRaw(deletedSnapshot, &deletion{h.beforeDeletion(app)})
}

// beforeDeletion returns a snapshot, or nil if too many are open.
func (h *hub) beforeDeletion(app core.App) *snapshot {
	info := app.TxInfo()
	if info == nil {
		taken, _ := h.takeSnapshot(maxSnapshots, deletionWait)
		return taken
	}
	if found, ok := h.deletions.Load(info); ok {
		return found.(*snapshot).share()
	}
	taken, err := h.takeSnapshot(maxSnapshots, deletionWait)
	if err != nil {
		return nil
	}
	h.deletions.Store(info, taken)
	info.OnComplete(func(error) error {
		h.deletions.Delete(info)
		taken.done()
		return nil
	})
	return taken.share()
}

func (h *hub) enqueueDeletion(record *core.Record) {
	prepared := takeDeletion(record)
	if prepared == nil {
		return
	}
	e := newEvent(actionDelete, record)
	e.snapshot, e.deleted = prepared.snapshot, record.Fresh()
	h.queueOf(e.collection).add(e)
}

func takeDeletion(record *core.Record) *deletion {
	prepared, ok := record.GetRaw(deletedSnapshot).(*deletion)
	if ok {
		record.SetRaw(deletedSnapshot, nil)
	}
	return prepared
}

func (d *deletion) done() {
	if d != nil {
		d.snapshot.done()
	}
}
