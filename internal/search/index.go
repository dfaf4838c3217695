// Package search keeps a search index for each kind of searchable record (see Kind) up to date with the database, and runs
// queries on it.
//
// For(app, Jobs) returns the index of jobs; the first call opens it. Index.Search runs a query that Parser.Jobs has parsed. The
// engine, which is independent of jobs and the database, is in internal/search/engine.
package search

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/background"
	"jobboard/internal/bucket"
	"jobboard/internal/database"
	"jobboard/internal/gazetteer"
	"jobboard/internal/leadership"
	"jobboard/internal/search/engine"
	"jobboard/internal/search/text"
)

const storeKey = "jobboard.search."

// folderName is the folder of the indexes in the data folder.
const folderName = "search"

// maxCatchUpWait is how long a search waits, at most, for changes that were committed before it. It is also how long searches
// wait for a rebuild, counted from its start; the index of a small board is complete by then.
const maxCatchUpWait = 500 * time.Millisecond

// Index is the search index of one kind of record of an app.
type Index struct {
	app    core.App
	kind   *Kind
	engine *engine.Index
	owner  atomic.Bool // this process has the index in the data folder, not a copy in memory

	loops           *background.Group
	follower        *background.Loop // woken by many commits, and by searches that are ahead of the index
	maintainer      *background.Loop // woken when changes have been applied
	statements      *statements
	employers       *employerNames          // of the index of jobs
	clock           clockState              // used by the follower only
	woken           atomic.Bool             // something was committed since the follower last looked
	commits         atomic.Uint64           // of this process
	wal             *database.WriteAheadLog // used by the follower only
	looked          bool                    // the follower need not look at the database again before something changes
	followed        time.Time               // when the follower last checked for requests and clock changes
	maintenance     maintenanceState        // used by the maintainer only
	saveRequested   atomic.Bool             // the next maintenance saves the index
	rebuilt         atomic.Bool             // on request, and the bucket still has the earlier index
	answeredRequest atomic.Value            // string: the rebuild request that is fulfilled once the index is saved
	rebuild         *rebuild                // the last one, or nil; used by the follower only
	unlogged        unlogged                // in a cluster

	mu              sync.Mutex
	applied         chan struct{} // closed and replaced whenever changes have become searchable
	rebuildDeadline time.Time     // searches wait for a rebuild until then
}

var openMu sync.Mutex

// For returns an app's search index of a kind. The first call opens it and starts to keep it up to date.
func For(app core.App, kind *Kind) (*Index, error) { return open(app, kind, ownIndex|copyIndex) }

// Which index open may return.
const (
	ownIndex  = 1 << iota // the one in the data folder
	copyIndex             // one in memory, if another process has the one in the data folder, as a command beside the server
)

func open(app core.App, kind *Kind, allowed int) (*Index, error) {
	openMu.Lock()
	defer openMu.Unlock()
	if ix := opened(app, kind); ix != nil {
		return ix, nil
	}
	shared, err := sharedAnalyzerOf(app)
	if err != nil {
		return nil, err
	}
	receive(app, kind)
	index, err := engine.Open(folder(app, kind), shared.analyzer)
	locked := errors.Is(err, engine.ErrLocked)
	if locked && allowed&copyIndex != 0 {
		index, err = engine.NewMemory(shared.analyzer), nil
	}
	if err != nil {
		return nil, err
	}
	index.KnowWords(func(term string) bool { return shared.vocabulary.Load().Knows(term) })
	stmts, err := prepare(app, kind)
	if err != nil {
		return nil, errors.Join(err, index.Close())
	}
	// The loops run in commands too, so they are not bound to serving; what they use is closed right after them.
	ix := &Index{app: app, kind: kind, engine: index, loops: background.NewGroup(app), applied: make(chan struct{}), statements: stmts,
		employers: &employerNames{}, wal: database.NewWriteAheadLog(app)}
	ix.follower = background.NewLoop("keep the search index of "+kind.table+" in step",
		background.Options{Interval: pollInterval, StopTimeout: background.NoStopTimeout, EveryNode: true}, ix.follow)
	ix.maintainer = background.NewLoop("maintain the search index of "+kind.table,
		background.Options{Interval: maintenanceInterval, StopTimeout: background.NoStopTimeout, EveryNode: true}, ix.maintain)
	ix.owner.Store(!locked)
	if err := ix.start(ix.loops.Context()); err != nil {
		ix.loops.Stop()
		ix.endRebuild()
		return nil, errors.Join(err, stmts.close(), index.Close())
	}
	ix.maintenance = newMaintenanceState(app, index.Seq())
	ix.unlogged.last, ix.unlogged.logged = index.Seq(), index.Seq()
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		ix.close()
		return e.Next()
	})
	app.Store().Set(storeKey+kind.table, ix)
	ix.loops.Start(ix.follower)
	ix.loops.Start(ix.maintainer)
	return ix, nil
}

