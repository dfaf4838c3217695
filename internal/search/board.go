// Package search keeps a search index of each kind of record that is searched (see Kind), in step with the database,
// and asks it.
//
// For(app, Jobs) gives the board's index of jobs; the first call opens it. Board.Search answers a query made by
// ParseJobs. The engine itself, which knows nothing of jobs, is in internal/search/engine.
package search

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/search/engine"
	"jobboard/internal/search/text"
)

const (
	storeKey       = "jobboard.search."
	tick           = 250 * time.Millisecond // for changes by other processes; a search asks at once
	freshWait      = 500 * time.Millisecond // how long a search waits for the last commits to be indexed
	applyBatch     = 500
	rebuildBatch   = 16_384
	checkpointTime = time.Minute
)

// Board is the search index of one kind of record of an app.
type Board struct {
	app   core.App
	kind  *Kind
	index *engine.Index

	anew    bool // the index must be built whatever it says
	wake    chan struct{}
	stop    context.CancelFunc
	stopped chan struct{}

	mu      sync.Mutex
	applied chan struct{} // closed, and made anew, whenever changes have become searchable
}

var opening sync.Mutex

// For gives an app's search index of a kind, opened and being kept in step.
func For(app core.App, kind *Kind) (*Board, error) {
	opening.Lock()
	defer opening.Unlock()
	if b, ok := app.Store().Get(storeKey + kind.table).(*Board); ok {
		return b, nil
	}
	a, err := text.New("en", "")
	if err != nil {
		return nil, err
	}
	index, err := engine.Open(filepath.Join(app.DataDir(), "search", kind.table), a)
	locked := errors.Is(err, engine.ErrLocked)
	if locked {
		// a command beside the running server: it has its own index, in memory
		index, err = engine.NewMemory(a), nil
	}
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	b := &Board{app: app, kind: kind, index: index, anew: locked, wake: make(chan struct{}, 1), stop: stop, stopped: make(chan struct{}),
		applied: make(chan struct{})}
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		b.close()
		return e.Next()
	})
	app.Store().Set(storeKey+kind.table, b)
	go b.follow(ctx)
	return b, nil
}

// Bind opens the indexes when the server starts, so that the first search need not.
func Bind(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if err := e.Next(); err != nil {
			return err
		}
		for _, kind := range Kinds() {
			if _, err := For(e.App, kind); err != nil {
				return err
			}
		}
		return nil
	})
}

// close stops following and saves the index. After a restart of the app in the same process, For opens it again.
func (b *Board) close() {
	opening.Lock()
	defer opening.Unlock()
	b.stop()
	<-b.stopped
	b.app.Store().Remove(storeKey + b.kind.table)
	if err := b.index.Close(); err != nil {
		b.app.Logger().Warn("The search index could not be saved; it is brought up to date at the next start.", "error", err)
	}
}

// Search answers a query. It waits, shortly, until what was committed before can be found.
func (b *Board) Search(q engine.Query) (engine.Result, error) {
	if err := b.catchUp(); err != nil {
		return engine.Result{}, err
	}
	return b.index.Search(q)
}

// Analyzer gives what search texts are to be parsed with.
func (b *Board) Analyzer() *text.Analyzer { return b.index.Analyzer() }

func (b *Board) catchUp() error {
	last, err := b.lastChange()
	if err != nil {
		return err
	}
	deadline := time.NewTimer(freshWait)
	defer deadline.Stop()
	for {
		b.mu.Lock()
		applied := b.applied
		b.mu.Unlock()
		if b.index.Damage() == nil && b.index.Seq() >= last {
			return nil
		}
		select {
		case b.wake <- struct{}{}:
		default: // it is awake already
		}
		select {
		case <-applied:
		case <-deadline.C:
			return nil // what is indexed is served
		}
	}
}

func (b *Board) lastChange() (int64, error) {
	var seq int64
	// the sequence keeps its height when rows are removed
	err := b.app.DB().NewQuery("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = {:log}), 0)").
		Bind(dbx.Params{"log": b.kind.log}).Row(&seq)
	if err != nil {
		return 0, fmt.Errorf("read the search log: %w", err)
	}
	return seq, nil
}
