package background

import (
	"context"
	"sync"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/leadership"
)

// terms are the times in which this node leads. A board that runs alone has one, which lasts until it stops.
type terms struct {
	all context.Context // ends with the last term

	mu      sync.Mutex
	current context.Context // nil while this node follows
	end     context.CancelFunc
	begun   chan struct{} // closed when the next term begins
}

func newTerms(all context.Context, app core.App) *terms {
	t := &terms{all: all, begun: make(chan struct{})}
	leadership.OnChange(app, func(leading bool) {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.set(leading)
	})
	t.mu.Lock()
	defer t.mu.Unlock()
	t.set(leadership.Leading(app)) // with the lock, so that a change in this moment is not overwritten
	return t
}

// set begins or ends a term. Its caller holds the lock.
func (t *terms) set(leading bool) {
	switch {
	case leading && t.current == nil:
		t.current, t.end = context.WithCancel(t.all)
		close(t.begun)
		t.begun = make(chan struct{})
	case !leading && t.current != nil:
		t.end()
		t.current = nil
	}
}

// during returns a function that calls do in every term, one call after the other. It returns after the last term.
func (t *terms) during(do func(term context.Context)) func() {
	return func() {
		for t.all.Err() == nil {
			t.mu.Lock()
			term, begun := t.current, t.begun
			t.mu.Unlock()
			if term != nil {
				do(term)
				continue
			}
			select {
			case <-t.all.Done():
			case <-begun:
			}
		}
	}
}
