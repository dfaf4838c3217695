// Package realtime sends saved and deleted records to the clients that subscribe to them, at a cost for the save that grows neither with
// the number of connected clients nor with their topics.
//
// PocketBase checks the rules for every topic of every connected client while the save waits. Here the save only enqueues an event
// (hooks.go). In the background, the same rules are evaluated for the topics that the record belongs to, one event after another for
// each collection (queue.go, deliver.go). Each event has a snapshot of the database that shows the record as it was saved, or as it was
// before it was deleted (snapshot.go). Notifications are evaluated for their recipient's connections only.
//
// In a cluster the events come from the rows of internal/changes instead, on every node (cluster.go).
package realtime

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"jobboard/collections"
)

const (
	hubKey   = "jobboard.realtime"
	maxWrite = 30 * time.Second // for one message
	maxDrain = time.Second      // at the end of the process

	drainPoll = 20 * time.Millisecond
)

// Bind replaces PocketBase's broadcasts by background delivery, and limits what clients may subscribe to. Call it before the app
// serves.
//
// Superusers do not get the notifications of others either: the contract rules it out, and the admin UI does not need it. Connections
// that code registers directly at the broker, bypassing the connect endpoint, get no records at all.
func Bind(app core.App, options Options) {
	h := newHub(app, options)
	app.Store().Set(hubKey, h)

	app.OnRealtimeConnectRequest().Bind(&hook.Handler[*core.RealtimeConnectRequestEvent]{
		Id: "limitConnectionsOnRealtimeConnect", Priority: -100, Func: h.limitConnections,
	})
	app.OnRealtimeSubscribeRequest().Bind(&hook.Handler[*core.RealtimeSubscribeRequestEvent]{
		Id: "checkTopicsOnRealtimeSubscribe", Priority: -100, Func: h.checkTopics, // before anybody parses them
	})
	app.OnRealtimeMessageSend().BindFunc(limitWriteOnMessageSend)
	h.bindBroadcasts(app)
	h.bindChanges(app)
	app.OnTerminate().Bind(&hook.Handler[*core.TerminateEvent]{
		Id: "drainRealtimeOnTerminate", Priority: -10_000, // before PocketBase ends the connections, at -9999
		Func: func(e *core.TerminateEvent) error {
			h.Settle(maxDrain)
			return e.Next()
		},
	})
}

// limitWriteOnMessageSend closes the connection of a client that does not read a message in time: PocketBase lifts the server's write
// deadline for realtime, so the write would block for as long as the client keeps the connection open.
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

// WaitForDrain waits until most of the events for a user have been delivered, for callers that produce many. It also ends when a client
// reads nothing for maxWrite, since its connection is closed then.
func WaitForDrain(app core.App, userID string) {
	h, ok := app.Store().Get(hubKey).(*hub)
	if !ok {
		return
	}
	notifications, err := app.FindCachedCollectionByNameOrId(collections.Notifications)
	if err != nil {
		return
	}
	queue := h.queueOf(notifications)
	for began := time.Now(); (queue.congested() || h.congested(userID)) && time.Since(began) < 2*maxWrite; {
		time.Sleep(drainPoll)
	}
}

// AfterCommit calls do once tx is committed, with the app outside of it, for callers that write notifications by plain SQL. It does
// nothing after a rollback or if realtime is not bound.
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

// BroadcastCreated sends notifications that plain SQL has created to their recipients. Call it after the commit, in the background, and
// only for connected users: it blocks while they are congested.
func BroadcastCreated(app core.App, records []*core.Record) { broadcast(app, actionCreate, records) }

// BroadcastUpdated is BroadcastCreated for notifications that plain SQL has updated.
func BroadcastUpdated(app core.App, records []*core.Record) { broadcast(app, actionUpdate, records) }

func broadcast(app core.App, action string, records []*core.Record) {
	h, ok := app.Store().Get(hubKey).(*hub)
	if !ok {
		return
	}
	for _, record := range records {
		WaitForDrain(app, record.GetString("user"))
		h.queueOf(record.Collection()).add(newEvent(action, record))
	}
}

// IsFollowed reports whether anybody follows records of a collection.
func IsFollowed(app core.App, collection string) bool {
	h, ok := app.Store().Get(hubKey).(*hub)
	if !ok {
		return false
	}
	found, err := app.FindCachedCollectionByNameOrId(collection)
	return err == nil && h.followsCollection(found)
}

// Announce sends records that SQL has created to whoever follows them, no faster than they are delivered. Call it after the commit, in the
// background.
func Announce(ctx context.Context, app core.App, records []*core.Record) error {
	h, ok := app.Store().Get(hubKey).(*hub)
	if !ok {
		return nil
	}
	for _, record := range records {
		queue := h.queueOf(record.Collection())
		for queue.congested() {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(drainPoll):
			}
		}
		if e := newEvent(actionCreate, record); h.followed(e) {
			queue.add(e)
		}
	}
	return nil
}
