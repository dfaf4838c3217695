package cluster

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"jobboard/internal/cluster/txlog"
	"jobboard/internal/database"
)

// snapshot is this node's copy as of one transaction, open for reading.
type snapshot struct {
	txid uint64
	tx   *sql.Tx
	db   *sql.DB
}

// close ends the reading.
func (s *snapshot) close() error {
	err := s.tx.Rollback()
	if errors.Is(err, sql.ErrTxDone) { // its context has ended
		err = nil
	}
	return errors.Join(err, s.db.Close())
}

// openSnapshot reads the database as it is now. It is the caller's to know which transaction that is.
func (n *Node) openSnapshot(ctx context.Context) (*snapshot, error) {
	connected, err := database.Connect(n.path)
	if err != nil {
		return nil, err
	}
	s := &snapshot{db: connected.DB()}
	s.db.SetMaxOpenConns(1)
	s.db.SetConnMaxLifetime(0)
	// Its closing must not touch the write-ahead log, which is the cluster's.
	_, err = s.db.ExecContext(ctx, "PRAGMA wal_autocheckpoint = 0; PRAGMA query_only = 1")
	if err == nil {
		s.tx, err = s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read the copy: %w", err), s.db.Close())
	}
	var tables int
	if err := s.tx.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil { // SQLite begins to read here
		return nil, errors.Join(fmt.Errorf("read the copy: %w", err), s.close())
	}
	return s, nil
}

// How long writers wait for a snapshot of the leader at most, and how often one is tried.
const (
	snapshotPatience = 300 * time.Millisecond
	snapshotTries    = 20
)

// leaderSnapshot returns the database of this leader as of the last transaction.
func (n *Node) leaderSnapshot(ctx context.Context) (s *snapshot, err error) {
	n.mu.Lock()
	l := n.leader
	n.mu.Unlock()
	if l == nil {
		return nil, txlog.ErrNotLeading
	}
	connected, err := database.Connect(n.path)
	if err != nil {
		return nil, err
	}
	writers := connected.DB()
	defer func() { err = errors.Join(err, writers.Close()) }()
	writers.SetMaxOpenConns(1)
	if _, err := writers.ExecContext(ctx, "PRAGMA wal_autocheckpoint = 0"); err != nil {
		return nil, fmt.Errorf("keep others from writing: %w", err)
	}
	for range snapshotTries {
		if s, err := n.tryLeaderSnapshot(ctx, l, writers); s != nil || err != nil {
			return s, err
		}
		if err := pause(ctx, snapshotPatience); err != nil {
			return nil, err
		}
	}
	return nil, errors.New("the leader is too busy for a snapshot")
}

// tryLeaderSnapshot reads the database while nobody writes, which ends when the number of the last transaction is known. It returns
// nothing if that takes long: Litestream may be waiting to write itself.
func (n *Node) tryLeaderSnapshot(ctx context.Context, l *leader, writers *sql.DB) (s *snapshot, err error) {
	lock, err := writers.BeginTx(ctx, nil) // takes the lock at once
	if err != nil {
		return nil, fmt.Errorf("keep others from writing: %w", err)
	}
	defer func() { err = errors.Join(err, lock.Rollback()) }()
	if s, err = n.openSnapshot(ctx); err != nil {
		return nil, err
	}
	type outcome struct {
		txid uint64
		err  error
	}
	staged := make(chan outcome, 1)
	go func() {
		txid, err := l.staged(l.ctx)
		staged <- outcome{txid, err}
	}()
	select {
	case o := <-staged:
		if o.err == nil {
			s.txid = o.txid
			return s, nil
		}
		return nil, errors.Join(o.err, s.close())
	case <-time.After(snapshotPatience):
		return nil, s.close()
	}
}

// hold keeps a follower's copy from going on after a transaction, 0 for where it is; it returns the present one. release ends that.
func (n *Node) hold(after uint64) (at uint64) {
	n.applying.Lock()
	defer n.applying.Unlock()
	n.mu.Lock()
	defer n.mu.Unlock()
	if after == 0 {
		after = n.position
	}
	n.held = after
	return n.position
}

func (n *Node) release() {
	n.mu.Lock()
	n.held = 0
	n.mu.Unlock()
	n.Nudge()
}

// mayApply reports whether the copy may go on to a transaction.
func (n *Node) mayApply(txid uint64) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.held == 0 || txid <= n.held
}

// mostHeld bounds how long a copy is held back for a comparison.
const mostHeld = 10 * time.Second

// followerSnapshot returns this follower's copy as of the transaction that choose names, which is asked while the copy is held at one
// before.
func (n *Node) followerSnapshot(ctx context.Context, choose func(context.Context) (txid uint64, err error)) (*snapshot, error) {
	limited, done := context.WithTimeout(ctx, mostHeld)
	defer done()
	n.hold(0)
	defer n.release()
	txid, err := choose(limited)
	if err != nil {
		return nil, err
	}
	if at := n.hold(txid); at > txid {
		return nil, fmt.Errorf("the copy is at transaction %d already, not at %d", at, txid)
	}
	if err := n.WaitFor(limited, txid); err != nil {
		return nil, err
	}
	n.applying.Lock()
	defer n.applying.Unlock()
	n.mu.Lock()
	at, role := n.position, n.role
	n.mu.Unlock()
	if at != txid || role != Following {
		return nil, fmt.Errorf("the copy is at transaction %d, not at %d, and %s", at, txid, role)
	}
	s, err := n.openSnapshot(ctx)
	if err != nil {
		return nil, err
	}
	s.txid = txid
	return s, nil
}
