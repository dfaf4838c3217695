package transfer

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/database"
)

const (
	// turn is how long one transaction may keep the write lock before it ends with the current row.
	turn = 15 * time.Millisecond
	// expectOthers is for how long other processes are expected to write again after they have written.
	expectOthers = 5 * time.Second
	// longTurn is turn while nobody else writes. The first one to write then waits for so long.
	longTurn = 60 * time.Millisecond
	// gap is the pause between turns while nobody else writes: enough for a first one to get in.
	gap = 2 * time.Millisecond
	// patience is how long the import tries to get the write lock before it gives up.
	patience = 2 * time.Minute
)

// turns shares the write lock with the board's other processes. Those that wait for it only check now and then whether it is free, so
// an import that took it again at once would keep them out.
type turns struct {
	app     core.App
	version int64 // of the database, as last seen by this process
	waited  int64 // how often somebody in this process had to wait for the connection that writes
	others  time.Time
	beside  bool // others are always expected to write
}

// take runs a transaction and then leaves the lock free for a while: for three times as long as it held it, if others write too, since
// the board also has to index what was written. It tries again while the lock is taken.
func (t *turns) take(ctx context.Context, transaction func() error) error {
	deadline := time.Now().Add(patience)
	for {
		began := time.Now()
		err := transaction()
		if !database.IsBusy(err) {
			pause := gap
			if t.othersWrite() {
				pause = max(gap, min(3*time.Since(began), 4*turn))
			}
			wait(ctx, pause)
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("another process keeps the database locked: %w", err)
		}
		if wait(ctx, expectOthers/50); ctx.Err() != nil {
			return err
		}
	}
}

// length returns how long a transaction may keep the lock.
func (t *turns) length() time.Duration {
	if t.expectsOthers() {
		return turn
	}
	return longTurn
}

// atOnce returns how many rows one statement inserts at most. SQLite keeps a journal of each statement, so that many small ones cost more
// than a large one; but a turn can't end within one.
func (t *turns) atOnce() int {
	if t.expectsOthers() {
		return 16
	}
	return 64
}

// othersWrite reports whether another process has recently written to the database.
func (t *turns) othersWrite() bool {
	if db, ok := t.app.NonconcurrentDB().(*dbx.DB); ok {
		if waited := db.DB().Stats().WaitCount; waited != t.waited {
			t.waited, t.others = waited, time.Now()
		}
	}
	var version int64
	// It changes when another connection commits, and only then.
	if err := t.app.NonconcurrentDB().NewQuery("PRAGMA data_version").Row(&version); err != nil || version != t.version {
		if t.version != 0 {
			t.others = time.Now()
		}
		t.version = version
	}
	return t.expectsOthers()
}

func (t *turns) expectsOthers() bool { return t.beside || time.Since(t.others) < expectOthers }

func wait(ctx context.Context, pause time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(pause):
	}
}
