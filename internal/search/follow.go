package search

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"jobboard/internal/search/engine"
)

// tick is how often the log is looked at unasked: for commits by other processes and by plain SQL.
const pollInterval = 50 * time.Millisecond

// applyBatch is how many changes are applied at once.
const applyBatch = 500

// Why an index is rebuilt, besides damaged files.
var (
	errOtherProcess  = errors.New("another process has the index in the data folder")
	errOtherDatabase = errors.New("the database is not the one that was indexed, but a restored backup perhaps")
	errLogGap        = errors.New("the changes since the index was saved are no longer in the log")
)

// begin looks at the log for the first time, so that a search right after it knows what it has to wait for.
func (ix *Index) start(ctx context.Context) error {
	if !ix.owner.Load() {
		ix.engine.MarkStale(errOtherProcess)
	}
	if ix.engine.RebuildReason() == nil {
		return nil
	}
	small, err := ix.isSmall()
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

// fewRecords are indexed before the first search is answered: it takes less time than to explain why nothing was found.
const smallIndexRecords = 2_000

func (ix *Index) isSmall() (bool, error) {
	var n int
	err := ix.app.DB().NewQuery("SELECT count(*) FROM (SELECT 1 FROM " + ix.kind.table + " LIMIT {:most} + 1)").
		Bind(dbx.Params{"most": smallIndexRecords}).Row(&n)
	if err != nil {
		return false, fmt.Errorf("count the %s to index: %w", ix.kind.table, err)
	}
	return n <= smallIndexRecords, nil
}

// follow applies the log to the index until ctx ends. Only this goroutine applies changes and starts rebuilds.
func (ix *Index) follow(ctx context.Context) {
	defer ix.endRebuild()
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	followErrors := dedupLog{message: "The search index does not follow the database."}
	var clock clockState
	for ticked := true; ; {
		err := ix.applyLog(ctx)
		if err == nil && ticked { // seldom enough that commits need not wait for it
			err = errors.Join(ix.checkRebuildRequest(ctx), ix.applyClockChanges(&clock))
		}
		followErrors.report(ctx, ix, err)
		select {
		case <-ctx.Done():
			return
		case <-ix.wake:
			ticked = false
		case <-ticker.C:
			ticked = true
		}
	}
}

// step brings the index up to the end of the log, and starts a rebuild where that is not possible.
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
		// deleting also what is put again is harmless: the put comes after
		batch := engine.Batch{Put: docs, Delete: ids, Seq: rows[len(rows)-1].Seq}
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

// heed starts the rebuild that somebody asks for.
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

// complaint logs an error that comes back with every try only once.
type dedupLog struct{ message, last string }

func (c *dedupLog) report(ctx context.Context, ix *Index, err error) {
	switch {
	case err == nil:
		c.last = ""
	case ctx.Err() == nil && err.Error() != c.last:
		c.last = err.Error()
		ix.log().Error(c.message, "error", err)
	}
}
