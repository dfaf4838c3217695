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
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"jobboard/internal/leadership"
)

const storeKey = "jobboard.cluster"

// Of returns the app's part in a cluster, or nil if it runs alone.
func Of(app core.App) *Node {
	node, _ := app.Store().Get(storeKey).(*Node)
	return node
}

// Bind makes the app a node of the cluster of a bucket, if one is given. The database is opened only when the copy is there and holds
// the schema of this program; until then the board does not serve.
func Bind(app core.App, options Options) {
	if options.Bucket.Name == "" {
		return
	}
	node := newNode(app, options)
	options.Gate.Close()
	app.Store().Set(storeKey, node)
	leadership.Set(app, node)
	leaveCheckpoints(app)
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
				return fmt.Errorf("take part in the cluster: %w", node.err)
			}
			if err := e.Next(); err != nil {
				return err
			}
			node.bootstrapped()
			return nil
		},
	})
	app.OnTerminate().Bind(&hook.Handler[*core.TerminateEvent]{
		Id:       "jobboardCluster",
		Priority: 900, // after the last request is answered and background work has ended
		Func: func(e *core.TerminateEvent) error {
			node.stop()
			return errors.Join(e.Next(), node.locks.close())
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

// stop ends the node; if it leads, it steps down.
func (n *Node) stop() {
	n.cancel()
	select {
	case <-n.finished:
	case <-time.After(2 * stepDownTimeout):
		n.logger.Error("The node did not end in time")
	}
}

// leaveCheckpoints replaces PocketBase's nightly care for the database files: it empties the write-ahead log, which Litestream must
// see before, and writes.
func leaveCheckpoints(app core.App) {
	app.Cron().Remove("__pbDBOptimize__") // pocketbase@v0.39.11/core/base.go
	app.Cron().MustAdd("jobboard_optimize", "0 0 * * *", func() {
		queries := map[string]func() error{
			"wal_checkpoint of the log": func() error {
				_, err := app.AuxNonconcurrentDB().NewQuery("PRAGMA wal_checkpoint(TRUNCATE)").Execute()
				return err
			},
		}
		if leadership.Leading(app) {
			queries["optimize"] = func() error {
				_, err := app.NonconcurrentDB().NewQuery("PRAGMA optimize").Execute()
				return err
			}
		}
		for name, query := range queries {
			if err := query(); err != nil {
				app.Logger().Warn("The nightly care for a database failed", "query", name, "error", err)
			}
		}
	})
}
