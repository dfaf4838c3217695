package search

import (
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/internal/search/engine"
)

// clockTick is how often it is looked for documents that change by the clock alone, without a write that the log could tell of.
const clockInterval = time.Second

// clock remembers up to when the clock's changes are in the index.
type clockState struct {
	appliedUntil string
	checkedAt    time.Time
}

// turn brings the index up to what the clock has changed, such as jobs whose deadline has passed and that nobody has yet
// marked as expired.
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
