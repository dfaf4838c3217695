package leadership

import (
	"context"
	"errors"
	"fmt"

	"github.com/pocketbase/pocketbase/core"
)

// Handler does on the leader what a node asks for, and returns the answer.
type Handler func(ctx context.Context, body []byte) ([]byte, error)

// CallFunc brings a call to the leader's handler of that name.
type CallFunc func(ctx context.Context, name string, body []byte) ([]byte, error)

// ErrNoLeader is returned, wrapped, for a call while no leader is known or it can't be reached; nothing was done then.
var ErrNoLeader = errors.New("the leader can't be reached")

// Handle registers what other nodes may ask of the leader, such as to count the views that they have seen. Call it before the app serves.
func Handle(app core.App, name string, do Handler) {
	s := of(app)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.handlers == nil {
		s.handlers = map[string]Handler{}
	}
	s.handlers[name] = do
}

// HandlerOf returns the handler of a name, or nil.
func HandlerOf(app core.App, name string) Handler {
	s := of(app)
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.handlers[name]
}

// SetCall sets how calls reach the leader. Only internal/cluster calls it.
func SetCall(app core.App, call CallFunc) {
	s := of(app)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.call = call
}

// Call has the leader do something and returns its answer. On the leader and on a board that runs alone it calls the handler itself. What
// another node has done for it is then in the cluster's log. After an error other than ErrNoLeader it may or may not have been done.
func Call(ctx context.Context, app core.App, name string, body []byte) ([]byte, error) {
	if Leading(app) {
		do := HandlerOf(app, name)
		if do == nil {
			return nil, fmt.Errorf("call %s: there is no such handler", name)
		}
		return do(ctx, body)
	}
	s := of(app)
	s.mu.RLock()
	call := s.call
	s.mu.RUnlock()
	if call == nil {
		return nil, fmt.Errorf("call %s: %w", name, ErrNoLeader)
	}
	return call(ctx, name, body)
}
