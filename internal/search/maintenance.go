package search

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"jobboard/internal/search/engine"
)

// The index is saved after so much time, or so many changes; a start after a crash applies again what came later.
const (
	saveInterval = time.Minute
	saveChanges  = 50_000
)

// verifyAfter is how often the files in use are compared with their checksums: a change that breaks nothing is only seen so.
const verifyInterval = time.Hour

// settleAfter is how often a process with a copy of its own looks whether the data folder has become free.
const takeOverInterval = 2 * time.Second

// trimBatch is how many rows of the log are deleted at once, so that others can write in between.
const trimBatch = 5_000

// tidyUp does, until ctx ends, what can wait: it merges segments, saves the index and shortens the log.
func (b *Index) maintain(ctx context.Context) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	saved, next := b.engine.Seq(), time.Now().Add(saveInterval)
	verified, settled := time.Now(), time.Now()
	var shown state
	maintaining := dedupLog{message: "The search index could not be tidied up."}
	saving := dedupLog{message: "The search index could not be saved."}
	synonyms := dedupLog{message: "The list of synonyms could not be read."}
	writing := dedupLog{message: "The search index could not tell how it stands."}
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.maintenanceDue:
			maintaining.report(ctx, b, b.engine.Maintain())
			if !b.saveRequested.Load() {
				continue
			}
		case <-ticker.C:
		}
		if time.Since(verified) > verifyInterval {
			verified = time.Now()
			b.engine.Verify()
		}
		if !b.owner.Load() && time.Since(settled) > takeOverInterval {
			settled = time.Now()
			b.moveIntoDataFolder()
		}
		synonyms.report(ctx, b, readSynonyms(b.app))
		writing.report(ctx, b, b.writeState(&shown))
		changes := b.engine.Seq() - saved
		due := changes != 0 && time.Now().After(next) || changes > saveChanges
		if b.engine.RebuildReason() != nil || !b.saveRequested.Swap(false) && !due {
			continue
		}
		seq, err := b.checkpoint(ctx)
		saving.report(ctx, b, err)
		saved, next = seq, time.Now().Add(saveInterval)
		if err != nil { // a full disk, perhaps: not again with every tick
			saved = b.engine.Seq() - 1
		}
	}
}

// checkpoint saves the index and drops the log rows that no restart needs.
func (b *Index) checkpoint(ctx context.Context) (seq int64, err error) {
	answered, _ := b.answeredRequest.Load().(string)
	if seq, err = b.engine.Checkpoint(); err != nil || !b.owner.Load() {
		return seq, err // the log is the owner's to shorten
	}
	if answered != "" {
		if err := markAnswered(b.app, b.kind, answered); err != nil {
			return seq, err
		}
		b.answeredRequest.CompareAndSwap(answered, "")
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

// show writes how the index stands if that is other than what was shown last.
func (b *Index) writeState(shown *state) error {
	if !b.owner.Load() {
		return nil
	}
	now, err := b.currentState()
	if err != nil || now == *shown {
		return err
	}
	if err := now.write(b.app, b.kind); err != nil {
		return err
	}
	*shown = now
	return nil
}

// settle makes this process's copy the index in the data folder, if no other process has that any more: a server that
// began before the last one had ended must not go on with a copy for ever.
func (b *Index) moveIntoDataFolder() {
	if err := b.engine.AttachFolder(folder(b.app, b.kind)); err != nil {
		if !errors.Is(err, engine.ErrLocked) {
			b.log().Error("The search index could not move into the data folder.", "error", err)
		}
		return
	}
	b.owner.Store(true)
	b.saveRequested.Store(true)
}
