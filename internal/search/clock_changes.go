package search

import (
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/internal/search/engine"
)

// clockInterval is how often documents are reindexed that change only because time passes. No write to the database puts them
// in the log.
const clockInterval = time.Second

// clockState is the progress of applyClockChanges.
type clockState struct {
	appliedUntil string
	checkedAt    time.Time
}

// applyClockChanges reindexes the documents that have changed because time has passed, such as jobs whose deadline is over but
// whose status is not yet expired.
func (ix *Index) applyClockChanges(c *clockState) error {
	if ix.kind.clockCondition == "" || time.Since(c.checkedAt) < clockInterval {
		return nil
	}
	c.checkedAt = time.Now()
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
	return nil
}
