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
	// Each snapshot keeps a connection to the database, of which the pool has 120 and keeps 15 open. Most are left to deletions,
	// which can't be judged later.
	maxSnapshots = 32
	maxOfSaves   = 8
	snapshotLife = time.Minute // after which even a forgotten one ends: it keeps the write-ahead log from being emptied

	// How long to wait for a connection to the database, where the pool has none to spare.
	hasteOfSave     = 50 * time.Millisecond
	hasteOfDeletion = time.Second
	hasteOfWaiting  = 5 * time.Second
)

var errNoSnapshot = errors.New("too many snapshots of the database are open")

// snapshot is a read transaction: what it shows is the board as it was when it was taken, whatever is saved or deleted
// meanwhile. It is shared by the events that were to be judged at that moment and ends with the last of them.
type snapshot struct {
	tx      *dbx.Tx
	release func()

	mu    sync.Mutex
	users int
}

// take opens a snapshot of the present, for one user, while a save waits. It fails where so many are open already.
func (h *hub) take(most int, haste time.Duration) (*snapshot, error) {
	if h.snapshots.Add(1) > int64(most) {
		h.snapshots.Add(-1)
		return nil, errNoSnapshot
	}
	s, err := h.begin(haste, func() { h.snapshots.Add(-1) })
	if err != nil {
		h.snapshots.Add(-1)
		return nil, err
	}
	return s, nil
}

// begin opens a snapshot, waiting no longer than the given time for a connection, and calls ended after it.
func (h *hub) begin(wait time.Duration, ended func()) (*snapshot, error) {
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
	if !late.Stop() { // it came to an end just now
		return nil, fmt.Errorf("take a snapshot: %w", context.DeadlineExceeded)
	}
	late.Reset(snapshotLife)
	s.release = sync.OnceFunc(func() {
		late.Stop()
		_ = tx.Rollback() // nothing was written; after its life it is rolled back already
		end()
		ended()
	})
	context.AfterFunc(life, s.release)
	return s, nil
}

// share gives the snapshot one more user; nil where it has ended.
func (s *snapshot) share() *snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users == 0 {
		return nil
	}
	s.users++
	return s
}

// done takes one user away. It is safe on nil.
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

// read finds a record as the snapshot shows it, with sql.ErrNoRows where there is none.
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
