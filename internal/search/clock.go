package search

import (
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/internal/search/engine"
)

// clockTick is how often it is looked for documents that change by the clock alone, without a write that the log could tell of.
const clockTick = time.Second

// clock remembers up to when the clock's changes are in the index.
type clock struct {
	until  string
	looked time.Time
}

// turn brings the index up to what the clock has changed, such as jobs whose deadline has passed and that nobody has yet
// marked as expired.
func (b *Board) turn(c *clock) error {
	if b.kind.byClock == "" || time.Since(c.looked) < clockTick {
		return nil
	}
	c.looked = time.Now()
	now := types.NowDateTime().String()
	docs, err := b.kind.load(b.app, b.kind.byClock, dbx.Params{"since": c.until, "now": now})
	if err != nil {
		return err
	}
	if len(docs) > 0 {
		if err := b.index.Apply(engine.Batch{Put: docs}); err != nil {
			return err
		}
		b.tell()
	}
	c.until = now
	return nil
}
