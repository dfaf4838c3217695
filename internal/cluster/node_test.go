package cluster

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/bucket"
	"jobboard/internal/bucket/buckettest"
	"jobboard/internal/cluster/txlog"
	"jobboard/internal/database"
)

const patience = 20 * time.Second

// member is a node with a database of its own, without a board on top.
type member struct {
	*Node
	t    *testing.T
	gate *database.Gate
	db   *dbx.DB

	mayFail bool // to step down when it ends
}

func start(t *testing.T, settings bucket.Settings, dir string) *member {
	t.Helper()
	m := prepare(t, settings, dir)
	m.launch()
	select {
	case <-m.ready:
	case <-m.finished:
		t.Fatalf("the node has ended: %+v", m.Status())
	case <-time.After(patience):
		t.Fatalf("the node is not ready: %+v", m.Status())
	}
	m.connect()
	return m
}

func prepare(t *testing.T, settings bucket.Settings, dir string) *member {
	t.Helper()
	gate := new(database.Gate)
	gate.Close()
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir})
	options := Options{Bucket: settings, NodeURL: "http://" + filepath.Base(dir), Gate: gate, TTL: time.Second}
	m := &member{Node: newNode(app, options), t: t, gate: gate}
	m.lacking = func(string) ([]string, error) { return nil, nil }
	m.dir = dir
	return m
}

func (m *member) launch() {
	m.t.Helper()
	if err := m.Node.start(m.t.Context(), m.dir); err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(m.end)
}

func (m *member) connect() {
	db, err := m.gate.Connect(m.path)
	if err != nil {
		m.t.Fatal(err)
	}
	m.db = db
}

func (m *member) end() {
	if err := m.stop(); err != nil && !m.mayFail {
		m.t.Error(err)
	}
	if m.db != nil {
		if err := m.db.Close(); err != nil {
			m.t.Error(err)
		}
		m.db = nil
	}
	if err := m.locks.close(); err != nil {
		m.t.Error(err)
	}
	m.locks = nil
}

func (m *member) exec(query string, args ...any) {
	m.t.Helper()
	if _, err := m.db.DB().Exec(query, args...); err != nil {
		m.t.Fatalf("%s: %v", query, err)
	}
}

func (m *member) ask(query string) string {
	m.t.Helper()
	var value sql.NullString
	if err := m.db.DB().QueryRow(query).Scan(&value); err != nil {
		m.t.Fatalf("%s: %v", query, err)
	}
	return value.String
}

// acknowledge waits until all that the leader has written is in the log.
func (m *member) acknowledge() uint64 {
	m.t.Helper()
	ctx, done := context.WithTimeout(m.t.Context(), patience)
	defer done()
	if err := m.Await(ctx); err != nil {
		m.t.Fatal(err)
	}
	return m.TXID()
}

func (m *member) waitFor(txid uint64) {
	m.t.Helper()
	ctx, done := context.WithTimeout(m.t.Context(), patience)
	defer done()
	if err := m.WaitFor(ctx, txid); err != nil {
		m.t.Fatalf("%v: %+v", err, m.Status())
	}
}

func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

// content returns what a database holds, in a form that can be compared.
func (m *member) content() string {
	m.t.Helper()
	found, err := m.db.DB().Query("SELECT quote(id) || ' ' || quote(n) || ' ' || quote(b) FROM t ORDER BY id")
	if err != nil {
		m.t.Fatal(err)
	}
	defer found.Close()
	var all strings.Builder
	for found.Next() {
		var row string
		if err := found.Scan(&row); err != nil {
			m.t.Fatal(err)
		}
		fmt.Fprintln(&all, row)
	}
	if err := found.Err(); err != nil {
		m.t.Fatal(err)
	}
	return all.String() + m.ask("SELECT quote(count(*)) || ' ' || quote(sum(n)) FROM log") + " " + m.ask("PRAGMA quick_check")
}

const schema = `CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, n INTEGER, b BLOB);
	CREATE TABLE log (n INTEGER);
	CREATE INDEX t_n ON t (n, b);
	CREATE TRIGGER t_insert AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.n); END`

func TestAFollowerTakesOverInOrder(t *testing.T) {
	settings := buckettest.Start(t)
	a := start(t, settings, t.TempDir())
	if !a.Leading() {
		t.Fatal("the only node does not lead")
	}
	a.exec(schema)
	a.exec("INSERT INTO t (n, b) VALUES (9007199254740993, x'00FF10')")
	b := start(t, settings, t.TempDir())
	b.waitFor(a.acknowledge())
	if got, want := b.content(), a.content(); got != want || b.Leading() {
		t.Errorf("the follower holds\n%s\nwant\n%s", got, want)
	}
	if _, err := b.db.DB().Exec("DELETE FROM t"); err == nil {
		t.Error("a follower may write")
	}
	if b.LeaderURL() != a.options.NodeURL || b.Status().Role != Following || b.Status().Lag() > time.Second {
		t.Errorf("the follower says %+v", b.Status())
	}

	before := a.TXID()
	if err := a.StepDownFor(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	until(t, "the follower leads", b.Leading)
	if a.Leading() || b.LeaderURL() != b.options.NodeURL {
		t.Errorf("after the step-down: %+v and %+v", a.Status(), b.Status())
	}
	b.exec("INSERT INTO t (n) VALUES (2)")
	a.waitFor(b.acknowledge())
	if got, want := a.content(), b.content(); got != want {
		t.Errorf("the new follower holds\n%s\nwant\n%s", got, want)
	}
	if err := b.StepDownFor(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	until(t, "the first one leads again", a.Leading)
	a.exec("INSERT INTO t (n) VALUES (3)")
	b.waitFor(a.acknowledge())
	if got, want := b.content(), a.content(); got != want {
		t.Errorf("the follower holds\n%s\nwant\n%s", got, want)
	}
	// No whole database was written after the first: neither node was unsure where it stood.
	largest := int64(0)
	for file, err := range b.bucket.List(t.Context(), txlog.Prefix+"0000/", txlog.Key(0, before, before)) {
		if err != nil {
			t.Fatal(err)
		}
		largest = max(largest, file.Size)
	}
	whole, err := b.bucket.Head(t.Context(), txlog.Key(0, 1, 1))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the largest file since the first step-down has %d bytes, the first file of all %d", largest, whole.Size)
}
