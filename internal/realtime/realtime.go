// Package realtime delivers each notification to its receiver's own realtime connections, at a cost that does not grow
// with the number of connected clients.
//
// PocketBase asks every connected client in turn whether it may see a saved record. For the notifications collection alone,
// its broadcast is given a broker that holds only the receiver's connections. Everything else stays PocketBase's own: the
// API rules, filter, fields and expand of a subscription, the shape of the event, and sending after commit only.
package realtime

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/subscriptions"

	"jobboard/collections"
)

const (
	hubKey   = "jobboard.realtime"
	maxWrite = 30 * time.Second // for one message

	roomCheck = 20 * time.Millisecond
)

// PocketBase broadcasts at priority -99 (creations, updates, the end of deletions) and 99 (what a deletion will tell,
// prepared while the record is still there). These hooks run just before.
const (
	beforeBroadcast = -100
	beforeDryCache  = 98
)

// Bind makes every new realtime connection known to the hub and narrows the broadcast of notifications to their receivers.
//
// Superusers get no notifications of others either: the contract says nobody else's, and the admin UI needs none.
// Connections that code registers at the broker by itself, past the connect endpoint, get none.
func Bind(app core.App) {
	h := newHub(app)
	app.Store().Set(hubKey, h)

	app.OnRealtimeConnectRequest().Bind(&hook.Handler[*core.RealtimeConnectRequestEvent]{
		Id: "watchConnectionOnRealtimeConnect", Priority: beforeBroadcast,
		Func: func(e *core.RealtimeConnectRequestEvent) error {
			e.Client = newConnection(e.Client, h)
			return e.Next()
		},
	})

	app.OnRealtimeMessageSend().BindFunc(limitWriteOnMessageSend)

	narrow := func(e *core.ModelEvent) error { return h.narrowed(e, e.Next) }
	for _, event := range []*hook.TaggedHook[*core.ModelEvent]{
		app.OnModelAfterCreateSuccess(collections.Notifications),
		app.OnModelAfterUpdateSuccess(collections.Notifications),
		app.OnModelAfterDeleteSuccess(collections.Notifications),
	} {
		event.Bind(&hook.Handler[*core.ModelEvent]{Id: "narrowToReceiver", Priority: beforeBroadcast, Func: narrow})
	}
	app.OnModelDelete(collections.Notifications).Bind(&hook.Handler[*core.ModelEvent]{
		Id: "narrowToReceiverOnDelete", Priority: beforeDryCache, Func: narrow,
	})
	app.OnModelAfterDeleteError(collections.Notifications).Bind(&hook.Handler[*core.ModelErrorEvent]{
		Id: "narrowToReceiverOnDeleteError", Priority: beforeBroadcast,
		Func: func(e *core.ModelErrorEvent) error { return h.narrowed(&e.ModelEvent, e.Next) },
	})
}

// limitWriteOnMessageSend ends the connection of a client that does not even take one message: PocketBase has lifted the
// server's write deadline for realtime, so the write would wait for as long as the client's system keeps the line open.
func limitWriteOnMessageSend(e *core.RealtimeMessageEvent) error {
	err := http.NewResponseController(e.Response).SetWriteDeadline(time.Now().Add(maxWrite))
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return e.Next()
}

// Connected returns those of userIDs that have a realtime connection now, in the given order.
func Connected(app core.App, userIDs ...string) []string {
	h, ok := app.Store().Get(hubKey).(*hub)
	if !ok {
		return nil
	}
	return h.connected(userIDs)
}

// AwaitRoom waits until the user's connections have taken most of what was sent to them, for who sends a lot. It ends in
// any case when a client takes nothing for maxWrite, since its connection is closed then.
func AwaitRoom(app core.App, userID string) {
	h, ok := app.Store().Get(hubKey).(*hub)
	if !ok {
		return
	}
	for began := time.Now(); h.crowded(userID) && time.Since(began) < 2*maxWrite; {
		time.Sleep(roomCheck)
	}
}

// AfterCommit calls do once tx is committed, with the app outside of it, for who has written notifications by plain SQL.
// After a rollback, and where realtime is not bound, there is nobody to tell.
func AfterCommit(tx core.App, do func(app core.App)) {
	h, ok := tx.Store().Get(hubKey).(*hub)
	if !ok {
		return
	}
	tx.TxInfo().OnComplete(func(failed error) error {
		if failed == nil {
			do(h.app)
		}
		return nil
	})
}

// AnnounceCreated tells the receivers of notifications that plain SQL has created. Call it after commit, and only for
// users who are connected: it costs a few queries per record.
func AnnounceCreated(app core.App, records []*core.Record) error {
	return announce(app, core.ModelEventTypeCreate, app.OnModelAfterCreateSuccess, records)
}

// AnnounceUpdated is AnnounceCreated for notifications that plain SQL has changed.
func AnnounceUpdated(app core.App, records []*core.Record) error {
	return announce(app, core.ModelEventTypeUpdate, app.OnModelAfterUpdateSuccess, records)
}

func announce(
	app core.App, kind string, after func(tags ...string) *hook.TaggedHook[*core.ModelEvent], records []*core.Record,
) error {
	for _, record := range records {
		event := new(core.ModelEvent)
		event.App = app
		event.Type = kind
		event.Model = record
		if err := after().Trigger(event); err != nil {
			return fmt.Errorf("announce notification %s: %w", record.Id, err)
		}
	}
	return nil
}

// narrowed runs the rest of the hook chain with an app whose broker holds the connections of the record's receiver alone.
func (h *hub) narrowed(e *core.ModelEvent, next func() error) error {
	app := e.App
	defer func() { e.App = app }()
	e.App = narrowApp{App: app, broker: h.brokerOf(receiver(e.Model))}
	return next()
}

func receiver(model core.Model) string {
	switch m := model.(type) {
	case *core.Record:
		return m.GetString("user")
	case core.RecordProxy:
		return m.ProxyRecord().GetString("user")
	}
	return ""
}

type narrowApp struct {
	core.App
	broker *subscriptions.Broker
}

// SubscriptionsBroker overrides the app's own broker of all connections.
func (a narrowApp) SubscriptionsBroker() *subscriptions.Broker { return a.broker }
