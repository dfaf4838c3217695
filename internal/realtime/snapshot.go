package realtime

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

const (
	// Each snapshot holds a database connection; the pool has 120 and keeps 15 open. Most snapshots are reserved for deletions, whose
	// rules can't be evaluated later.
	maxSnapshots     = 32
	maxSaveSnapshots = 8
	snapshotLifetime = time.Minute // after which it ends in any case: an open one keeps the write-ahead log from being truncated

	// How long to wait for a database connection if the pool has none to spare.
	saveWait     = 50 * time.Millisecond
	deletionWait = time.Second
	queuedWait   = 5 * time.Second
)

var errNoSnapshot = errors.New("too many snapshots of the database are open")

// snapshot is a read transaction: it shows the board as it was when the snapshot was taken, whatever is saved or deleted later. It is
// shared by the events of that moment and ends with the last of them.
type snapshot struct {
	tx      *dbx.Tx
	release func()
	// restored is what was deleted before the snapshot and is seen by rules nevertheless; nil for nothing.
	restored *restoration

	mu    sync.Mutex
	users int
}

// takeSnapshot opens a snapshot with one user while a save waits. It fails if too many are open.
func (h *hub) takeSnapshot(most int, haste time.Duration) (*snapshot, error) {
	if h.snapshots.Add(1) > int64(most) {
		h.snapshots.Add(-1)
		return nil, errNoSnapshot
	}
	s, err := h.beginSnapshot(haste, func() { h.snapshots.Add(-1) })
	if err != nil {
		h.snapshots.Add(-1)
		return nil, err
	}
	return s, nil
}

// beginSnapshot opens a snapshot, waiting at most the given time for a connection. It calls ended when the snapshot has ended.
func (h *hub) beginSnapshot(wait time.Duration, ended func()) (*snapshot, error) {
	db, ok := h.app.ConcurrentDB().(*dbx.DB)
	if !ok {
		return nil, errors.New("a snapshot can't be taken inside a transaction")
	}
	life, end := context.WithCancel(context.Background())
	late := time.AfterFunc(wait, end)
	tx, err := db.BeginTx(life, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		late.Stop()
		end()
		return nil, fmt.Errorf("begin a snapshot: %w", err)
	}
	s := &snapshot{tx: tx, users: 1}
	var one int
	// SQLite takes the snapshot with the first read.
	if err := tx.NewQuery("SELECT count(*) FROM sqlite_schema WHERE FALSE").Row(&one); err != nil {
		late.Stop()
		end()
		return nil, fmt.Errorf("take a snapshot: %w", err)
	}
	if !late.Stop() { // the time is up
		return nil, fmt.Errorf("take a snapshot: %w", context.DeadlineExceeded)
	}
	late.Reset(snapshotLifetime)
	s.release = sync.OnceFunc(func() {
		late.Stop()
		_ = tx.Rollback() // nothing was written; after its life it is rolled back already
		end()
		ended()
	})
	context.AfterFunc(life, s.release)
	return s, nil
}

// share adds a user and returns the snapshot, or nil if it has ended.
func (s *snapshot) share() *snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users == 0 {
		return nil
	}
	s.users++
	return s
}

// done removes a user. It is safe on nil.
func (s *snapshot) done() {
	if s == nil {
		return
	}
	s.mu.Lock()
	s.users--
	last := s.users == 0
	s.mu.Unlock()
	if last {
		s.release()
	}
}

// read returns a record as the snapshot shows it, or sql.ErrNoRows.
func (s *snapshot) read(ctx context.Context, collection *core.Collection, id string) (*core.Record, error) {
	row := dbx.NullStringMap{}
	err := s.tx.Select("*").From(collection.Name).Where(dbx.HashExp{"id": id}).WithContext(ctx).One(row)
	if err != nil {
		return nil, err
	}
	record := core.NewRecord(collection)
	for _, field := range collection.Fields {
		var stored any
		if value := row[field.GetName()]; value.Valid {
			stored = value.String
		}
		value, err := field.PrepareValue(record, stored)
		if err != nil {
			return nil, fmt.Errorf("read the field %s of %s %s: %w", field.GetName(), collection.Name, id, err)
		}
		record.SetRaw(field.GetName(), value)
	}
	return record, record.PostScan()
}
