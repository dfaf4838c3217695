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
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/search/engine"
	"jobboard/internal/search/text"
)

const storeKey = "jobboard.search."

// folderName is where the indexes are in the data folder.
const folderName = "search"

// freshWait is how long a search waits at most for what was committed before it; and all of them together for an index
// that is being built, which a small board's is within it.
const freshWait = 500 * time.Millisecond

// Board is the search index of one kind of record of an app.
type Board struct {
	app   core.App
	kind  *Kind
	index *engine.Index
	owner atomic.Bool // the index is the one in the data folder, not this process's own copy

	stop    context.CancelFunc
	running sync.WaitGroup
	wake    chan struct{} // something may have been committed
	untidy  chan struct{} // changes have been applied
	ask     *statements
	save    atomic.Bool  // the next upkeep is to save the index
	answers atomic.Value // string: the request for a rebuild that the index answers once it is saved
	rebuild *rebuild     // the follower's own; nil most of the time

	mu      sync.Mutex
	applied chan struct{} // closed, and made anew, whenever changes have become searchable
	patient time.Time     // until then searches wait for a rebuild
}

var opening sync.Mutex

// For gives an app's search index of a kind, opened and being kept in step.
func For(app core.App, kind *Kind) (*Board, error) { return open(app, kind, ownIndex|copyIndex) }

// Which index open may give.
const (
	ownIndex  = 1 << iota // the one in the data folder
	copyIndex             // one in memory, where another process has the data folder's: a command beside the server
)

func open(app core.App, kind *Kind, which int) (*Board, error) {
	opening.Lock()
	defer opening.Unlock()
	if b := opened(app, kind); b != nil {
		return b, nil
	}
	a, err := Analyzer(app)
	if err != nil {
		return nil, err
	}
	index, err := engine.Open(folder(app, kind), a)
	locked := errors.Is(err, engine.ErrLocked)
	if locked && which&copyIndex != 0 {
		index, err = engine.NewMemory(a), nil
	}
	if err != nil {
		return nil, err
	}
	ask, err := prepare(app, kind)
	if err != nil {
		return nil, errors.Join(err, index.Close())
	}
	ctx, stop := context.WithCancel(context.Background())
	b := &Board{app: app, kind: kind, index: index, stop: stop, wake: make(chan struct{}, 1),
		untidy: make(chan struct{}, 1), applied: make(chan struct{}), ask: ask}
	b.owner.Store(!locked)
	if err := b.begin(ctx); err != nil {
		stop()
		b.running.Wait()
		return nil, errors.Join(err, ask.close(), index.Close())
	}
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		b.close()
		return e.Next()
	})
	app.Store().Set(storeKey+kind.table, b)
	b.running.Go(func() { b.follow(ctx) })
	b.running.Go(func() { b.tidyUp(ctx) })
	return b, nil
}

func folder(app core.App, kind *Kind) string {
	return filepath.Join(app.DataDir(), folderName, kind.table)
}

// opened gives the search index of a kind if For has opened it.
func opened(app core.App, kind *Kind) *Board {
	b, _ := app.Store().Get(storeKey + kind.table).(*Board)
	return b
}

// Bind opens the indexes when the server starts, so that the first search need not, and wakes them with every commit.
func Bind(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if err := e.Next(); err != nil {
			return err
		}
		if err := offerSynonyms(e.App); err != nil {
			return err
		}
		for _, kind := range Kinds() {
			if _, err := For(e.App, kind); err != nil {
				return err
			}
		}
		return nil
	})
	// it is made of the database, which a backup holds
	app.OnBackupCreate().BindFunc(func(e *core.BackupEvent) error {
		e.Exclude = append(e.Exclude, folderName)
		return e.Next()
	})
	for _, kind := range Kinds() {
		committed := func(e *core.ModelEvent) error {
			if b := opened(e.App, kind); b != nil {
				b.look()
			}
			return e.Next()
		}
		app.OnModelAfterCreateSuccess(kind.made...).BindFunc(committed)
		app.OnModelAfterUpdateSuccess(kind.made...).BindFunc(committed)
		app.OnModelAfterDeleteSuccess(kind.made...).BindFunc(committed)
	}
}