func folder(app core.App, kind *Kind) string {
	return filepath.Join(app.DataDir(), folderName, kind.table)
}

// opened returns the search index of a kind, or nil if For has not opened it.
func opened(app core.App, kind *Kind) *Index {
	ix, _ := app.Store().Get(storeKey + kind.table).(*Index)
	return ix
}

// Options configures the search.
type Options struct {
	// Language is the language of the indexes, one of text.Languages; "" is English. An index that was built for another language
	// is rebuilt.
	Language string
	// Bucket is where a cluster's leader puts its indexes for new nodes; without a name there is none.
	Bucket bucket.Settings
}

const bucketKey = storeKey + "bucket"

// never is the interval of a loop that does its work once.
const never = time.Duration(math.MaxInt64)

// Bind opens the indexes when the server starts, so that the first search does not have to, and wakes them after every commit.
func Bind(app core.App, options Options) {
	if options.Language != "" {
		app.Store().Set(languageKey, options.Language)
	}
	if options.Bucket.Name != "" {
		app.Store().Set(bucketKey, bucket.New(options.Bucket))
		background.Bind(app, newShippingLoop())
	}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if err := e.Next(); err != nil {
			return err
		}
		if err := createLists(e.App); err != nil {
			return err
		}
		for _, kind := range Kinds() {
			if _, err := For(e.App, kind); err != nil {
				return err
			}
		}
		return nil
	})
	// Beside the server, which is ready before: the first search with a text would otherwise take this time.
	background.Bind(app, background.NewLoop("read the gazetteer", background.Options{Interval: never, EveryNode: true},
		func(context.Context, core.App) (more bool, err error) {
			gazetteer.Load()
			return false, nil
		}))
	// the index can be rebuilt from the database, which is in the backup
	app.OnBackupCreate().BindFunc(func(e *core.BackupEvent) error {
		e.Exclude = append(e.Exclude, folderName)
		return e.Next()
	})
	for _, kind := range Kinds() {
		committed := func(e *core.ModelEvent) error {
			if ix := opened(e.App, kind); ix != nil {
				ix.noteCommit()
			}
			return e.Next()
		}
		leadership.OnApplied(app, func() {
			if ix := opened(app, kind); ix != nil {
				ix.unlogged.settle()
				ix.wakeFollower()
			}
		})
		leadership.OnChange(app, func(leading bool) {
			if ix := opened(app, kind); ix != nil {
				ix.unlogged.change(leading)
			}
		})
		app.OnModelAfterCreateSuccess(kind.sources...).BindFunc(committed)
		app.OnModelAfterUpdateSuccess(kind.sources...).BindFunc(committed)
		app.OnModelAfterDeleteSuccess(kind.sources...).BindFunc(committed)
	}
}

// eagerCommits is how many commits wake the follower before its interval is over: far fewer than a search waits for (applyBatch).
const eagerCommits = applyBatch / 5

