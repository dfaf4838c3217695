package testapp

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/leadership"
)

// Node makes a board a node of a cluster that consists of nothing but this value.
type Node struct {
	mu      sync.Mutex
	app     core.App
	leading bool
	held    chan struct{} // nil, or closed to let those who await go on
	failure error
	awaited int // how often
}

// errFollows is what awaiting fails with on a follower.
var errFollows = errors.New("this node does not lead")

// Join makes a board a leader or a follower, and lets it keep its log (see LoggedErrors). Call it before the board serves.
func Join(app core.App, leading bool) *Node {
	app.Settings().Logs.MaxDays = 1 // PocketBase's test app keeps nothing
	n := &Node{app: app, leading: leading}
	leadership.Set(app, n)
	return n
}

// Leading reports whether the node leads.
func (n *Node) Leading() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.leading
}

// Lead lets the node begin or cease to lead, and tells the board.
func (n *Node) Lead(leading bool) {
	n.mu.Lock()
	n.leading = leading
	n.mu.Unlock()
	leadership.Changed(n.app, leading)
}

// Hold keeps those waiting who await that their transactions are in the log, until Release.
func (n *Node) Hold() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.held = make(chan struct{})
}

// Release lets them go on, and all others from now on: with err, if it is set.
func (n *Node) Release(err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.failure = err
	if n.held != nil {
		close(n.held)
		n.held = nil
	}
}

// Awaited returns how often it was awaited that transactions are in the log.
func (n *Node) Awaited() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.awaited
}

// Await returns when the test lets it.
func (n *Node) Await(ctx context.Context) error {
	n.mu.Lock()
	held := n.held
	n.awaited++
	n.mu.Unlock()
	if held != nil {
		select {
		case <-held:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.failure == nil && !n.leading {
		return errFollows
	}
	return n.failure
}

// Freeze makes the database of a board refuse every write, as that of a follower does, or take them again.
func Freeze(t testing.TB, app core.App, frozen bool) {
	t.Helper()
	statement := "PRAGMA query_only = 0"
	if frozen {
		statement = "PRAGMA query_only = 1"
	}
	if _, err := app.NonconcurrentDB().NewQuery(statement).Execute(); err != nil {
		t.Fatalf("freeze the database: %v", err)
	}
}

// Version returns a number that changes with every commit to the database of a board.
func Version(t testing.TB, app core.App) (version int) {
	t.Helper()
	// Every connection has numbers of its own, so it is always asked the same one, which writes nothing by itself.
	if err := watcherOf(t, app).NewQuery("PRAGMA data_version").Row(&version); err != nil {
		t.Fatalf("read the version of the database: %v", err)
	}
	return version
}

const watcherKey = "testapp.watcher"

// watcherOf returns a connection to the database of a board that is used for nothing else.
func watcherOf(t testing.TB, app core.App) *dbx.DB {
	t.Helper()
	if db, ok := app.Store().Get(watcherKey).(*dbx.DB); ok {
		return db
	}
	db, err := core.DefaultDBConnect(app.DataDir() + "/data.db")
	if err != nil {
		t.Fatalf("open the database: %v", err)
	}
	db.DB().SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	app.Store().Set(watcherKey, db)
	return db
}
