package search

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/pocketbase/dbx"

	"jobboard/internal/leadership"
	"jobboard/internal/search/engine"
)

// errUndone is why an index is rebuilt that may hold what a failover has undone.
var errUndone = errors.New("the index may hold what a failover has undone")

const (
	// confirmWait is how long the maintenance waits for the cluster's log at most.
	confirmWait = time.Second
	// maxUnlogged is how many records are indexed again after a failover; with more, the index is rebuilt.
	maxUnlogged = 50_000
)

// unlogged is what the index of a cluster's leader holds that may not be in the cluster's log yet: a leader finds at once what it has
// written. If it ceases to lead before that is logged, the database loses these transactions, and the index has to drop them.
type unlogged struct {
	mu       sync.Mutex
	last     int64    // the last entry that was applied to the index
	logged   int64    // the last one that no failover can undo
	records  []string // of the entries after it
	doubtful bool     // this node has ceased to lead with some of them
	decided  bool     // since then the database has lost them, or has kept them
	settled  bool     // it has received transactions as a follower: its database holds nothing but the log
}

// apply records that entries of the log were applied to the index.
func (u *unlogged) apply(records []string, seq int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.last = seq
	if u.settled {
		u.logged = seq
		return
	}
	u.records = append(u.records, records...)
}

// change records that the node has begun or ceased to lead.
func (u *unlogged) change(leading bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.settled = false
	u.doubtful = u.doubtful || !leading && len(u.records) > 0
	u.decided = u.doubtful && leading
}

// settle records that transactions of the leader have arrived in the database.
func (u *unlogged) settle() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.settled, u.decided = true, u.doubtful
	if !u.doubtful {
		u.records, u.logged = nil, u.last
	}
}

// any reports whether the index holds something that may be undone.
func (u *unlogged) any() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return len(u.records) > 0
}

// confirm waits until what the index holds is in the cluster's log, and reports whether it is.
func (ix *Index) confirm(ctx context.Context) bool {
	u := &ix.unlogged
	u.mu.Lock()
	n, last := len(u.records), u.last
	u.mu.Unlock()
	if n == 0 {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, confirmWait)
	defer cancel()
	if !leadership.Leading(ix.app) || leadership.Await(ctx, ix.app) != nil {
		return false // perhaps the next time
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.records) < n || u.doubtful {
		return false
	}
	u.records, u.logged = u.records[n:], last
	return true
}

// forgetUndone makes the index of a node that has ceased to lead agree with its database again, once that has lost what was not in the
// log. It reports whether the index can follow the database: until then the database may change in ways that its search log does not show.
func (ix *Index) forgetUndone(ctx context.Context) (follows bool, err error) {
	u := &ix.unlogged
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.doubtful || !u.decided {
		return !u.doubtful, nil
	}
	if u.logged == 0 || len(u.records) > maxUnlogged || ix.rebuild.underWay() {
		ix.engine.MarkStale(errUndone)
		if err := ix.startRebuild(ctx); err != nil {
			return false, err
		}
	} else {
		docs, err := ix.kind.read(ix.statements.changed.Bind(dbx.Params{"ids": jsonOf(u.records)}))
		if err != nil {
			return false, err
		}
		// What the log holds after that number is applied again.
		if err := ix.engine.Apply(engine.Batch{Put: docs, Delete: u.records, Seq: u.logged, Rewind: true}); err != nil {
			return false, fmt.Errorf("drop what a failover has undone: %w", err)
		}
		ix.log().Info("The search index has dropped what a failover has undone.", "records", len(u.records))
		ix.notifyWaiters()
	}
	u.doubtful, u.decided, u.records, u.last = false, false, nil, u.logged
	return true, nil
}

// save saves the index. A file beside it says so while it may hold what is not in the cluster's log.
func (ix *Index) save(ctx context.Context) (seq int64, err error) {
	if !leadership.Clustered(ix.app) {
		return ix.engine.Checkpoint()
	}
	if !ix.confirm(ctx) {
		if err := os.WriteFile(ix.doubtfulPath(), nil, 0o600); err != nil {
			return 0, fmt.Errorf("mark the search index as doubtful: %w", err)
		}
	}
	if seq, err = ix.engine.Checkpoint(); err != nil || !ix.confirm(ctx) {
		return seq, err
	}
	if err := os.Remove(ix.doubtfulPath()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return seq, fmt.Errorf("mark the search index as good: %w", err)
	}
	return seq, nil
}

func (ix *Index) doubtfulPath() string { return folder(ix.app, ix.kind) + ".doubtful" }

// isDoubtful reports whether the index was saved with what may have been undone.
func (ix *Index) isDoubtful() bool {
	_, err := os.Stat(ix.doubtfulPath())
	return err == nil
}