// look has the follower look at the log now.
func (b *Board) look() { signal(b.wake) }

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // it is signalled already
	}
}

// close stops following and saves the index. After a restart of the app in the same process, For opens it again.
func (b *Board) close() {
	opening.Lock()
	defer opening.Unlock()
	b.stop()
	b.running.Wait()
	b.app.Store().Remove(storeKey + b.kind.table)
	if err := b.index.Close(); err != nil {
		b.log().Warn("The search index could not be saved; it is brought up to date at the next start.", "error", err)
	}
}

func (b *Board) log() *slog.Logger { return b.app.Logger().With("kind", b.kind.table) }

// Search answers a query. It waits, shortly, until what was committed before can be found. It fails with ErrBehind rather than
// find nothing while the index is built anew.
func (b *Board) Search(q engine.Query) (engine.Result, error) {
	if err := b.catchUp(); err != nil {
		return engine.Result{}, err
	}
	known := b.index.Damage()
	found, err := b.index.Search(q)
	if err == nil && known == nil && b.index.Damage() != nil {
		// The search itself came upon the damage, and answered from what that has left.
		b.mu.Lock()
		b.patient = time.Now().Add(freshWait)
		b.mu.Unlock()
		if err := b.catchUp(); err != nil {
			return engine.Result{}, err
		}
		found, err = b.index.Search(q)
	}
	if err == nil && found.Total == 0 && b.index.Damage() != nil {
		return engine.Result{}, fmt.Errorf("%s: %w", b.kind.table, ErrBehind)
	}
	return found, err
}

// Analyzer gives what search texts are to be parsed with.
func (b *Board) Analyzer() *text.Analyzer { return b.index.Analyzer() }

// Suggest completes what is typed from what is in scope, at most n ways of each kind.
func (b *Board) Suggest(typed string, scope engine.Scope, n int) (engine.Suggestions, error) {
	if err := b.catchUp(); err != nil {
		return engine.Suggestions{}, err
	}
	return b.index.Suggest(typed, scope, n), nil
}

// Alike finds what a query finds, by what it has of some traits.
func (b *Board) Alike(q engine.Query, traits []engine.Trait) ([]engine.Hit, error) {
	if err := b.catchUp(); err != nil {
		return nil, err
	}
	return b.index.Alike(q, traits)
}

// likeWords is how many words of a description are looked for in others.
const likeWords = 20

// WordTraits gives what the words of a text are worth when something like it is looked for.
func (b *Board) WordTraits(title, body string) []engine.Trait {
	return b.index.WordTraits(title, body, likeWords)
}

// catchUp waits until what was committed before is searchable; not long, and not at all where that would be of no use:
// under a bulk import, or once it is plain that a rebuild takes its time.
func (b *Board) catchUp() error {
	last, err := b.lastChange()
	if err != nil {
		return err
	}
	deadline := time.Now().Add(freshWait)
	for {
		b.mu.Lock()
		applied, patient := b.applied, b.patient
		b.mu.Unlock()
		until := deadline
		behind := last - b.index.Seq()
		if b.index.Damage() != nil {
			until = patient
		} else if behind <= 0 || behind > applyBatch {
			return nil
		}
		wait := time.Until(until)
		if wait <= 0 {
			return nil
		}
		b.look()
		timer := time.NewTimer(wait)
		select {
		case <-applied:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// tell wakes the searches that wait for a change, and the upkeep.
func (b *Board) tell() {
	b.mu.Lock()
	close(b.applied)
	b.applied = make(chan struct{})
	b.mu.Unlock()
	signal(b.untidy)
}

// lastChange gives the number of the log's last entry.
func (b *Board) lastChange() (int64, error) {
	var seq int64
	if err := b.ask.height.QueryRow(b.kind.log).Scan(&seq); err != nil {
		return 0, fmt.Errorf("read the search log: %w", err)
	}
	return seq, nil
}
