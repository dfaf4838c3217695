package realtime

import (
	"sync"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/changes"
)

const (
	maxPending       = 512 // events of one collection that wait for delivery
	congestedPending = maxPending / 2
)

// event is a saved or deleted record for its followers.
type event struct {
	action     string // as PocketBase names it in its messages
	collection *core.Collection
	id         string
	recipient  string // of a notification
	// snapshot shows the record as it was saved, or before it was deleted. Without one, a saved record is shown as it is at delivery,
	// and for a deleted one only rules on its own fields can be evaluated.
	snapshot *snapshot
	deleted  *core.Record
	// change is what the event comes from in a cluster. It has no snapshot then until it is delivered.
	change *changes.Change
}

func newEvent(action string, record *core.Record) event {
	e := event{action: action, collection: record.Collection(), id: record.Id}
	if e.collection.Name == collections.Notifications {
		e.recipient = record.GetString("user")
	}
	return e
}

// queue delivers the events of one collection one after another, so that those of a record arrive in order. It is no loop of
// internal/background: its goroutine lives only while there are events, and stopping waits until all queues are drained (see Settle).
type queue struct {
	hub *hub

	mu      sync.Mutex
	pending []event
	running bool
}

func (h *hub) queueOf(collection *core.Collection) *queue {
	h.queuesMu.Lock()
	defer h.queuesMu.Unlock()
	if h.queues[collection.Id] == nil {
		h.queues[collection.Id] = &queue{hub: h}
	}
	return h.queues[collection.Id]
}

// add never blocks. If too many events are pending, the followers of the event are disconnected instead, so that an open connection has
// never missed anything.
func (q *queue) add(e event) {
	q.mu.Lock()
	if len(q.pending) >= maxPending {
		q.mu.Unlock()
		e.snapshot.done()
		q.hub.disconnectFollowers(e, "too many events are waiting")
		return
	}
	q.pending = append(q.pending, e)
	start := !q.running
	q.running = true
	q.mu.Unlock()
	if start {
		go q.run()
	}
}

func (q *queue) run() {
	for {
		e, behind, ok := q.next()
		if !ok {
			return
		}
		q.hub.deliver(e)
		if behind {
			q.hub.disconnectCostliest(e)
		}
	}
}

// next returns the first event, and whether so many are waiting behind it that a follower has to be disconnected.
func (q *queue) next() (e event, behind, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.pending) == 0 {
		q.running, q.pending = false, nil
		return event{}, false, false
	}
	e = q.pending[0]
	q.pending[0] = event{}
	q.pending = q.pending[1:]
	return e, len(q.pending) > congestedPending, true
}

func (q *queue) busy() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.running
}

// congested reports whether callers that can wait should not add more.
func (q *queue) congested() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.pending) > congestedPending/2
}
