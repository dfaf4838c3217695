package realtime

import (
	"sync"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
)

const (
	maxPending  = 512 // events of one collection that wait to be judged
	manyPending = maxPending / 2
)

// event is a saved or deleted record that those who follow it are to hear of.
type event struct {
	action     string // as PocketBase names it in its messages
	collection *core.Collection
	id         string
	receiver   string // of a notification
	// snapshot shows the record as it was saved, or before it was deleted. Where there is none, a saved record is shown as it
	// is by then, and of a deleted one only what its own fields tell can be judged.
	snapshot *snapshot
	deleted  *core.Record
}

func newEvent(action string, record *core.Record) event {
	e := event{action: action, collection: record.Collection(), id: record.Id}
	if e.collection.Name == collections.Notifications {
		e.receiver = record.GetString("user")
	}
	return e
}

// lane judges the events of one collection one after another, so that each record's come in their order. It has a goroutine
// as long as there are any.
type lane struct {
	hub *hub

	mu      sync.Mutex
	pending []event
	running bool
}

func (h *hub) laneOf(collection *core.Collection) *lane {
	h.lanesMu.Lock()
	defer h.lanesMu.Unlock()
	if h.lanes[collection.Id] == nil {
		h.lanes[collection.Id] = &lane{hub: h}
	}
	return h.lanes[collection.Id]
}

// add never waits. Where too much is pending already, the followers of the event are disconnected instead: an open
// connection has missed nothing.
func (l *lane) add(e event) {
	l.mu.Lock()
	if len(l.pending) >= maxPending {
		l.mu.Unlock()
		e.snapshot.done()
		l.hub.giveUp(e, "too many events are waiting")
		return
	}
	l.pending = append(l.pending, e)
	start := !l.running
	l.running = true
	l.mu.Unlock()
	if start {
		go l.run()
	}
}

func (l *lane) run() {
	for {
		e, behind, ok := l.next()
		if !ok {
			return
		}
		l.hub.deliver(e)
		if behind {
			l.hub.dropCostliest(e)
		}
	}
}

// next takes the first event, and tells whether so many wait behind it that something must be done.
func (l *lane) next() (e event, behind, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.pending) == 0 {
		l.running, l.pending = false, nil
		return event{}, false, false
	}
	e = l.pending[0]
	l.pending[0] = event{}
	l.pending = l.pending[1:]
	return e, len(l.pending) > manyPending, true
}

func (l *lane) busy() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.running
}

// crowded tells whether who can wait should not add more.
func (l *lane) crowded() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.pending) > manyPending/2
}
