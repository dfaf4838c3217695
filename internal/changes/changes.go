// Package changes lets every node of a cluster know what was saved. The leader writes a row of record_changes for each record that is
// created, updated or deleted, in the record's own transaction. The rows arrive at the followers with it, and come in the order of the
// commits. With them each node sends events to its own realtime clients, ends the connections of sessions and accounts that have ended, and
// drops from memory what has changed. A board that runs alone writes no rows: there the hooks of the save do all this.
package changes

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/leadership"
)

// The actions, as PocketBase names them in its realtime messages.
const (
	Create = "create"
	Update = "update"
	Delete = "delete"
)

const (
	table    = "record_changes"
	storeKey = "jobboard.changes"
)

// Change is one record that was saved or deleted.
type Change struct {
	Seq        int64  `db:"seq"`
	Collection string `db:"collection"` // its id
	Record     string `db:"record"`
	Action     string `db:"action"`
	User       string `db:"user"` // the recipient of a notification, "" of other records
	// First is the number of the first change in the same transaction; it is known of deletions only.
	First int64 `db:"first"`
	// Data is the row of a deleted record as a JSON object, without the password's hash and the token key.
	Data string `db:"data"`
}

// state is what one app knows about changes.
type state struct {
	app          core.App
	transactions sync.Map    // that write rows: *core.TxAppInfo -> *transaction
	led          atomic.Bool // this process has led since it last received a transaction

	mu        sync.Mutex
	onWritten []func()
	onChange  map[string][]func(core.App, Change)
	onRefresh []func(core.App) error
	onSecret  []func(*core.Collection)
	follower  follower
}

func of(app core.App) *state {
	s, _ := app.Store().GetOrSet(storeKey, func() any { return &state{onChange: map[string][]func(core.App, Change){}} }).(*state)
	return s
}

// Bind writes changes while the app leads a cluster, and keeps its memory up to date while it follows. Call it before the app
// serves.
func Bind(app core.App) {
	s := of(app)
	s.app = app
	s.bindWriting()
	s.bindFollowing()
	s.bindTrimming()
}

// OnWritten calls do after each commit of changes by this process. It should return at once.
func OnWritten(app core.App, do func()) {
	s := of(app)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onWritten = append(s.onWritten, do)
}

// Last returns the number of the last change, or 0 if there is none.
func Last(app core.App) (last int64, err error) {
	err = app.ConcurrentDB().NewQuery("SELECT coalesce(max(seq), 0) FROM {{record_changes}}").Row(&last)
	if err != nil {
		return 0, fmt.Errorf("find the last change: %w", err)
	}
	return last, nil
}

// Confirmed returns true once no failover can undo what was committed before the call, which the leader waits for. It returns false where
// that can't be known: on a node that has ceased to lead, until it has received a transaction of the new leader.
func Confirmed(ctx context.Context, app core.App) (bool, error) {
	if !leadership.Clustered(app) {
		return true, nil
	}
	if !leadership.Leading(app) {
		return !of(app).led.Load(), nil
	}
	of(app).led.Store(true)
	if err := leadership.Await(ctx, app); err != nil {
		if !leadership.Leading(app) {
			return false, nil
		}
		return false, fmt.Errorf("wait until the log has what was committed: %w", err)
	}
	return true, nil
}

// ErrGap means that some changes are no longer kept, or that the database is another one.
var ErrGap = errors.New("some changes are no longer kept")

// Between returns at most atMost changes with numbers above after, up to upTo, in order. It returns ErrGap if the first is no longer kept.
func Between(app core.App, after, upTo int64, atMost int) ([]Change, error) {
	if upTo < after {
		return nil, ErrGap
	}
	var list []Change
	err := app.ConcurrentDB().Select("seq", "collection", "record", "action", "user", "first", "data").From(table).
		Where(dbx.NewExp("[[seq]] > {:after} AND [[seq]] <= {:upTo}", dbx.Params{"after": after, "upTo": upTo})).
		OrderBy("seq").Limit(int64(atMost)).All(&list)
	if err != nil {
		return nil, fmt.Errorf("read the changes after %d: %w", after, err)
	}
	if upTo > after && (len(list) == 0 || list[0].Seq != after+1) {
		return nil, ErrGap
	}
	return list, nil
}

// DeletionOf returns the deletion that followed a change of a record, or nil if it is not among the next 10,000 changes.
func DeletionOf(db dbx.Builder, change Change) (*Change, error) {
	const near = 10_000
	var found Change
	err := db.Select("seq", "collection", "record", "action", "user", "first", "data").From(table).
		Where(dbx.NewExp("[[seq]] > {:after} AND [[seq]] <= {:upTo}", dbx.Params{"after": change.Seq, "upTo": change.Seq + near})).
		AndWhere(dbx.HashExp{"collection": change.Collection, "record": change.Record, "action": Delete}).Limit(1).One(&found)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for the deletion of a record: %w", err)
	}
	return &found, nil
}

// DeletedWith returns at most atMost deletions of the transaction that a deletion was part of.
func DeletedWith(db dbx.Builder, deletion Change, atMost int) ([]Change, error) {
	const near = 2_000
	var list []Change
	err := db.Select("seq", "collection", "record", "action", "user", "first", "data").From(table).
		Where(dbx.NewExp("[[seq]] >= {:first} AND [[seq]] <= {:upTo}", dbx.Params{"first": deletion.First, "upTo": deletion.First + near})).
		AndWhere(dbx.HashExp{"first": deletion.First, "action": Delete}).OrderBy("seq").Limit(int64(atMost)).All(&list)
	if err != nil {
		return nil, fmt.Errorf("read what was deleted together: %w", err)
	}
	return list, nil
}
