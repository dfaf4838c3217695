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
func (b *Index) start(ctx context.Context) error {
	if !b.owner.Load() {
		b.engine.MarkStale(errOtherProcess)
	}
	if b.engine.RebuildReason() == nil {
		return nil
	}
	few, err := b.isSmall()
	if err != nil {
		return err
	}
	if err := b.startRebuild(ctx); err != nil {
		return err
	}
	if few {
		<-b.rebuild.ended
	}
	return nil
}

// fewRecords are indexed before the first search is answered: it takes less time than to explain why nothing was found.
const smallIndexRecords = 2_000

func (b *Index) isSmall() (bool, error) {
	var n int
	err := b.app.DB().NewQuery("SELECT count(*) FROM (SELECT 1 FROM " + b.kind.table + " LIMIT {:most} + 1)").
		Bind(dbx.Params{"most": smallIndexRecords}).Row(&n)
	if err != nil {
		return false, fmt.Errorf("count the %s to index: %w", b.kind.table, err)
	}
	return n <= smallIndexRecords, nil
}

// follow applies the log to the index until ctx ends. Only this goroutine applies changes and starts rebuilds.
func (b *Index) follow(ctx context.Context) {
	defer b.endRebuild()
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	following := dedupLog{message: "The search index does not follow the database."}
	var passed clockState
	for ticked := true; ; {
		err := b.applyLog(ctx)
		if err == nil && ticked { // seldom enough that commits need not wait for it
			err = errors.Join(b.checkRebuildRequest(ctx), b.applyClockChanges(&passed))
		}
		following.report(ctx, b, err)
		select {
		case <-ctx.Done():
			return
		case <-b.wake:
			ticked = false
		case <-ticker.C:
			ticked = true
		}
	}
}

// step brings the index up to the end of the log, and starts a rebuild where that is not possible.
func (b *Index) applyLog(ctx context.Context) error {
	last, err := b.lastSeq()
	if err != nil {
		return err
	}
	if last < b.engine.Seq() {
		b.engine.MarkStale(errOtherDatabase)
		return b.startRebuild(ctx)
	}
	for ctx.Err() == nil && b.engine.Seq() < last {
		var rows []struct {
			Seq    int64  `db:"seq"`
			Record string `db:"record"`
		}
		if err := b.statements.entries.Bind(dbx.Params{"seq": b.engine.Seq(), "limit": applyBatch}).All(&rows); err != nil {
			return fmt.Errorf("read the search log: %w", err)
		}
		if len(rows) == 0 || rows[0].Seq != b.engine.Seq()+1 {
			b.engine.MarkStale(errLogGap)
			return b.startRebuild(ctx)
		}
		ids := make([]string, len(rows))
		for i, row := range rows {
			ids[i] = row.Record
		}
		docs, err := b.kind.read(b.statements.changed.Bind(dbx.Params{"ids": jsonOf(ids)}))
		if err != nil {
			return err
		}
		// deleting also what is put again is harmless: the put comes after
		batch := engine.Batch{Put: docs, Delete: ids, Seq: rows[len(rows)-1].Seq}
		if err := b.engine.Apply(batch); err != nil {
			return err
		}
		b.notifyWaiters()
	}
	if b.engine.RebuildReason() != nil && !b.rebuild.underWay() {
		return b.startRebuild(ctx)
	}
	return nil
}

// heed starts the rebuild that somebody asks for.
func (b *Index) checkRebuildRequest(ctx context.Context) error {
	if b.rebuild.underWay() {
		return nil
	}
	asked, err := b.rebuildRequest()
	if err != nil || asked == "" || asked == b.answeredRequest.Load() {
		return err
	}
	return b.startRebuild(ctx)
}

// complaint logs an error that comes back with every try only once.
type dedupLog struct{ message, last string }

func (c *dedupLog) report(ctx context.Context, b *Index, err error) {
	switch {
	case err == nil:
		c.last = ""
	case ctx.Err() == nil && err.Error() != c.last:
		c.last = err.Error()
		b.log().Error(c.message, "error", err)
	}
}
