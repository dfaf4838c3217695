package search

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/internal/search/engine"
)

// clockInterval is how often, at most, documents are reindexed that change only because time passes. No write to the database puts them
// in the log.
const clockInterval = time.Second

// clockState is the progress of applyClockChanges.
type clockState struct {
	appliedUntil string
	checkedAt    time.Time
	next         time.Time // when the next document changes; zero if none is to change, as far as the database was read
}

// isDue reports whether a document may have changed by now.
func (c *clockState) isDue() bool { return !c.next.IsZero() && !time.Now().Before(c.next) }

// applyClockChanges reindexes the documents that have changed because time has passed, such as jobs whose deadline is over but
// whose status is not yet expired, and notes when the next one will.
func (ix *Index) applyClockChanges(c *clockState) error {
	if ix.kind.clockCondition == "" {
		return nil
	}
	if earliest := c.checkedAt.Add(clockInterval); time.Now().Before(earliest) {
		c.next = earliest // what was written meanwhile may change at any time
		return nil
	}
	c.checkedAt = time.Now()
	c.next = c.checkedAt.Add(clockInterval) // if the rest fails
	now := types.NowDateTime().String()
	docs, err := ix.kind.load(ix.app, ix.kind.clockCondition, dbx.Params{"since": c.appliedUntil, "now": now})
	if err != nil {
		return err
	}
	if len(docs) > 0 {
		if err := ix.engine.Apply(engine.Batch{Put: docs}); err != nil {
			return err
		}
		ix.notifyWaiters()
	}
	c.appliedUntil = now
	return ix.findNextClockChange(c)
}

// findNextClockChange notes when the next document changes.
func (ix *Index) findNextClockChange(c *clockState) error {
	var next string
	if err := ix.app.DB().NewQuery(ix.kind.nextClockChange).Bind(dbx.Params{"now": c.appliedUntil}).Row(&next); err != nil {
		return fmt.Errorf("find when %s change next: %w", ix.kind.table, err)
	}
	if next == "" {
		c.next = time.Time{}
		return nil
	}
	// A text that is no time, which only plain SQL can write, is left to be looked at every clockInterval.
	if at, err := types.ParseDateTime(next); err == nil && !at.IsZero() {
		c.next = at.Time()
	}
	return nil
}