// noteCommit has the follower read the log within its interval, with all that is committed until then: what a change costs, down to the
// merging of segments, is much the same for one record and for dozens. A search that comes earlier wakes it (catchUp).
func (ix *Index) noteCommit() {
	ix.woken.Store(true)
	if ix.commits.Add(1)%eagerCommits == 0 {
		ix.follower.Wake()
	}
}

// wakeFollower makes the follower read the log now.
func (ix *Index) wakeFollower() {
	ix.woken.Store(true)
	ix.follower.Wake()
}

// close stops following the log and saves the index. If the app is restarted in the same process, For opens it again.
func (ix *Index) close() {
	openMu.Lock()
	defer openMu.Unlock()
	ix.loops.Stop()
	ix.endRebuild()
	ix.app.Store().Remove(storeKey + ix.kind.table)
	leave := ix.engine.Close
	if ix.unlogged.any() && !ix.confirm(context.Background()) {
		leave = ix.engine.Release // what was saved before is in the cluster's log
	}
	if err := leave(); err != nil {
		ix.log().Warn("The search index could not be saved. It will be brought up to date at the next start.", "error", err)
	}
}

func (ix *Index) log() *slog.Logger { return ix.app.Logger().With("kind", ix.kind.table) }

// Search runs a query. It waits a moment, if necessary, for changes that were committed before it. While the index is being
// rebuilt, it returns ErrBehind rather than an empty result.
func (ix *Index) Search(q engine.Query) (engine.Result, error) {
	if err := ix.catchUp(); err != nil {
		return engine.Result{}, err
	}
	reason := ix.engine.RebuildReason()
	result, err := ix.engine.Search(q)
	if err == nil && reason == nil && ix.engine.RebuildReason() != nil {
		// This search detected corruption, and its result comes from the intact segments only.
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

// Parser returns the parser of the app's searches.
func (ix *Index) Parser() (Parser, error) { return ParserOf(ix.app) }

// UnknownPlaces returns the places of the parameter location that neither the gazetteer nor any record of the index has.
func (ix *Index) UnknownPlaces(q Query) []string {
	return slices.DeleteFunc(slices.Clone(q.strangePlaces), func(name string) bool { return ix.engine.HasValue("place", text.Fold(name)) })
}

// Analyzer returns the analyzer of the index.
func (ix *Index) Analyzer() *text.Analyzer { return ix.engine.Analyzer() }

// MoreLikeThis returns the matches of a query that have some of the weighted terms, in order of their sum.
func (ix *Index) MoreLikeThis(q engine.Query, terms []engine.WeightedTerm) ([]engine.Hit, error) {
	if err := ix.catchUp(); err != nil {
		return nil, err
	}
	return ix.engine.MoreLikeThis(q, terms)
}

// likeThisTerms is how many words of a description WeightedTerms returns.
const likeThisTerms = 20

// WeightedTerms returns the terms to search for with MoreLikeThis, given the title and body of a text.
func (ix *Index) WeightedTerms(title, body string) []engine.WeightedTerm {
	return ix.engine.WeightedTerms(title, body, likeThisTerms)
}

// catchUp waits until the changes that were committed before the call are searchable, for maxCatchUpWait at most. It does not
// wait at all where that would be of no use: during a bulk import, or when a rebuild takes longer.
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

// notifyWaiters wakes the searches that wait for changes, and the maintenance.
func (ix *Index) notifyWaiters() {
	ix.mu.Lock()
	close(ix.applied)
	ix.applied = make(chan struct{})
	ix.mu.Unlock()
	ix.maintainer.Wake()
}

// lastSeq returns the number of the last entry in the log.
func (ix *Index) lastSeq() (int64, error) {
	var seq int64
	if err := ix.statements.lastSeq.QueryRow(ix.kind.log).Scan(&seq); err != nil {
		return 0, fmt.Errorf("read the search log: %w", err)
	}
	return seq, nil
}
