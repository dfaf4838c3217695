package search

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/leadership"
	"jobboard/internal/search/engine"
)

// pollInterval is how often the follower asks whether anything was written. Commits of this process wake the follower, and so does a
// search that meets a commit of another process or of plain SQL (catchUp), so asking more often would only cost an idle board more.
const pollInterval = 500 * time.Millisecond

// applyBatch is the maximum number of changes that are applied at once.
const applyBatch = 500

// Reasons to rebuild an index, besides corrupted files.
var (
	errOtherProcess  = errors.New("another process uses the index in the data folder")
	errOtherDatabase = errors.New("the database is not the one that was indexed; it may be a restored backup")
	errLogGap        = errors.New("the changes since the index was saved are no longer in the log")
)

// start starts a rebuild if the index needs one, and waits for it if there are few records.
func (ix *Index) start(ctx context.Context) error {
	if !ix.owner.Load() {
		ix.engine.MarkStale(errOtherProcess)
	}
	if ix.isDoubtful() {
		ix.engine.MarkStale(errUndone)
	}
	if ix.engine.RebuildReason() == nil {
		return nil
	}
	small, err := isSmall(ix.app, ix.kind)
	if err != nil {
		return err
	}
	if err := ix.startRebuild(ctx); err != nil {
		return err
	}
	if small {
		<-ix.rebuild.ended
	}
	return nil
}

// smallIndexRecords is the number of records up to which an index is built before the first search is answered. That takes
// only a moment, and the first searches already find everything. It is a variable because tests set it lower.
var smallIndexRecords = 2_000

// isSmall reports whether there are at most smallIndexRecords records to index.
func isSmall(app core.App, kind *Kind) (bool, error) {
	var n int
	err := app.DB().NewQuery("SELECT count(*) FROM (SELECT 1 FROM " + kind.table + " LIMIT {:most} + 1)").
		Bind(dbx.Params{"most": smallIndexRecords}).Row(&n)
	if err != nil {
		return false, fmt.Errorf("count the %s to index: %w", kind.table, err)
	}
	return n <= smallIndexRecords, nil
}

// follow is the step of the loop that applies the log to the index. Only this loop applies changes and starts rebuilds.
func (ix *Index) follow(ctx context.Context, _ core.App) (more bool, err error) {
	woken, unread := ix.woken.Swap(false), ix.wal.Unread() // before looking, so that what is written meanwhile is seen next time
	if !woken && !unread && ix.looked && !ix.clock.isDue() && ix.engine.RebuildReason() == nil {
		return false, nil
	}
	ix.looked = false // the next step looks again if this one fails
	all, err := ix.look(ctx)
	ix.looked = all && err == nil && !ix.rebuild.underWay()
	return false, err
}

// look applies what the database holds since the last look. It reports whether that is all, or something is left for the next look.
func (ix *Index) look(ctx context.Context) (all bool, err error) {
	if ix.kind == Jobs { // only texts of searches for jobs name employers
		if err := ix.employers.load(ix.app); err != nil {
			return false, err
		}
	}
	if follows, err := ix.forgetUndone(ctx); err != nil || !follows {
		return false, err
	}
	if err := ix.applyLog(ctx); err != nil {
		return false, err
	}
	if time.Since(ix.followed) < pollInterval { // not with every commit, which would have to wait for it
		return false, nil
	}
	ix.followed = time.Now()
	return true, errors.Join(ix.checkRebuildRequest(ctx), ix.applyClockChanges(&ix.clock))
}

// applyLog applies all changes in the log, or starts a rebuild if that is not possible.
func (ix *Index) applyLog(ctx context.Context) error {
	last, err := ix.lastSeq()
	if err != nil {
		return err
	}
	if last < ix.engine.Seq() {
		ix.engine.MarkStale(errOtherDatabase)
		return ix.startRebuild(ctx)
	}
	for ctx.Err() == nil && ix.engine.Seq() < last {
		var rows []struct {
			Seq    int64  `db:"seq"`
			Record string `db:"record"`
		}
		if err := ix.statements.entries.Bind(dbx.Params{"seq": ix.engine.Seq(), "limit": applyBatch}).All(&rows); err != nil {
			return fmt.Errorf("read the search log: %w", err)
		}
		if len(rows) == 0 || rows[0].Seq != ix.engine.Seq()+1 {
			ix.engine.MarkStale(errLogGap)
			return ix.startRebuild(ctx)
		}
		ids := make([]string, len(rows))
		for i, row := range rows {
			ids[i] = row.Record
		}
		docs, err := ix.kind.read(ix.statements.changed.Bind(dbx.Params{"ids": jsonOf(ids)}))
		if err != nil {
			return err
		}
		// all ids are deleted, because records that no longer exist yield no document; the others are put again
		ix.employers.addAll(docs)
		batch := engine.Batch{Put: docs, Delete: ids, Seq: rows[len(rows)-1].Seq}
		if leadership.Clustered(ix.app) {
			ix.unlogged.apply(ids, batch.Seq)
		}
		if err := ix.engine.Apply(batch); err != nil {
			return err
		}
		ix.notifyWaiters()
	}
	if ix.engine.RebuildReason() != nil && !ix.rebuild.underWay() {
		return ix.startRebuild(ctx)
	}
	return nil
}

// checkRebuildRequest starts a rebuild if one has been requested.
func (ix *Index) checkRebuildRequest(ctx context.Context) error {
	if ix.rebuild.underWay() {
		return nil
	}
	request, err := ix.rebuildRequest()
	if err != nil || request == "" || request == ix.answeredRequest.Load() {
		return err
	}
	return ix.startRebuild(ctx)
}
