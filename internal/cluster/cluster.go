// Package cluster lets several machines run one board. One node leads and writes; the others hold copies of its database, which follow
// the log of its transactions in a bucket, and one of them leads when the leader is gone. A single node with a bucket has a backup
// that misses no acknowledged write.
//
// docs/decisions/0055-log-in-a-bucket.md says why it is built this way. What relies on Litestream's internals is in
// internal/cluster/pages/handover.go and leader.go.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"jobboard/internal/database"
	"jobboard/internal/leadership"
)

const storeKey = "jobboard.cluster"

// Of returns the app's part in a cluster, or nil if it runs alone.
func Of(app core.App) *Node {
	node, _ := app.Store().Get(storeKey).(*Node)
	return node
}

// Part is what a process does in a cluster.
type Part int

// The parts. docs/decisions/0056-commands-on-a-node.md says why.
const (
	Nothing Part = iota // it opens no board
	Serves              // it is a node, and leads when no other does
	Writes              // it is a node, and fails unless it leads
	Reads               // it reads the copy in the data folder as it is
)

// Bind makes the app a node of the cluster of a bucket, if one is given. The database is opened only when the copy is there and holds
// the schema of this program; until then the board does not serve.
func Bind(app core.App, part Part, options Options) {
	if part == Nothing {
		return
	}
	if part == Reads || options.Bucket.Name == "" {
		guard(app, part, options.Gate)
		return
	}
	node := newNode(app, options)
	options.Gate.Close()
	app.Store().Set(storeKey, node)
	leadership.Set(app, node)
	node.bindComparisons(app)

	app.OnBootstrap().Bind(&hook.Handler[*core.BootstrapEvent]{
		Id:       "jobboardCluster",
		Priority: -9_000, // after the data folder is locked, before the database is opened
		Func: func(e *core.BootstrapEvent) error {
			ctx := context.Background()
			if err := node.start(ctx, e.App.DataDir()); err != nil {
				return err
			}
			select {
			case <-node.ready:
			case <-node.finished:
				return errors.New("the node has stopped before its copy of the database was ready")
			}
			if err := prepareLogs(e.App.DataDir()); err != nil {
				return err
			}
			if part == Writes {
				if err := node.mustLead(ctx); err != nil {
					return err
				}
			}
			if err := e.Next(); err != nil {
				return err
			}
			node.bootstrapped()
			if part == Writes { // its saves write to tables that a migration may have to create first
				return e.App.RunAllMigrations()
			}
			return nil
		},
	})
	app.OnTerminate().Bind(&hook.Handler[*core.TerminateEvent]{
		Id:       "jobboardCluster",
		Priority: 900, // after the last request is answered and background work has ended
		Func: func(e *core.TerminateEvent) error {
			err := node.stop()
			if part != Writes {
				err = nil // it is in the log, and whoever was answered was answered rightly
			}
			return errors.Join(err, e.Next(), node.locks.close())
		},
	})
	app.OnBackupCreate().BindFunc(func(e *core.BackupEvent) error {
		e.Exclude = append(e.Exclude, Folder)
		return e.Next()
	})
	app.OnBackupRestore().BindFunc(func(*core.BackupEvent) error {
		return errors.New("a backup can't be restored into a running cluster: restore an earlier state of the log instead")
	})
}

// mustLead waits until the node leads, or fails after the time that a takeover takes.
func (n *Node) mustLead(ctx context.Context) error {
	limited, done := context.WithTimeout(ctx, 3*n.options.TTL)
	defer done()
	if n.Promote(limited) == nil {
		return nil
	}
	if err := n.stop(); err != nil {
		n.logger.Warn("The node ended in doubt", "error", err) // as it was before: this command has written nothing
	}
	return fmt.Errorf("another node leads the cluster (%s): this command writes, so do it there, at /app/admin or through the API, or stop "+
		"all nodes first", n.LeaderURL())
}

// guard keeps a process that is not a node from writing to a node's data folder.
func guard(app core.App, part Part, gate *database.Gate) {
	app.OnBootstrap().Bind(&hook.Handler[*core.BootstrapEvent]{
		Id:       "jobboardCluster",
		Priority: -9_000,
		Func: func(e *core.BootstrapEvent) error {
			dir := e.App.DataDir()
			if !IsNode(dir) {
				return e.Next()
			}
			if part != Reads {
				return fmt.Errorf("%s belongs to a node of a cluster, whose bucket is not configured: set JOBBOARD_BUCKET_NAME and the settings "+
					"that go with it. To run a board without the cluster on this copy, delete %s", dir, filepath.Join(dir, Folder))
			}
			gate.Close()
			return e.Next()
		},
	})
}

// stop ends the node; if it leads, it steps down. An error means that what was written last may be lost: a command must not end as if it
// were stored.
func (n *Node) stop() error {
	n.cancel()
	select {
	case <-n.finished:
		if _, session := n.remembered(); session != "" && n.unfinished == nil {
			return errors.New("the node has lost the lead: what was written last may not be in the cluster's log")
		}
		return n.unfinished
	case <-time.After(2 * stepDownTimeout):
		n.logger.Error("The node did not end in time")
		return errors.New("the node did not end in time: what was written last may not be in the cluster's log")
	}
}
