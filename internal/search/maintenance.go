package search

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"jobboard/internal/search/engine"
)

// The index is saved after this time or number of changes. After a crash, later changes are applied again from the log.
const (
	saveInterval = time.Minute
	saveChanges  = 50_000
)

// verifyInterval is how often the checksums of the files in use are verified. Searches do not detect every corruption.
const verifyInterval = time.Hour

// takeOverInterval is how often a process with a copy in memory tries to take over the index in the data folder.
const takeOverInterval = 2 * time.Second

// trimBatch is the number of log rows that are deleted at once, so that others can write in between.
const trimBatch = 5_000

// maintain does, until ctx ends, the work that can wait: it merges segments, saves the index and trims the log.
func (ix *Index) maintain(ctx context.Context) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	savedSeq, nextSave := ix.engine.Seq(), time.Now().Add(saveInterval)
	verifiedAt, triedTakeOver := time.Now(), time.Now()
	var written state
	mergeErrors := dedupLog{message: "The segments of the search index could not be merged."}
	saveErrors := dedupLog{message: "The search index could not be saved."}
	synonymErrors := dedupLog{message: "The list of synonyms could not be read."}
	stateErrors := dedupLog{message: "The state of the search index could not be written."}
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
		if err != nil { // perhaps a full disk: retry after saveInterval, not with every tick
			savedSeq = ix.engine.Seq() - 1
		}
	}
}

// checkpoint saves the index and deletes the log rows that no restart needs any more.
func (ix *Index) checkpoint(ctx context.Context) (seq int64, err error) {
	answered, _ := ix.answeredRequest.Load().(string)
	if seq, err = ix.engine.Checkpoint(); err != nil || !ix.owner.Load() {
		return seq, err // only the owner trims the log
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
			return seq, fmt.Errorf("trim the search log: %w", err)
		}
		if n, err := result.RowsAffected(); err != nil || n < trimBatch {
			return seq, err
		}
	}
	return seq, ctx.Err()
}

// writeState writes the state of the index if it differs from the last one written.
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

// takeOverFolder makes the copy in memory the index in the data folder, unless another process still has that. It is for a
// server that started before the previous one had stopped.
func (ix *Index) takeOverFolder() {
	if err := ix.engine.AttachFolder(folder(ix.app, ix.kind)); err != nil {
		if !errors.Is(err, engine.ErrLocked) {
			ix.log().Error("The search index in the data folder could not be taken over.", "error", err)
		}
		return
	}
	ix.owner.Store(true)
	ix.saveRequested.Store(true)
}
