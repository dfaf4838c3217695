package transfer

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/database"
)

const (
	// turn is how long one transaction may keep the write lock before it ends with the row at hand.
	turn = 15 * time.Millisecond
	// expectOthers is for how long others who have written are expected to write again.
	expectOthers = 5 * time.Second
	// gap is the pause between turns while nobody else writes: enough for a first one to get in.
	gap = 2 * time.Millisecond
	// patience is how long the import tries for the write lock before it ends.
	patience = 2 * time.Minute
)

// turns shares the write lock with the other processes of the board. Those who wait for it only look now and then whether
// it is free, so an import that took it again at once would keep them out.
type turns struct {
	app     core.App
	version int64 // of the database, as far as this process knows
	others  time.Time
}

// take runs a transaction and then leaves the lock alone for a while: as long as it held it where others write too. It
// tries again while the lock can't be had.
func (t *turns) take(ctx context.Context, transaction func() error) error {
	deadline := time.Now().Add(patience)
	for {
		began := time.Now()
		err := transaction()
		if !database.IsBusy(err) {
			pause := gap
			if t.othersWrite() {
				pause = max(gap, min(time.Since(began), 2*turn))
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

// othersWrite reports whether another process has written to the database lately.
func (t *turns) othersWrite() bool {
	var version int64
	// It changes when another connection commits, and only then.
	if err := t.app.NonconcurrentDB().NewQuery("PRAGMA data_version").Row(&version); err != nil || version != t.version {
		if t.version != 0 {
			t.others = time.Now()
		}
		t.version = version
	}
	return time.Since(t.others) < expectOthers
}

func wait(ctx context.Context, pause time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(pause):
	}
}
