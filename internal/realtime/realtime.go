// Package realtime tells of saved and deleted records whoever follows them, at a cost for the save that grows neither with
// the number of connected clients nor with their topics.
//
// PocketBase asks every topic of every connected client whether it may see a saved record while the save waits. Here the
// save only leaves a note (hooks.go); in the background the topics that the record belongs to are judged by the same rules, one
// after another for each collection (lane.go, deliver.go), each note on a snapshot of the database that shows the record as it was
// saved, or as it was before it was deleted (snapshot.go). Notifications are judged for their receiver's connections alone.
package realtime

import (
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

	roomCheck = 20 * time.Millisecond
)

// Bind puts the background in the place of PocketBase's broadcasts, and limits what clients may ask for. Call it before the
// app serves.
//
// Superusers get no notifications of others either: the contract says nobody else's, and the admin UI needs none.
// Connections that code registers at the broker by itself, past the connect endpoint, get no records at all.
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
	app.OnTerminate().Bind(&hook.Handler[*core.TerminateEvent]{
		Id: "drainRealtimeOnTerminate", Priority: -10_000, // before PocketBase ends the connections, at -9999
		Func: func(e *core.TerminateEvent) error {
			h.Settle(maxDrain)
			return e.Next()
		},
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

// WaitForDrain waits until most of what was told to the user has been taken, for who tells a lot. It ends in any case when a
// client takes nothing for maxWrite, since its connection is closed then.
func WaitForDrain(app core.App, userID string) {
	h, ok := app.Store().Get(hubKey).(*hub)
	if !ok {
		return
	}
	notifications, err := app.FindCachedCollectionByNameOrId(collections.Notifications)
	if err != nil {
		return
	}
	lane := h.laneOf(notifications)
	for began := time.Now(); (lane.crowded() || h.crowded(userID)) && time.Since(began) < 2*maxWrite; {
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

// BroadcastCreated tells the receivers of notifications that plain SQL has created. Call it after commit, in the background, and
// only for users who are connected: it waits while others are told.
func BroadcastCreated(app core.App, records []*core.Record) { broadcast(app, actionCreate, records) }

// BroadcastUpdated is BroadcastCreated for notifications that plain SQL has changed.
func BroadcastUpdated(app core.App, records []*core.Record) { broadcast(app, actionUpdate, records) }

func broadcast(app core.App, action string, records []*core.Record) {
	h, ok := app.Store().Get(hubKey).(*hub)
	if !ok {
		return
	}
	for _, record := range records {
		WaitForDrain(app, record.GetString("user"))
		h.laneOf(record.Collection()).add(newEvent(action, record))
	}
}
