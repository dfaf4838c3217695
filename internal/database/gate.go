package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"

	"github.com/pocketbase/dbx"
	"modernc.org/sqlite"
)

// Gate says whether the connections of a board may write. In a cluster only the leader's may: what a follower wrote would be lost, and
// would make its copy differ. A gate that was never closed does nothing.
//
// Each change of the role ends the connections that were opened before, as they come back to the pool; prepared statements end with
// their connection. What was begun as leader can't be committed afterwards, be it a transaction or a single statement that waited for
// the lock meanwhile.
type Gate struct {
	role atomic.Uint64 // 0: no cluster; then even while closed, odd while open
}

// ErrClosed is the error of a transaction that the process may not commit, since it no longer leads.
var ErrClosed = errors.New("this node does not lead the cluster any more: nothing was changed")

// Connect opens one of the files, as [Connect] does. The database of the records is behind the gate; the log file is not, since each
// node has its own.
func (g *Gate) Connect(path string) (*dbx.DB, error) {
	if filepath.Base(path) != guarded {
		return connectBehind(path, nil)
	}
	return connectBehind(path, g)
}

const guarded = "data.db"

// Open lets connections that are opened from now on write.
func (g *Gate) Open() { g.turn(1) }

// Close makes all connections read only.
func (g *Gate) Close() { g.turn(0) }

// IsOpen reports whether connections may write. Those of a board that runs alone may.
func (g *Gate) IsOpen() bool { return mayWrite(g.role.Load()) }

func (g *Gate) turn(parity uint64) {
	for {
		now := g.role.Load()
		next := now + 1
		if next < 2 {
			next = 2
		}
		if next%2 != parity {
			if now != 0 {
				return // nothing changes
			}
			next++
		}
		if g.role.CompareAndSwap(now, next) {
			return
		}
	}
}

func mayWrite(role uint64) bool { return role == 0 || role%2 == 1 }

// enter makes a new connection read only if the gate is closed, and else one that leaves checkpoints to the cluster: it must see the
// write-ahead log before it is emptied.
func (c *conn) enter(ctx context.Context, gate *Gate) error {
	if gate == nil {
		return nil
	}
	c.gate, c.role = gate, gate.role.Load()
	if c.role == 0 {
		return nil
	}
	query := "PRAGMA wal_autocheckpoint = 0"
	if !mayWrite(c.role) {
		query = "PRAGMA query_only = 1"
	}
	if _, err := c.sqliteConn.ExecContext(ctx, query, nil); err != nil {
		return fmt.Errorf("%s: %w", query, err)
	}
	if mayWrite(c.role) {
		var ok bool
		if c.hooks, ok = c.sqliteConn.(sqlite.HookRegisterer); !ok {
			return fmt.Errorf("%T can't be asked before it commits", c.sqliteConn)
		}
		c.hooks.RegisterCommitHook(func() int32 { // the lock is held: who closes the gate and then waits for it sees what was committed
			if c.turned() {
				return 1 // SQLite rolls back
			}
			return 0
		})
	}
	return nil
}

// leave ends what enter has begun. The driver keeps a hook, and all that it holds, beyond the end of its connection.
func (c *conn) leave() {
	if c.hooks != nil {
		c.hooks.RegisterCommitHook(nil)
		c.hooks = nil
	}
}

// turned reports whether the role of the process has changed since the connection was opened.
func (c *conn) turned() bool { return c.gate != nil && c.gate.role.Load() != c.role }

// IsValid reports whether the connection may be used again.
func (c *conn) IsValid() bool { return !c.turned() && c.sqliteConn.IsValid() }

// ResetSession is called before an idle connection is used again.
func (c *conn) ResetSession(ctx context.Context) error {
	if c.turned() {
		return driver.ErrBadConn
	}
	return c.sqliteConn.ResetSession(ctx)
}

// BeginTx begins a transaction. Behind a closed gate it takes no lock, as one that only reads: that it can't write is said by its first
// statement that tries.
func (c *conn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	if c.gate != nil && !mayWrite(c.role) {
		options.ReadOnly = true
	}
	begun, err := c.sqliteConn.BeginTx(ctx, options)
	if err != nil || c.gate == nil || options.ReadOnly {
		return begun, err
	}
	if c.turned() { // while it waited for the lock
		return nil, errors.Join(driver.ErrBadConn, begun.Rollback())
	}
	return gatedTx{begun, c}, nil
}

// gatedTx is a transaction that is rolled back instead of committed once the process does not lead any more.
type gatedTx struct {
	driver.Tx
	conn *conn
}

// Commit commits the transaction, or rolls it back.
func (t gatedTx) Commit() error {
	if mayWrite(t.conn.role) && t.conn.turned() {
		return errors.Join(ErrClosed, t.Rollback())
	}
	return t.Tx.Commit()
}
