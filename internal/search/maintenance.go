package search

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/database"
	"jobboard/internal/leadership"
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

// maintenanceInterval is how often everything but merging is checked.
const maintenanceInterval = time.Second

// maintenanceState is when each part of the maintenance was last done.
type maintenanceState struct {
	checked, verified, triedTakeOver, nextSave time.Time
	savedSeq                                   int64
	written                                    state
	wal                                        *database.WriteAheadLog
	lastSeq                                    int64  // of the log, as far as it was read
	marks                                      *marks // in a cluster
}

func newMaintenanceState(app core.App, seq int64) maintenanceState {
	now := time.Now()
	return maintenanceState{wal: database.NewWriteAheadLog(app),
		checked: now, verified: now, triedTakeOver: now, nextSave: now.Add(saveInterval), savedSeq: seq}
}

// maintain is the step of the loop that does the work that can wait: it merges segments, saves the index and trims the log.
func (ix *Index) maintain(ctx context.Context, app core.App) (more bool, err error) {
	var failed []error
	if err := ix.engine.Maintain(); err != nil {
		failed = append(failed, fmt.Errorf("merge segments: %w", err))
	}
	m := &ix.maintenance
	if time.Since(m.checked) < maintenanceInterval && !ix.saveRequested.Load() {
		return false, errors.Join(failed...)
	}
	m.checked = time.Now()
	if time.Since(m.verified) > verifyInterval {
		m.verified = time.Now()
		ix.engine.Verify()
	}
	if !ix.owner.Load() && time.Since(m.triedTakeOver) > takeOverInterval {
		m.triedTakeOver = time.Now()
		failed = append(failed, ix.takeOverFolder())
	}
	ix.confirm(ctx)
	failed = append(failed, readLists(app), ix.writeState(m), ix.saveIfDue(ctx))
	return false, errors.Join(failed...)
}

// saveIfDue saves the index if that was requested, or after enough time or changes.
func (ix *Index) saveIfDue(ctx context.Context) error {
	m := &ix.maintenance
	changes := ix.engine.Seq() - m.savedSeq
	due := changes != 0 && time.Now().After(m.nextSave) || changes > saveChanges
	if ix.engine.RebuildReason() != nil || !ix.saveRequested.Swap(false) && !due {
		return nil
	}
	seq, err := ix.checkpoint(ctx)
	m.savedSeq, m.nextSave = seq, time.Now().Add(saveInterval)
	if err != nil { // perhaps a full disk: retry after saveInterval, not with every step
		m.savedSeq = ix.engine.Seq() - 1
		return fmt.Errorf("save the search index: %w", err)
	}
	return nil
}

// checkpoint saves the index and deletes the log rows that no restart needs any more. In a cluster, only the leader deletes any, and none
// that a follower may need that was away.
func (ix *Index) checkpoint(ctx context.Context) (seq int64, err error) {
	answered, _ := ix.answeredRequest.Load().(string)
	if seq, err = ix.save(ctx); err != nil || !ix.owner.Load() {
		return seq, err // only the owner trims the log
	}
	upTo := seq
	if leadership.Clustered(ix.app) {
		if upTo, err = ix.mark(seq); err != nil || !leadership.Leading(ix.app) {
			return seq, err
		}
	}
	if answered != "" {
		if err := markAnswered(ix.app, ix.kind, answered); err != nil {
			return seq, err
		}
		ix.answeredRequest.CompareAndSwap(answered, "")
	}
	for ctx.Err() == nil {
		result, err := ix.app.NonconcurrentDB().NewQuery("DELETE FROM " + ix.kind.log + " WHERE seq IN (SELECT seq FROM " + ix.kind.log +
			" WHERE seq <= {:seq} ORDER BY seq LIMIT {:limit})").Bind(dbx.Params{"seq": upTo, "limit": trimBatch}).Execute()
		if err != nil {
			return seq, fmt.Errorf("trim the search log: %w", err)
		}
		if n, err := result.RowsAffected(); err != nil || n < trimBatch {
			return seq, err
		}
	}
	return seq, ctx.Err()
}

// mark notes that the index was saved with an entry of the log, and returns up to where the log may be shortened. The entry itself stays:
// it shows a new node that an index in the bucket is one of its database.
func (ix *Index) mark(seq int64) (upTo int64, err error) {
	m := &ix.maintenance
	if m.marks == nil {
		if m.marks, err = readMarks(folder(ix.app, ix.kind) + ".marks"); err != nil {
			return 0, err
		}
	}
	now := time.Now()
	return min(seq-1, m.marks.outdated(now)), m.marks.add(now, seq)
}

// writeState writes the state of the index if it differs from the last one written. In a cluster it is that of the leader's index.
func (ix *Index) writeState(m *maintenanceState) (err error) {
	if !ix.owner.Load() {
		return nil
	}
	if !leadership.Leading(ix.app) {
		m.written = state{} // from now on by another node
		return nil
	}
	if m.wal.Unread() {
		if m.lastSeq, err = ix.lastSeq(); err != nil {
			return err
		}
	}
	current := ix.stateAt(m.lastSeq)
	if current == m.written {
		return nil
	}
	if err := current.write(ix.app, ix.kind); err != nil {
		return err
	}
	m.written = current
	return nil
}

// takeOverFolder makes the copy in memory the index in the data folder, unless another process still has that. It is for a
// server that started before the previous one had stopped.
func (ix *Index) takeOverFolder() error {
	err := ix.engine.AttachFolder(folder(ix.app, ix.kind))
	if errors.Is(err, engine.ErrLocked) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("take over the search index in the data folder: %w", err)
	}
	ix.owner.Store(true)
	ix.saveRequested.Store(true)
	return nil
}
