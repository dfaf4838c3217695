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
func (ix *Index) maintain(ctx context.Context) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	savedSeq, nextSave := ix.engine.Seq(), time.Now().Add(saveInterval)
	verifiedAt, triedTakeOver := time.Now(), time.Now()
	var written state
	mergeErrors := dedupLog{message: "The search index could not be tidied up."}
	saveErrors := dedupLog{message: "The search index could not be saved."}
	synonymErrors := dedupLog{message: "The list of synonyms could not be read."}
	stateErrors := dedupLog{message: "The search index could not tell how it stands."}
	for {
		select {
		case <-ctx.Done():
			return
		case <-ix.maintenanceDue:
			mergeErrors.report(ctx, ix, ix.engine.Maintain())
			if !ix.saveRequested.Load() {
				continue
			}
		case <-ticker.C:
		}
		if time.Since(verifiedAt) > verifyInterval {
			verifiedAt = time.Now()
			ix.engine.Verify()
		}
		if !ix.owner.Load() && time.Since(triedTakeOver) > takeOverInterval {
			triedTakeOver = time.Now()
			ix.takeOverFolder()
		}
		synonymErrors.report(ctx, ix, readSynonyms(ix.app))
		stateErrors.report(ctx, ix, ix.writeState(&written))
		changes := ix.engine.Seq() - savedSeq
		due := changes != 0 && time.Now().After(nextSave) || changes > saveChanges
		if ix.engine.RebuildReason() != nil || !ix.saveRequested.Swap(false) && !due {
			continue
		}
		seq, err := ix.checkpoint(ctx)
		saveErrors.report(ctx, ix, err)
		savedSeq, nextSave = seq, time.Now().Add(saveInterval)
		if err != nil { // a full disk, perhaps: not again with every tick
			savedSeq = ix.engine.Seq() - 1
		}
	}
}

// checkpoint saves the index and drops the log rows that no restart needs.
func (ix *Index) checkpoint(ctx context.Context) (seq int64, err error) {
	answered, _ := ix.answeredRequest.Load().(string)
	if seq, err = ix.engine.Checkpoint(); err != nil || !ix.owner.Load() {
		return seq, err // the log is the owner's to shorten
	}
	if answered != "" {
		if err := markAnswered(ix.app, ix.kind, answered); err != nil {
			return seq, err
		}
		ix.answeredRequest.CompareAndSwap(answered, "")
	}
	for ctx.Err() == nil {
		result, err := ix.app.NonconcurrentDB().NewQuery("DELETE FROM " + ix.kind.log + " WHERE seq IN (SELECT seq FROM " + ix.kind.log +
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
func (ix *Index) writeState(written *state) error {
	if !ix.owner.Load() {
		return nil
	}
	current, err := ix.currentState()
	if err != nil || current == *written {
		return err
	}
	if err := current.write(ix.app, ix.kind); err != nil {
		return err
	}
	*written = current
	return nil
}

// settle makes this process's copy the index in the data folder, if no other process has that any more: a server that
// began before the last one had ended must not go on with a copy for ever.
func (ix *Index) takeOverFolder() {
	if err := ix.engine.AttachFolder(folder(ix.app, ix.kind)); err != nil {
		if !errors.Is(err, engine.ErrLocked) {
			ix.log().Error("The search index could not move into the data folder.", "error", err)
		}
		return
	}
	ix.owner.Store(true)
	ix.saveRequested.Store(true)
}
