package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/bucket"
	"jobboard/internal/database"
)

// TrialPrefix is where the bucket's conditions are tried ([bucket.Bucket.Try]).
const TrialPrefix = ".board/trial/"

// identityKey names the cluster. It is created once, by the first node.
const identityKey = ".board/cluster.json"

type identity struct {
	ID string `json:"id"`
}

// How often a node asks its bucket before it gives up starting.
const (
	startTries = 5
	startPause = 500 * time.Millisecond
)

// start prepares the node: bucket, state, identity. An error means that the board must not start.
func (n *Node) start(ctx context.Context, dir string) error {
	n.dir, n.path = dir, dir+string(os.PathSeparator)+"data.db"
	if err := n.bucket.Try(ctx, TrialPrefix); err != nil {
		return err
	}
	remembered, known, err := readState(dir)
	if err != nil {
		return err
	}
	n.mu.Lock()
	n.state = remembered
	n.mu.Unlock()
	n.lease.node = remembered.Node
	var empty bool
	var found string
	for try := 1; ; try++ { // a bucket that loses some requests keeps no node from starting
		if empty, err = n.log.Empty(ctx); err == nil {
			found, err = n.identity(ctx)
		}
		if err == nil {
			break
		}
		if try == startTries || pause(ctx, startPause) != nil {
			return err
		}
	}
	board, err := holdsBoard(n.path)
	if err != nil {
		return err
	}
	refuse := func(text string, args ...any) error {
		return fmt.Errorf("%s can't take part in the cluster of the bucket %s: "+text, append([]any{dir, n.options.Bucket.Name}, args...)...)
	}
	switch {
	case known && remembered.Cluster != found && empty:
		return refuse("it belongs to another cluster, and the bucket holds none. To begin a new cluster with this copy, delete %s",
			remembered.path)
	case known && remembered.Cluster != found:
		return refuse("it belongs to another cluster. Choose another --dir for a new copy")
	case !known && board && !empty:
		return refuse("it holds a board of its own, which would be replaced. Choose an empty --dir for a new copy")
	}
	n.state.Cluster = found
	runs, cancel := context.WithCancel(context.WithoutCancel(ctx))
	n.cancel = cancel
	go n.run(runs)
	return nil
}

// identity returns the cluster's name, which the first node gives it.
func (n *Node) identity(ctx context.Context) (string, error) {
	data, _, err := n.bucket.Get(ctx, identityKey)
	if errors.Is(err, bucket.ErrNotFound) {
		mine, failed := json.Marshal(identity{newSession()})
		if failed == nil {
			_, failed = n.bucket.Create(ctx, identityKey, mine, nil)
		}
		if failed != nil && !errors.Is(failed, bucket.ErrExists) {
			return "", fmt.Errorf("name the cluster: %w", failed)
		}
		data, _, err = n.bucket.Get(ctx, identityKey)
	}
	if err != nil {
		return "", fmt.Errorf("ask for the cluster's name: %w", err)
	}
	var found identity
	if err := json.Unmarshal(data, &found); err != nil {
		return "", fmt.Errorf("read %s: %w", identityKey, err)
	}
	return found.ID, nil
}

// holdsBoard reports whether a database has tables.
func holdsBoard(path string) (bool, error) {
	if info, err := os.Stat(path); errors.Is(err, os.ErrNotExist) || err == nil && info.Size() == 0 {
		return false, nil
	} else if err != nil {
		return false, fmt.Errorf("look for the database: %w", err)
	}
	return true, nil
}

// run follows and leads, in turns, until ctx ends.
func (n *Node) run(ctx context.Context) {
	defer close(n.finished)
	watched := make(chan struct{})
	watching, done := context.WithCancel(context.WithoutCancel(ctx)) // a leader that steps down keeps its lease until it has done so
	go func() {
		defer close(watched)
		n.watch(watching)
	}()
	defer func() {
		done()
		<-watched
	}()
	for ctx.Err() == nil {
		err := n.follow(ctx)
		if err == nil {
			n.lead(ctx)
			continue
		}
		if ctx.Err() != nil {
			break
		}
		n.fail("The node does not keep up with the cluster", err)
		_ = pause(ctx, time.Second)
	}
	n.turn(Stopped)
	if err := n.closeApplier(); err != nil {
		n.logger.Warn("The copy of the database was not closed", "error", err)
	}
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}

// watch looks at the lease while others hold it, renews it while this node does, and announces the node.
func (n *Node) watch(ctx context.Context) {
	tick := time.NewTicker(n.options.TTL / 4)
	defer tick.Stop()
	var announced time.Time
	for {
		n.watchOnce(ctx)
		if time.Since(announced) > announceEvery {
			announced = time.Now()
			limited, done := context.WithTimeout(ctx, n.options.TTL/4)
			if err := n.announce(limited); err != nil && ctx.Err() == nil {
				n.logger.Debug("The node was not announced", "error", err)
			}
			done()
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (n *Node) watchOnce(ctx context.Context) {
	limited, done := context.WithTimeout(ctx, n.options.TTL/3)
	defer done()
	if !n.lease.mine() {
		if err := n.lease.look(limited); err != nil && ctx.Err() == nil {
			n.logger.Debug("The lease was not read", "error", err)
		}
		return
	}
	err := n.lease.renew(limited, n.log.Confirmed())
	switch {
	case errors.Is(err, errTaken):
		n.lose(err)
	case err == nil:
	case !n.lease.holds():
		n.lose(errors.Join(errors.New("the lease was not renewed in time"), err))
	}
}

// lose has this node cease to lead. It returns at once.
func (n *Node) lose(cause error) {
	select {
	case n.lost <- cause:
	default:
	}
}

// missing returns the migrations of this program that the copy has not seen. Only a leader may make them.
func missing(path string) (names []string, err error) {
	db, err := database.Connect(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := db.NewQuery("PRAGMA query_only = 1").Execute(); err != nil {
		return nil, fmt.Errorf("look at the migrations: %w", err)
	}
	var tables int
	if err := db.Select("count(*)").From("sqlite_schema").Where(dbx.HashExp{"name": core.DefaultMigrationsTable}).Row(&tables); err != nil {
		return nil, fmt.Errorf("look at the migrations: %w", err)
	}
	var have []string
	if tables > 0 {
		if err := db.Select("file").From(core.DefaultMigrationsTable).Column(&have); err != nil {
			return nil, fmt.Errorf("look at the migrations: %w", err)
		}
	}
	done := map[string]bool{}
	for _, name := range have {
		done[name] = true
	}
	for _, list := range []*core.MigrationsList{&core.SystemMigrations, &core.AppMigrations} {
		for _, migration := range list.Items() {
			if !done[migration.File] {
				names = append(names, migration.File)
			}
		}
	}
	return names, nil
}

// shorten returns the first names of a list, for messages.
func shorten(names []string) string {
	const most = 3
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}
