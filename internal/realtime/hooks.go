package realtime

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/subscriptions"
)

// What PocketBase's messages call the things that happen to a record.
const (
	actionCreate = "create"
	actionUpdate = "update"
	actionDelete = "delete"
)

// PocketBase broadcasts at priority -99 (creations, updates, the end of deletions) and 99 (what a deletion will tell, prepared
// while the record is still there), by hooks that it binds when it begins to serve. Of equal priority, what was bound earlier
// runs earlier: so the hooks here run after the record's own hooks of that event and just before the broadcast, which finds
// nobody to tell, and give the app its broker back just behind it.
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
			h.note(newEvent(saved.action, record))
			return h.stepOver(e, record)
		})
	}
	around(app.OnModelDelete(), atDryCache, afterDryCache, func(e *core.ModelEvent, record *core.Record) error {
		h.prepareDeletion(e.App, record)
		return h.stepOver(e, record)
	})
	around(app.OnModelAfterDeleteSuccess(), atBroadcast, afterBroadcast, func(e *core.ModelEvent, record *core.Record) error {
		h.noteDeletion(record)
		return h.stepOver(e, record)
	})
	app.OnModelAfterDeleteError().Bind(&hook.Handler[*core.ModelErrorEvent]{
		Id: "forgetDeletion", Priority: atBroadcast,
		Func: func(e *core.ModelErrorEvent) error {
			if record := recordOf(e.Model); record != nil {
				takeDeletion(record).done()
			}
			return e.Next()
		},
	})
}

// around binds do, for records alone, just before PocketBase's own hook, and what ends its effect just behind it.
func around(event *hook.TaggedHook[*core.ModelEvent], before, after int, do func(*core.ModelEvent, *core.Record) error) {
	event.Bind(&hook.Handler[*core.ModelEvent]{
		Id: "stepOverBroadcast", Priority: before,
		Func: func(e *core.ModelEvent) error {
			record := recordOf(e.Model)
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

// stepOver runs PocketBase's broadcast with a broker of which it gets no topics. PocketBase renews the login of a saved
// account's connections, and ends that of a deleted one's, in the same place, so these connections are there.
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

func recordOf(model core.Model) *core.Record {
	switch m := model.(type) {
	case *core.Record:
		return m
	case core.RecordProxy:
		return m.ProxyRecord()
	}
	return nil
}

// note leaves an event to the background, if anybody follows its record.
func (h *hub) note(e event) {
	if !h.followed(e) {
		return
	}
	// Without a snapshot, where too many are open, the followers are shown the record as it is by then.
	e.snapshot, _ = h.take(maxOfSaves, hasteOfSave)
	h.laneOf(e.collection).add(e)
}

// deletion is what a deleted record's event will be judged by.
type deletion struct{ snapshot *snapshot }

// prepareDeletion keeps what the followers of a record that is about to go are to be judged by. All deletions of one
// transaction share a snapshot, which shows the board before it, so that a rule that leads to another deleted record still
// holds.
func (h *hub) prepareDeletion(app core.App, record *core.Record) {
	if !h.followed(newEvent(actionDelete, record)) {
		return
	}
	record.SetRaw(deletedSnapshot, &deletion{h.beforeDeletion(app)})
}

// beforeDeletion returns nil where too many snapshots are open.
func (h *hub) beforeDeletion(app core.App) *snapshot {
	info := app.TxInfo()
	if info == nil {
		taken, _ := h.take(maxSnapshots, hasteOfDeletion)
		return taken
	}
	if found, ok := h.deletions.Load(info); ok {
		return found.(*snapshot).share()
	}
	taken, err := h.take(maxSnapshots, hasteOfDeletion)
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

func (h *hub) noteDeletion(record *core.Record) {
	prepared := takeDeletion(record)
	if prepared == nil {
		return
	}
	e := newEvent(actionDelete, record)
	e.snapshot, e.deleted = prepared.snapshot, record.Fresh()
	h.laneOf(e.collection).add(e)
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
