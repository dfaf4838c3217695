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
const tick = 50 * time.Millisecond

// applyBatch is how many changes are applied at once.
const applyBatch = 500

// Why an index is rebuilt, besides damaged files.
var (
	errOwn   = errors.New("another process has the index in the data folder")
	errOther = errors.New("the database is not the one that was indexed, but a restored backup perhaps")
	errGap   = errors.New("the changes since the index was saved are no longer in the log")
)

// begin looks at the log for the first time, so that a search right after it knows what it has to wait for.
func (b *Board) begin(ctx context.Context) error {
	if !b.owner.Load() {
		b.index.Doubt(errOwn)
	}
	if b.index.Damage() == nil {
		return nil
	}
	few, err := b.few()
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
const fewRecords = 2_000

func (b *Board) few() (bool, error) {
	var n int
	err := b.app.DB().NewQuery("SELECT count(*) FROM (SELECT 1 FROM " + b.kind.table + " LIMIT {:most} + 1)").
		Bind(dbx.Params{"most": fewRecords}).Row(&n)
	if err != nil {
		return false, fmt.Errorf("count the %s to index: %w", b.kind.table, err)
	}
	return n <= fewRecords, nil
}

// follow applies the log to the index until ctx ends. Only this goroutine applies changes and starts rebuilds.
func (b *Board) follow(ctx context.Context) {
	defer b.endRebuild()
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	following := complaint{message: "The search index does not follow the database."}
	var passed clock
	for ticked := true; ; {
		err := b.step(ctx)
		if err == nil && ticked { // seldom enough that commits need not wait for it
			err = errors.Join(b.heed(ctx), b.turn(&passed))
		}
		following.note(ctx, b, err)
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
func (b *Board) step(ctx context.Context) error {
	last, err := b.lastChange()
	if err != nil {
		return err
	}
	if last < b.index.Seq() {
		b.index.Doubt(errOther)
		return b.startRebuild(ctx)
	}
	for ctx.Err() == nil && b.index.Seq() < last {
		var rows []struct {
			Seq    int64  `db:"seq"`
			Record string `db:"record"`
		}
		if err := b.ask.entries.Bind(dbx.Params{"seq": b.index.Seq(), "limit": applyBatch}).All(&rows); err != nil {
			return fmt.Errorf("read the search log: %w", err)
		}
		if len(rows) == 0 || rows[0].Seq != b.index.Seq()+1 {
			b.index.Doubt(errGap)
			return b.startRebuild(ctx)
		}
		ids := make([]string, len(rows))
		for i, row := range rows {
			ids[i] = row.Record
		}
		docs, err := b.kind.read(b.ask.changed.Bind(dbx.Params{"ids": jsonOf(ids)}))
		if err != nil {
			return err
		}
		// deleting also what is put again is harmless: the put comes after
		batch := engine.Batch{Put: docs, Delete: ids, Seq: rows[len(rows)-1].Seq}
		if err := b.index.Apply(batch); err != nil {
			return err
		}
		b.tell()
	}
	if b.index.Damage() != nil && !b.rebuild.underWay() {
		return b.startRebuild(ctx)
	}
	return nil
}

// heed starts the rebuild that somebody asks for.
func (b *Board) heed(ctx context.Context) error {
	if b.rebuild.underWay() {
		return nil
	}
	asked, err := b.requested()
	if err != nil || asked == "" || asked == b.answers.Load() {
		return err
	}
	return b.startRebuild(ctx)
}

// complaint logs an error that comes back with every try only once.
type complaint struct{ message, last string }

func (c *complaint) note(ctx context.Context, b *Board, err error) {
	switch {
	case err == nil:
		c.last = ""
	case ctx.Err() == nil && err.Error() != c.last:
		c.last = err.Error()
		b.log().Error(c.message, "error", err)
	}
}
