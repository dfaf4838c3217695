package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/benbjohnson/litestream"
	"github.com/superfly/ltx"

	"jobboard/internal/cluster/txlog"
)

// How often the leader's Litestream does what. The levels and the retention of level 0 belong together: a follower that was away for
// less than that reads transaction by transaction.
const (
	syncInterval     = 50 * time.Millisecond
	shortArchive     = 10 * time.Second // level 1
	longArchive      = time.Minute      // level 2
	keepTransactions = time.Hour        // level 0; it fences only while the files are there
	checkRetention   = time.Minute
	snapshotInterval = 24 * time.Hour
	checkpointWait   = 250 * time.Millisecond // for writers; requests that wait for the log wait as long, and a later checkpoint will do
)

// leader is Litestream at work on the leader's database: it copies what is committed into the log.
type leader struct {
	db    *litestream.DB
	store *litestream.Store
	log   *txlog.Log

	ctx    context.Context
	cancel context.CancelCauseFunc

	mu      sync.Mutex
	waiting []chan error
	running bool

	staging staging
}

// begin describes where the leader's Litestream begins.
type begin struct {
	path, meta string
	number     uint64 // the last transaction in the log
	last       []byte // its file as Litestream would have written it here; nil to go on with what is in meta
	retention  time.Duration
	logger     *slog.Logger
}

// startLeader starts Litestream and waits until all that is in the database is in the log.
func startLeader(ctx context.Context, log *txlog.Log, b begin) (*leader, error) {
	if b.last != nil || b.number == 0 {
		if err := os.RemoveAll(b.meta); err != nil {
			return nil, fmt.Errorf("forget the last leadership: %w", err)
		}
	}
	if b.last != nil {
		path := litestream.LTXFilePath(b.meta, 0, ltx.TXID(b.number), ltx.TXID(b.number))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return nil, fmt.Errorf("prepare Litestream: %w", err)
		}
		if err := writeFile(path, b.last); err != nil {
			return nil, fmt.Errorf("prepare Litestream: %w", err)
		}
	}
	db := litestream.NewDB(b.path)
	db.SetMetaPath(b.meta)
	db.MonitorInterval = syncInterval
	db.BusyTimeout = checkpointWait
	replica := litestream.NewReplicaWithClient(db, log)
	replica.SyncInterval = syncInterval
	db.Replica = replica
	store := litestream.NewStore([]*litestream.DB{db}, litestream.CompactionLevels{
		{Level: 0}, {Level: 1, Interval: shortArchive}, {Level: 2, Interval: longArchive},
	})
	store.Logger = b.logger
	db.SetLogger(b.logger)
	store.SnapshotInterval, store.SnapshotRetention = snapshotInterval, b.retention
	store.L0RetentionCheckInterval = checkRetention
	store.SetL0Retention(keepTransactions)
	store.SetShutdownSyncTimeout(0) // what is to be in the log is there before it is closed
	l := &leader{db: db, store: store, log: log}
	l.ctx, l.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
	if err := store.Open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("start Litestream: %w", err), l.close())
	}
	if err := db.SyncAndWait(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("write the first transaction of this leadership: %w", err), l.close())
	}
	return l, nil
}

// await returns once everything that is committed by now is in the log. One goroutine writes for all callers.
func (l *leader) await(ctx context.Context) error {
	done := make(chan error, 1)
	l.mu.Lock()
	l.waiting = append(l.waiting, done)
	if !l.running {
		l.running = true
		go l.flush()
	}
	l.mu.Unlock()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("wait for the cluster's log: %w", context.Cause(ctx))
	}
}

func (l *leader) flush() {
	for {
		l.mu.Lock()
		group := l.waiting
		l.waiting = nil
		if len(group) == 0 {
			l.running = false
			l.mu.Unlock()
			return
		}
		l.mu.Unlock()
		err := l.write()
		for _, done := range group {
			done <- err
		}
	}
}

const retryWrite = 100 * time.Millisecond

// write brings everything that is committed into the log. While the bucket can't be reached it retries, until this leadership ends.
func (l *leader) write() error {
	for {
		err := l.db.SyncAndWait(l.ctx)
		if err == nil {
			return nil
		}
		if errors.Is(err, txlog.ErrNotLeading) || errors.Is(err, txlog.ErrFenced) {
			return err
		}
		select {
		case <-l.ctx.Done():
			return errors.Join(context.Cause(l.ctx), err)
		case <-time.After(retryWrite):
		}
	}
}

// staged returns the number up to which all that is committed by now will be in the log.
func (l *leader) staged(ctx context.Context) (uint64, error) {
	if err := l.db.Sync(ctx); err != nil {
		return 0, fmt.Errorf("read the write-ahead log: %w", err)
	}
	return l.last()
}

func (l *leader) last() (uint64, error) {
	position, err := l.db.Pos()
	if err != nil {
		return 0, fmt.Errorf("ask Litestream for its position: %w", err)
	}
	return uint64(position.TXID), nil
}

// end fails all calls of await.
func (l *leader) end(cause error) { l.cancel(cause) }

// close ends Litestream. The locks of the database must be taken again afterwards: see keepLocks.
func (l *leader) close() error {
	l.cancel(txlog.ErrNotLeading)
	ctx, done := context.WithTimeout(context.Background(), 10*time.Second)
	defer done()
	if err := l.store.Close(ctx); err != nil && !errors.Is(err, txlog.ErrNotLeading) {
		return fmt.Errorf("end Litestream: %w", err)
	}
	return nil
}
