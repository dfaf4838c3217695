// Package leadership says what the parts of a board may do in this process. A board that runs alone leads itself. In a cluster
// one node leads: it writes, and does everything that must be done once. The others follow: they read from a copy of the leader's
// database, which changes under them transaction by transaction.
//
// The package knows nothing of how nodes agree; internal/cluster does, and registers itself with Set.
package leadership

import (
	"context"
	"sync"

	"github.com/pocketbase/pocketbase/core"
)

// Node is this process's node, as internal/cluster implements it.
type Node interface {
	// Leading reports whether this node may write now.
	Leading() bool
	// Await returns once everything that this process has committed so far is in the cluster's log, so that no failover can undo it.
	// It fails when ctx ends first or the node no longer leads.
	Await(ctx context.Context) error
}

const storeKey = "jobboard.leadership"

// state is what one app knows about its part in the cluster.
type state struct {
	mu        sync.RWMutex
	node      Node
	onChange  []func(leading bool)
	onApplied []func()
	handlers  map[string]Handler
	call      CallFunc
}

func of(app core.App) *state {
	s, _ := app.Store().GetOrSet(storeKey, func() any { return new(state) }).(*state)
	return s
}

// Set makes the app a node of a cluster. Only internal/cluster calls it, before the app serves.
func Set(app core.App, node Node) {
	s := of(app)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.node = node
}

func (s *state) current() Node {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.node
}

// Clustered reports whether the app is a node of a cluster.
func Clustered(app core.App) bool { return of(app).current() != nil }

// Leading reports whether the app may write and has to do what must be done once. A board that runs alone always leads.
func Leading(app core.App) bool {
	node := of(app).current()
	return node == nil || node.Leading()
}

// Await returns once everything that the app has committed so far can no longer be undone by a failover. Call it before anything
// leaves the board: a mail, a webhook, an event. On a board that runs alone it returns at once.
func Await(ctx context.Context, app core.App) error {
	node := of(app).current()
	if node == nil {
		return nil
	}
	return node.Await(ctx)
}

// OnChange calls do after this node has begun or ceased to lead. Calls come one at a time and should return soon. On a board that runs
// alone there are none.
func OnChange(app core.App, do func(leading bool)) {
	s := of(app)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onChange = append(s.onChange, do)
}

// OnApplied calls do on a follower after transactions of the leader have arrived in its database. Calls come one at a time, in the
// order of the transactions, perhaps one for several, and should return at once.
func OnApplied(app core.App, do func()) {
	s := of(app)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onApplied = append(s.onApplied, do)
}

// Changed calls what OnChange has registered. Only internal/cluster calls it.
func Changed(app core.App, leading bool) {
	s := of(app)
	s.mu.RLock()
	calls := s.onChange
	s.mu.RUnlock()
	for _, call := range calls {
		call(leading)
	}
}

// Applied calls what OnApplied has registered. Only internal/cluster calls it.
func Applied(app core.App) {
	s := of(app)
	s.mu.RLock()
	calls := s.onApplied
	s.mu.RUnlock()
	for _, call := range calls {
		call()
	}
}
