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
const maxFreshWait = 500 * time.Millisecond

// Board is the search index of one kind of record of an app.
type Index struct {
	app    core.App
	kind   *Kind
	engine *engine.Index
	owner  atomic.Bool // the index is the one in the data folder, not this process's own copy

	stop            context.CancelFunc
	running         sync.WaitGroup
	wake            chan struct{} // something may have been committed
	maintenanceDue  chan struct{} // changes have been applied
	statements      *statements
	saveRequested   atomic.Bool  // the next upkeep is to save the index
	answeredRequest atomic.Value // string: the request for a rebuild that the index answers once it is saved
	rebuild         *rebuild     // the follower's own; nil most of the time

	mu        sync.Mutex
	applied   chan struct{} // closed, and made anew, whenever changes have become searchable
	waitUntil time.Time     // until then searches wait for a rebuild
}

var openMu sync.Mutex

// For returns an app's search index of a kind, opened and being kept in step.
func For(app core.App, kind *Kind) (*Index, error) { return open(app, kind, ownIndex|copyIndex) }

// Which index open may give.
const (
	ownIndex  = 1 << iota // the one in the data folder
	copyIndex             // one in memory, where another process has the data folder's: a command beside the server
)

func open(app core.App, kind *Kind, allowed int) (*Index, error) {
	openMu.Lock()
	defer openMu.Unlock()
	if b := opened(app, kind); b != nil {
		return b, nil
	}
	a, err := Analyzer(app)
	if err != nil {
		return nil, err
	}
	index, err := engine.Open(folder(app, kind), a)
	locked := errors.Is(err, engine.ErrLocked)
	if locked && allowed&copyIndex != 0 {
		index, err = engine.NewMemory(a), nil
	}
	if err != nil {
		return nil, err
	}
	stmts, err := prepare(app, kind)
	if err != nil {
		return nil, errors.Join(err, index.Close())
	}
	ctx, stop := context.WithCancel(context.Background())
	b := &Index{app: app, kind: kind, engine: index, stop: stop, wake: make(chan struct{}, 1),
		maintenanceDue: make(chan struct{}, 1), applied: make(chan struct{}), statements: stmts}
	b.owner.Store(!locked)
	if err := b.start(ctx); err != nil {
		stop()
		b.running.Wait()
		return nil, errors.Join(err, stmts.close(), index.Close())
	}
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		b.close()
		return e.Next()
	})
	app.Store().Set(storeKey+kind.table, b)
	b.running.Go(func() { b.follow(ctx) })
	b.running.Go(func() { b.maintain(ctx) })
	return b, nil
}

func folder(app core.App, kind *Kind) string {
	return filepath.Join(app.DataDir(), folderName, kind.table)
}

// opened returns the search index of a kind if For has opened it.
func opened(app core.App, kind *Kind) *Index {
	b, _ := app.Store().Get(storeKey + kind.table).(*Index)
	return b
}

// Bind opens the indexes when the server starts, so that the first search need not, and wakes them with every commit.
func Bind(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if err := e.Next(); err != nil {
			return err
		}
		if err := createSynonymsFile(e.App); err != nil {
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
				b.wakeFollower()
			}
			return e.Next()
		}
		app.OnModelAfterCreateSuccess(kind.sources...).BindFunc(committed)
		app.OnModelAfterUpdateSuccess(kind.sources...).BindFunc(committed)
		app.OnModelAfterDeleteSuccess(kind.sources...).BindFunc(committed)
	}
}

// look has the follower look at the log now.
func (b *Index) wakeFollower() { signal(b.wake) }

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // it is signalled already
	}
}

// close stops following and saves the index. After a restart of the app in the same process, For opens it again.
func (b *Index) close() {
	openMu.Lock()
	defer openMu.Unlock()
	b.stop()
	b.running.Wait()
	b.app.Store().Remove(storeKey + b.kind.table)
	if err := b.engine.Close(); err != nil {
		b.log().Warn("The search index could not be saved; it is brought up to date at the next start.", "error", err)
	}
}

func (b *Index) log() *slog.Logger { return b.app.Logger().With("kind", b.kind.table) }

// Search answers a query. It waits, shortly, until what was committed before can be found. It fails with ErrBehind rather than
// find nothing while the index is built anew.
func (b *Index) Search(q engine.Query) (engine.Result, error) {
	if err := b.catchUp(); err != nil {
		return engine.Result{}, err
	}
	known := b.engine.RebuildReason()
	found, err := b.engine.Search(q)
	if err == nil && known == nil && b.engine.RebuildReason() != nil {
		// The search itself came upon the damage, and answered from what that has left.
		b.mu.Lock()
		b.waitUntil = time.Now().Add(maxFreshWait)
		b.mu.Unlock()
		if err := b.catchUp(); err != nil {
			return engine.Result{}, err
		}
		found, err = b.engine.Search(q)
	}
	if err == nil && found.Total == 0 && b.engine.RebuildReason() != nil {
		return engine.Result{}, fmt.Errorf("%s: %w", b.kind.table, ErrBehind)
	}
	return found, err
}

// Analyzer returns what search texts are to be parsed with.
func (b *Index) Analyzer() *text.Analyzer { return b.engine.Analyzer() }

// Suggest completes what is typed from what is in scope, at most n ways of each kind.
func (b *Index) Suggest(typed string, scope engine.Scope, n int) (engine.Suggestions, error) {
	if err := b.catchUp(); err != nil {
		return engine.Suggestions{}, err
	}
	return b.engine.Suggest(typed, scope, n), nil
}

// Alike finds what a query finds, by what it has of some traits.
func (b *Index) MoreLikeThis(q engine.Query, traits []engine.WeightedTerm) ([]engine.Hit, error) {
	if err := b.catchUp(); err != nil {
		return nil, err
	}
	return b.engine.MoreLikeThis(q, traits)
}

// likeWords is how many words of a description are looked for in others.
const likeThisTerms = 20

// WordTraits returns what the words of a text are worth when something like it is looked for.
func (b *Index) WeightedTerms(title, body string) []engine.WeightedTerm {
	return b.engine.WeightedTerms(title, body, likeThisTerms)
}

// catchUp waits until what was committed before is searchable; not long, and not at all where that would be of no use:
// under a bulk import, or once it is plain that a rebuild takes its time.
func (b *Index) catchUp() error {
	last, err := b.lastSeq()
	if err != nil {
		return err
	}
	deadline := time.Now().Add(maxFreshWait)
	for {
		b.mu.Lock()
		applied, patient := b.applied, b.waitUntil
		b.mu.Unlock()
		until := deadline
		behind := last - b.engine.Seq()
		if b.engine.RebuildReason() != nil {
			until = patient
		} else if behind <= 0 || behind > applyBatch {
			return nil
		}
		wait := time.Until(until)
		if wait <= 0 {
			return nil
		}
		b.wakeFollower()
		timer := time.NewTimer(wait)
		select {
		case <-applied:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// tell wakes the searches that wait for a change, and the upkeep.
func (b *Index) notifyWaiters() {
	b.mu.Lock()
	close(b.applied)
	b.applied = make(chan struct{})
	b.mu.Unlock()
	signal(b.maintenanceDue)
}

// lastChange returns the number of the log's last entry.
func (b *Index) lastSeq() (int64, error) {
	var seq int64
	if err := b.statements.lastSeq.QueryRow(b.kind.log).Scan(&seq); err != nil {
		return 0, fmt.Errorf("read the search log: %w", err)
	}
	return seq, nil
}
