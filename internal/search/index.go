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
const maxCatchUpWait = 500 * time.Millisecond

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

	mu              sync.Mutex
	applied         chan struct{} // closed, and made anew, whenever changes have become searchable
	rebuildDeadline time.Time     // until then searches wait for a rebuild
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
	if ix := opened(app, kind); ix != nil {
		return ix, nil
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
	ix := &Index{app: app, kind: kind, engine: index, stop: stop, wake: make(chan struct{}, 1),
		maintenanceDue: make(chan struct{}, 1), applied: make(chan struct{}), statements: stmts}
	ix.owner.Store(!locked)
	if err := ix.start(ctx); err != nil {
		stop()
		ix.running.Wait()
		return nil, errors.Join(err, stmts.close(), index.Close())
	}
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		ix.close()
		return e.Next()
	})
	app.Store().Set(storeKey+kind.table, ix)
	ix.running.Go(func() { ix.follow(ctx) })
	ix.running.Go(func() { ix.maintain(ctx) })
	return ix, nil
}

func folder(app core.App, kind *Kind) string {
	return filepath.Join(app.DataDir(), folderName, kind.table)
}

// opened returns the search index of a kind if For has opened it.
func opened(app core.App, kind *Kind) *Index {
	ix, _ := app.Store().Get(storeKey + kind.table).(*Index)
	return ix
}

// Options configures the search.
type Options struct {
	// Language is that of the index, one of text.Languages; "" is English. An index in another language is built anew.
	Language string
}

// Bind opens the indexes when the server starts, so that the first search need not, and wakes them with every commit.
func Bind(app core.App, options Options) {
	if options.Language != "" {
		app.Store().Set(languageKey, options.Language)
	}
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
			if ix := opened(e.App, kind); ix != nil {
				ix.wakeFollower()
			}
			return e.Next()
		}
		app.OnModelAfterCreateSuccess(kind.sources...).BindFunc(committed)
		app.OnModelAfterUpdateSuccess(kind.sources...).BindFunc(committed)
		app.OnModelAfterDeleteSuccess(kind.sources...).BindFunc(committed)
	}
}

// look has the follower look at the log now.
func (ix *Index) wakeFollower() { signal(ix.wake) }

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // it is signalled already
	}
}

// close stops following and saves the index. After a restart of the app in the same process, For opens it again.
func (ix *Index) close() {
	openMu.Lock()
	defer openMu.Unlock()
	ix.stop()
	ix.running.Wait()
	ix.app.Store().Remove(storeKey + ix.kind.table)
	if err := ix.engine.Close(); err != nil {
		ix.log().Warn("The search index could not be saved; it is brought up to date at the next start.", "error", err)
	}
}

func (ix *Index) log() *slog.Logger { return ix.app.Logger().With("kind", ix.kind.table) }

// Search answers a query. It waits, shortly, until what was committed before can be found. It fails with ErrBehind rather than
// find nothing while the index is built anew.
func (ix *Index) Search(q engine.Query) (engine.Result, error) {
	if err := ix.catchUp(); err != nil {
		return engine.Result{}, err
	}
	reason := ix.engine.RebuildReason()
	result, err := ix.engine.Search(q)
	if err == nil && reason == nil && ix.engine.RebuildReason() != nil {
		// The search itself came upon the damage, and answered from what that has left.
		ix.mu.Lock()
		ix.rebuildDeadline = time.Now().Add(maxCatchUpWait)
		ix.mu.Unlock()
		if err := ix.catchUp(); err != nil {
			return engine.Result{}, err
		}
		result, err = ix.engine.Search(q)
	}
	if err == nil && result.Total == 0 && ix.engine.RebuildReason() != nil {
		return engine.Result{}, fmt.Errorf("%s: %w", ix.kind.table, ErrBehind)
	}
	return result, err
}

// Analyzer returns what search texts are to be parsed with.
func (ix *Index) Analyzer() *text.Analyzer { return ix.engine.Analyzer() }

// Suggest completes what is typed from what is in scope, at most n ways of each kind.
func (ix *Index) Suggest(typed string, scope engine.Scope, n int) (engine.Suggestions, error) {
	if err := ix.catchUp(); err != nil {
		return engine.Suggestions{}, err
	}
	return ix.engine.Suggest(typed, scope, n), nil
}

// Alike finds what a query finds, by what it has of some traits.
func (ix *Index) MoreLikeThis(q engine.Query, terms []engine.WeightedTerm) ([]engine.Hit, error) {
	if err := ix.catchUp(); err != nil {
		return nil, err
	}
	return ix.engine.MoreLikeThis(q, terms)
}

// likeWords is how many words of a description are looked for in others.
const likeThisTerms = 20

// WordTraits returns what the words of a text are worth when something like it is looked for.
func (ix *Index) WeightedTerms(title, body string) []engine.WeightedTerm {
	return ix.engine.WeightedTerms(title, body, likeThisTerms)
}

// catchUp waits until what was committed before is searchable; not long, and not at all where that would be of no use:
// under a bulk import, or once it is plain that a rebuild takes its time.
func (ix *Index) catchUp() error {
	last, err := ix.lastSeq()
	if err != nil {
		return err
	}
	deadline := time.Now().Add(maxCatchUpWait)
	for {
		ix.mu.Lock()
		applied, rebuildDeadline := ix.applied, ix.rebuildDeadline
		ix.mu.Unlock()
		until := deadline
		behind := last - ix.engine.Seq()
		if ix.engine.RebuildReason() != nil {
			until = rebuildDeadline
		} else if behind <= 0 || behind > applyBatch {
			return nil
		}
		wait := time.Until(until)
		if wait <= 0 {
			return nil
		}
		ix.wakeFollower()
		timer := time.NewTimer(wait)
		select {
		case <-applied:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// tell wakes the searches that wait for a change, and the upkeep.
func (ix *Index) notifyWaiters() {
	ix.mu.Lock()
	close(ix.applied)
	ix.applied = make(chan struct{})
	ix.mu.Unlock()
	signal(ix.maintenanceDue)
}

// lastChange returns the number of the log's last entry.
func (ix *Index) lastSeq() (int64, error) {
	var seq int64
	if err := ix.statements.lastSeq.QueryRow(ix.kind.log).Scan(&seq); err != nil {
		return 0, fmt.Errorf("read the search log: %w", err)
	}
	return seq, nil
}
