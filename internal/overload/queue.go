package overload

import (
	"context"
	"errors"
	"sync"
	"time"
)

var errBusy = errors.New("too many requests are waiting")

const (
	// standing is how long a queue may stay occupied before it counts as overload and no longer as a burst, which passes: long
	// waits then make every answer late and serve nobody more.
	standing = time.Second
	// stalled is how many times maxWait a queued request waits before it is refused after all: its turn was expected in time, so
	// only a board that stands still, such as behind a lock, sends it away.
	stalled = 4
	// weight is the share of the latest request in the measured time: one part in so many.
	weight = 8
)

// queue lets a number of requests run at once; the next ones wait in order, as long as they can expect to be served soon.
type queue struct {
	slots   int
	maxWait time.Duration
	fixed   bool // takes is not measured

	mu        sync.Mutex
	active    int
	waiting   []*waiter
	takes     time.Duration // how long one request takes, as measured
	lastEmpty time.Time     // when nobody was waiting last
}

// waiter is a request that waits; turn is closed when it may begin.
type waiter struct {
	turn  chan struct{}
	ahead int // how many waited before it
}

func newQueue(slots int, expected, maxWait time.Duration) *queue {
	return &queue{slots: slots, maxWait: maxWait, takes: expected, lastEmpty: time.Now()}
}

// enter waits for a turn and returns the function that ends it, which may be called more than once. It returns errBusy, mostly at
// once, if the turn would come too late or the request's context ends.
func (q *queue) enter(ctx context.Context) (leave func(), err error) {
	w := q.enqueue()
	if w == nil {
		return nil, errBusy
	}
	select {
	case <-w.turn:
		return q.leaving(), nil
	default:
	}
	late := time.NewTimer(stalled * q.maxWait)
	defer late.Stop()
	select {
	case <-w.turn:
		return q.leaving(), nil
	case <-ctx.Done():
	case <-late.C: // the work takes longer than it did, such as behind a lock
	}
	if q.withdraw(w, ctx.Err() == nil) {
		return nil, errBusy
	}
	return q.leaving(), nil // its turn came at the same moment
}

// isFull reports whether every slot is taken.
func (q *queue) isFull() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.active >= q.slots
}

// enqueue takes a slot, or a place in the queue; it returns nil if the queue is too long.
func (q *queue) enqueue() *waiter {
	q.mu.Lock()
	defer q.mu.Unlock()
	w := &waiter{turn: make(chan struct{})}
	if q.active < q.slots {
		q.active++
		q.lastEmpty = time.Now()
		close(w.turn)
		return w
	}
	wait := q.takes * time.Duration(len(q.waiting)+1) / time.Duration(q.slots)
	// One may always wait; otherwise slow work would never be admitted.
	if len(q.waiting) > 0 && wait > q.patience() {
		return nil
	}
	w.ahead = len(q.waiting)
	q.waiting = append(q.waiting, w)
	return w
}

// patience returns the longest expected wait that a request is queued for.
func (q *queue) patience() time.Duration {
	if time.Since(q.lastEmpty) > standing {
		return q.maxWait / 10
	}
	return q.maxWait / 2 // the measured time is an estimate, and whoever is refused after waiting is refused late
}

// withdraw takes a request out of the queue and reports whether it was still there. A wait in vain shows how long the work takes
// at least.
func (q *queue) withdraw(w *waiter, inVain bool) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, other := range q.waiting {
		if other == w {
			q.waiting = append(q.waiting[:i], q.waiting[i+1:]...)
			if inVain && !q.fixed {
				q.takes = max(q.takes, stalled*q.maxWait*time.Duration(q.slots)/time.Duration(w.ahead+1))
			}
			q.noteEmpty()
			return true
		}
	}
	return false
}

// leaving returns the function that ends a turn beginning now.
func (q *queue) leaving() func() {
	began := time.Now()
	return sync.OnceFunc(func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		if !q.fixed {
			q.takes += (time.Since(began) - q.takes) / weight
		}
		if len(q.waiting) == 0 {
			q.active--
			q.lastEmpty = time.Now()
			return
		}
		next := q.waiting[0]
		q.waiting = q.waiting[1:]
		q.noteEmpty()
		close(next.turn)
	})
}

func (q *queue) noteEmpty() {
	if len(q.waiting) == 0 {
		q.lastEmpty = time.Now()
	}
}
