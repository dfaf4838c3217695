package search

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
)

// The index is saved after so much time, or so many changes; a start after a crash applies again what came later.
const (
	saveAfter        = time.Minute
	saveAfterChanges = 50_000
)

// verifyAfter is how often the files in use are compared with their checksums: a change that breaks nothing is only seen so.
const verifyAfter = time.Hour

// trimBatch is how many rows of the log are deleted at once, so that others can write in between.
const trimBatch = 5_000

// tidyUp does, until ctx ends, what can wait: it merges segments, saves the index and shortens the log.
func (b *Board) tidyUp(ctx context.Context) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	at, seq := time.Now(), b.index.Seq() // of the last save
	verified := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.untidy:
		case <-ticker.C:
		}
		if err := b.index.Maintain(); err != nil {
			b.log().Error("The search index could not be tidied up.", "error", err)
		}
		if time.Since(verified) > verifyAfter {
			verified = time.Now()
			b.index.Verify()
		}
		changes := b.index.Seq() - seq
		due := b.save.Load() || changes != 0 && time.Since(at) > saveAfter || changes > saveAfterChanges && time.Since(at) > time.Second
		if !due || b.index.Damage() != nil {
			continue
		}
		b.save.Store(false)
		saved, err := b.checkpoint(ctx)
		if err != nil && ctx.Err() == nil {
			b.log().Error("The search index could not be saved.", "error", err)
		}
		at = time.Now()
		if err == nil {
			seq = saved
		}
	}
}

// checkpoint saves the index and drops the log rows that no restart needs.
func (b *Board) checkpoint(ctx context.Context) (seq int64, err error) {
	if seq, err = b.index.Checkpoint(); err != nil || !b.owner {
		return seq, err // the log is the owner's to shorten
	}
	for ctx.Err() == nil {
		result, err := b.app.NonconcurrentDB().NewQuery("DELETE FROM " + b.kind.log + " WHERE seq IN (SELECT seq FROM " + b.kind.log +
			" WHERE seq <= {:seq} ORDER BY seq LIMIT {:limit})").Bind(dbx.Params{"seq": seq, "limit": trimBatch}).Execute()
		if err != nil {
			return seq, fmt.Errorf("shorten the search log: %w", err)
		}
		if n, err := result.RowsAffected(); err != nil || n < trimBatch {
			return seq, err
		}
	}
	return seq, ctx.Err()
}
