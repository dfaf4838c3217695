package overload

import (
	"context"
	"errors"
	"sync"
	"time"
)

var errBusy = errors.New("too many are waiting")

const (
	// A line that was never empty for so long is no burst, which would pass, but more than the board can carry: waiting for long
	// makes every answer late and serves nobody more.
	standing = time.Second
	// stalled is how many times as long as maxWait the turn of a request may fail to come: whoever is in the line was told that it
	// comes, so only a board that stands still, such as behind a lock, sends them away.
	stalled = 4
	// weight is that of the latest request in the measured time: one in so many.
	weight = 8
)

// line lets a number of requests work at once and the next ones wait in order, as long as they can expect to be soon served.
type line struct {
	slots   int
	maxWait time.Duration
	fixed   bool // takes is not measured

	mu        sync.Mutex
	active    int
	waiting   []*waiter
	takes     time.Duration // how long one request works, as measured
	lastEmpty time.Time     // when nobody waited last
}

// waiter is a request that waits; turn is closed when it may begin.
type waiter struct {
	turn  chan struct{}
	ahead int // how many waited before it
}

func newLine(slots int, expected, maxWait time.Duration) *line {
	return &line{slots: slots, maxWait: maxWait, takes: expected, lastEmpty: time.Now()}
}

// enter waits for a turn and returns what ends it, which may be called more than once. It returns errBusy, mostly at once, where
// the turn would come too late or the request's context has ended.
func (l *line) enter(ctx context.Context) (leave func(), err error) {
	w := l.queue()
	if w == nil {
		return nil, errBusy
	}
	select {
	case <-w.turn:
		return l.leaving(), nil
	default:
	}
	late := time.NewTimer(stalled * l.maxWait)
	defer late.Stop()
	select {
	case <-w.turn:
		return l.leaving(), nil
	case <-ctx.Done():
	case <-late.C: // the work takes longer than it did, such as behind a lock
	}
	if l.withdraw(w, ctx.Err() == nil) {
		return nil, errBusy
	}
	return l.leaving(), nil // its turn came at the same moment
}

// isFull reports whether every place is taken.
func (l *line) isFull() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.active >= l.slots
}

// queue takes a place, or one in the line; nil where the line is too long.
func (l *line) queue() *waiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := &waiter{turn: make(chan struct{})}
	if l.active < l.slots {
		l.active++
		l.lastEmpty = time.Now()
		close(w.turn)
		return w
	}
	wait := l.takes * time.Duration(len(l.waiting)+1) / time.Duration(l.slots)
	// One may always wait, or work that takes long would never find anybody.
	if len(l.waiting) > 0 && wait > l.patience() {
		return nil
	}
	w.ahead = len(l.waiting)
	l.waiting = append(l.waiting, w)
	return w
}

// patience is how long a wait may be expected to be.
func (l *line) patience() time.Duration {
	if time.Since(l.lastEmpty) > standing {
		return l.maxWait / 10
	}
	return l.maxWait / 2 // the measured time is an estimate, and whoever is refused after waiting is refused late
}

// withdraw takes a request out of the line, and reports whether it was still there. That it waited in vain tells how long the
// work takes at least.
func (l *line) withdraw(w *waiter, inVain bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, other := range l.waiting {
		if other == w {
			l.waiting = append(l.waiting[:i], l.waiting[i+1:]...)
			if inVain && !l.fixed {
				l.takes = max(l.takes, stalled*l.maxWait*time.Duration(l.slots)/time.Duration(w.ahead+1))
			}
			l.noteEmpty()
			return true
		}
	}
	return false
}

// leaving returns what ends a turn that begins now.
func (l *line) leaving() func() {
	began := time.Now()
	return sync.OnceFunc(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if !l.fixed {
			l.takes += (time.Since(began) - l.takes) / weight
		}
		if len(l.waiting) == 0 {
			l.active--
			l.lastEmpty = time.Now()
			return
		}
		next := l.waiting[0]
		l.waiting = l.waiting[1:]
		l.noteEmpty()
		close(next.turn)
	})
}

func (l *line) noteEmpty() {
	if len(l.waiting) == 0 {
		l.lastEmpty = time.Now()
	}
}
