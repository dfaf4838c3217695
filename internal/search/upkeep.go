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
	saveAfter        = time.Minute
	saveAfterChanges = 50_000
)

// verifyAfter is how often the files in use are compared with their checksums: a change that breaks nothing is only seen so.
const verifyAfter = time.Hour

// settleAfter is how often a process with a copy of its own looks whether the data folder has become free.
const settleAfter = 2 * time.Second

// trimBatch is how many rows of the log are deleted at once, so that others can write in between.
const trimBatch = 5_000

// tidyUp does, until ctx ends, what can wait: it merges segments, saves the index and shortens the log.
func (b *Board) tidyUp(ctx context.Context) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	saved, next := b.index.Seq(), time.Now().Add(saveAfter)
	verified, settled := time.Now(), time.Now()
	var shown state
	tidying := complaint{message: "The search index could not be tidied up."}
	saving := complaint{message: "The search index could not be saved."}
	synonyms := complaint{message: "The list of synonyms could not be read."}
	showing := complaint{message: "The search index could not tell how it stands."}
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.untidy:
			tidying.note(ctx, b, b.index.Maintain())
			if !b.save.Load() {
				continue
			}
		case <-ticker.C:
		}
		if time.Since(verified) > verifyAfter {
			verified = time.Now()
			b.index.Verify()
		}
		if !b.owner.Load() && time.Since(settled) > settleAfter {
			settled = time.Now()
			b.settle()
		}
		synonyms.note(ctx, b, readSynonyms(b.app))
		showing.note(ctx, b, b.show(&shown))
		changes := b.index.Seq() - saved
		due := changes != 0 && time.Now().After(next) || changes > saveAfterChanges
		if b.index.Damage() != nil || !b.save.Swap(false) && !due {
			continue
		}
		seq, err := b.checkpoint(ctx)
		saving.note(ctx, b, err)
		saved, next = seq, time.Now().Add(saveAfter)
		if err != nil { // a full disk, perhaps: not again with every tick
			saved = b.index.Seq() - 1
		}
	}
}

// checkpoint saves the index and drops the log rows that no restart needs.
func (b *Board) checkpoint(ctx context.Context) (seq int64, err error) {
	answered, _ := b.answers.Load().(string)
	if seq, err = b.index.Checkpoint(); err != nil || !b.owner.Load() {
		return seq, err // the log is the owner's to shorten
	}
	if answered != "" {
		if err := answer(b.app, b.kind, answered); err != nil {
			return seq, err
		}
		b.answers.CompareAndSwap(answered, "")
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
func (b *Board) show(shown *state) error {
	if !b.owner.Load() {
		return nil
	}
	now, err := b.standing()
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
func (b *Board) settle() {
	if err := b.index.Settle(folder(b.app, b.kind)); err != nil {
		if !errors.Is(err, engine.ErrLocked) {
			b.log().Error("The search index could not move into the data folder.", "error", err)
		}
		return
	}
	b.owner.Store(true)
	b.save.Store(true)
}
