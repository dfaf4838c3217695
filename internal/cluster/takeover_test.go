package cluster

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/superfly/ltx"

	"jobboard/internal/bucket"
	"jobboard/internal/bucket/buckettest"
	"jobboard/internal/cluster/txlog"
	"jobboard/internal/database"
)

// wires are ways to one bucket, each of which can be cut.
type wires struct {
	t       *testing.T
	handler http.Handler
}

type wire struct {
	bucket.Settings
	down atomic.Bool
}

func (w *wires) add() *wire {
	w.t.Helper()
	made := new(wire)
	server := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, r *http.Request) {
		if made.down.Load() {
			panic(http.ErrAbortHandler)
		}
		w.handler.ServeHTTP(answer, r)
	}))
	w.t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	made.Settings = buckettest.Settings(server.URL)
	return made
}

func newWires(t *testing.T) *wires { return &wires{t, buckettest.Handler(t)} }

// A leader that can't reach the bucket is deposed; what it wrote without an acknowledgement is gone when it comes back.
func TestADeposedLeaderIsFencedAndFollows(t *testing.T) {
	all := newWires(t)
	first, second := all.add(), all.add()
	a := start(t, first.Settings, t.TempDir())
	a.exec(schema)
	a.exec("INSERT INTO t (n) VALUES (1)")
	b := start(t, second.Settings, t.TempDir())
	b.waitFor(a.acknowledge())

	first.down.Store(true)
	a.exec("INSERT INTO t (n) VALUES (666)")
	ctx, done := context.WithTimeout(t.Context(), patience)
	defer done()
	if err := a.Await(ctx); err == nil || ctx.Err() != nil {
		t.Errorf("a write that did not reach the log was acknowledged: %v, %v", err, ctx.Err())
	}
	if _, err := a.db.DB().Exec("INSERT INTO t (n) VALUES (667)"); err == nil || a.Leading() {
		t.Error("a deposed leader may write")
	}
	until(t, "the other node leads", b.Leading)
	b.exec("INSERT INTO t (n) VALUES (2)")
	txid := b.acknowledge()
	if got := a.ask("SELECT group_concat(n) FROM t"); !strings.HasPrefix(got, "1") {
		t.Errorf("a node without the bucket reads %q", got)
	}
	if role := a.Status().Role; role != Doubtful {
		t.Errorf("a node that may hold what nobody acknowledged is %s", role)
	}

	first.down.Store(false)
	a.waitFor(txid)
	if got, want := a.content(), b.content(); got != want || strings.Contains(got, "666") {
		t.Errorf("the deposed leader holds\n%s\nwant\n%s", got, want)
	}
	b.exec("INSERT INTO t (n) VALUES (3)")
	a.waitFor(b.acknowledge())
	if got, want := a.content(), b.content(); got != want {
		t.Errorf("the deposed leader holds\n%s\nwant\n%s", got, want)
	}
}

// When no node reaches the bucket, none leads, and the last leader goes on afterwards with all that it has.
func TestABucketThatComesBackChangesNothing(t *testing.T) {
	all := newWires(t)
	only := all.add()
	a := start(t, only.Settings, t.TempDir())
	a.exec(schema)
	acknowledged := a.acknowledge()
	only.down.Store(true)
	a.exec("INSERT INTO t (n) VALUES (1)")
	until(t, "the node leads no longer", func() bool { return a.Status().Role == Doubtful })
	if got := a.TXID(); got < acknowledged { // which an answer that is just being sent tells its client
		t.Errorf("the node says it is at transaction %d, and has acknowledged %d", got, acknowledged)
	}
	only.down.Store(false)
	until(t, "the node leads again", a.Leading)
	a.exec("INSERT INTO t (n) VALUES (2)")
	b := start(t, all.add().Settings, t.TempDir())
	b.waitFor(a.acknowledge())
	if got, want := b.content(), a.content(); got != want || a.ask("SELECT count(*) FROM t") != "2" {
		t.Errorf("the follower holds\n%s\nwant\n%s", got, want)
	}
}

// A takeover neither ends what somebody is reading nor writes the whole database again.
func TestReadersAndTheLogGoOnAcrossATakeover(t *testing.T) {
	settings := buckettest.Start(t)
	a := start(t, settings, t.TempDir())
	a.exec(schema)
	a.exec("WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 3000) " +
		"INSERT INTO t (n, b) SELECT i, randomblob(500) FROM c")
	b := start(t, settings, t.TempDir())
	b.waitFor(a.acknowledge())
	reader, err := b.db.DB().Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Rollback() }()
	count := func() (rows int) {
		if err := reader.QueryRow("SELECT count(*) FROM t").Scan(&rows); err != nil {
			t.Fatal(err)
		}
		return rows
	}
	if rows := count(); rows != 3000 {
		t.Fatalf("the reader sees %d rows", rows)
	}
	if err := a.StepDownFor(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	until(t, "the follower leads", b.Leading)
	claim := b.TXID()
	b.exec("INSERT INTO t (n) VALUES (1)")
	b.exec("DELETE FROM t WHERE id < 1000")
	a.waitFor(b.acknowledge())
	if rows := count(); rows != 3000 {
		t.Errorf("after the takeover the reader sees %d rows", rows)
	}
	if got, want := a.content(), b.content(); got != want {
		t.Error("the new follower's copy differs")
	}
	for file, err := range b.bucket.List(t.Context(), txlog.Prefix+"0000/", txlog.Key(0, claim, claim)) {
		if err != nil {
			t.Fatal(err)
		}
		if pages := pagesIn(t, b, file.Key); pages > 300 { // of about 900
			t.Errorf("%s holds %d pages after a takeover", file.Key, pages)
		}
	}
}

func pagesIn(t *testing.T, m *member, key string) int {
	t.Helper()
	data, _, err := m.bucket.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	decoder := ltx.NewDecoder(strings.NewReader(string(data)))
	if err := decoder.Verify(); err != nil {
		t.Fatal(err)
	}
	return decoder.PageN()
}

func TestACopyEqualsItsOriginal(t *testing.T) {
	settings := buckettest.Start(t)
	a := start(t, settings, t.TempDir())
	a.exec(schema)
	b := start(t, settings, t.TempDir())
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 36 {
		tx, err := a.db.DB().Begin()
		if err != nil {
			t.Fatal(err)
		}
		exec := func(query string, args ...any) {
			t.Helper()
			if _, err := tx.Exec(query, args...); err != nil {
				t.Fatalf("%s: %v", query, err)
			}
		}
		for range random.IntN(20) {
			blob := make([]byte, random.IntN(6_000))
			for i := range blob {
				blob[i] = byte(random.Uint32())
			}
			exec("INSERT INTO t (n, b) VALUES (?, ?)", int64(1)<<53+int64(random.IntN(1000)), blob)
		}
		exec("UPDATE t SET n = n + 1 WHERE id % ? = 0", 2+random.IntN(9))
		switch {
		case round%10 == 7: // frees pages
			exec("DELETE FROM t WHERE id % 3 != 0")
		case round%15 == 11:
			exec(fmt.Sprintf("CREATE TABLE other%d (a); ", round))
			exec(fmt.Sprintf("INSERT INTO other%d SELECT b FROM t", round))
		}
		if random.IntN(5) == 0 {
			err = tx.Rollback()
		} else {
			err = tx.Commit()
		}
		if err != nil {
			t.Fatal(err)
		}
		if round == 25 {
			a.exec("DELETE FROM t")
			a.exec("VACUUM") // the database becomes smaller
		}
		if round%6 == 5 {
			b.waitFor(a.acknowledge())
			if got, want := b.content(), a.content(); got != want {
				t.Fatalf("in round %d the copy differs", round)
			}
			if got, want := b.ask("PRAGMA page_count"), a.ask("PRAGMA page_count"); got != want {
				t.Fatalf("in round %d the copy has %s pages, want %s", round, got, want)
			}
		}
	}
}

func TestAFollowerThatWasAwayCatchesUp(t *testing.T) {
	settings := buckettest.Start(t)
	a := start(t, settings, t.TempDir())
	a.exec(schema)
	dir := t.TempDir()
	b := start(t, settings, dir)
	b.waitFor(a.acknowledge())
	b.end()
	left := b.TXID()
	for i := range 20 {
		a.exec("INSERT INTO t (n, b) VALUES (?, randomblob(3000))", i)
		a.acknowledge()
	}
	end := a.TXID()
	until(t, "all is archived", func() bool {
		file, err := a.log.Covering(t.Context(), end)
		return err == nil && file != nil
	})
	for number := uint64(1); number < end; number++ { // as after an hour
		if err := a.bucket.Delete(t.Context(), txlog.Key(0, number, number)); err != nil {
			t.Fatal(err)
		}
	}
	b = start(t, settings, dir)
	b.waitFor(end)
	if got, want := b.content(), a.content(); got != want {
		t.Errorf("the follower holds\n%s\nwant\n%s", got, want)
	}
	if left >= end || b.Status().Role != Following {
		t.Errorf("from %d to %d: %+v", left, end, b.Status())
	}

	// Something else writes to the copy: it is made anew, while it is open.
	intruder, err := database.Connect(b.path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := intruder.DB().Exec("INSERT INTO t (n) VALUES (666)"); err != nil {
		t.Fatal(err)
	}
	if err := intruder.Close(); err != nil {
		t.Fatal(err)
	}
	a.exec("INSERT INTO t (n) VALUES (1)")
	b.waitFor(a.acknowledge())
	if got, want := b.content(), a.content(); got != want {
		t.Errorf("the follower holds\n%s\nwant\n%s", got, want)
	}
}

// A copied folder on the same machine makes a node of the same name. It must not take the lead from the one that has it.
func TestACopiedFolderDoesNotTakeTheLead(t *testing.T) {
	settings := buckettest.Start(t)
	a := start(t, settings, t.TempDir())
	a.exec(schema)
	a.acknowledge()
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(a.dir)); err != nil {
		t.Fatal(err)
	}
	term := a.lease.last().Term
	a.exec("INSERT INTO t (n) VALUES (1)")
	last := a.acknowledge()
	b := start(t, settings, copied)
	if b.ID() != a.ID() {
		t.Fatalf("the copy is %s, not %s", b.ID(), a.ID())
	}
	b.waitFor(last)
	for range 3 { // renewals of the lease
		renewed := b.lease.last().etag
		until(t, "the lease is renewed", func() bool { return b.lease.last().etag != renewed })
	}
	if !a.Leading() || b.Leading() || b.lease.last().Term != term {
		t.Errorf("the nodes are %+v and %+v", a.Status(), b.Status())
	}
}

// A command that can't bring into the log what it has written must not end as if it had.
func TestANodeTellsThatItsLastWritesAreNotInTheLog(t *testing.T) {
	for _, deposed := range []bool{false, true} {
		only := newWires(t).add()
		a := start(t, only.Settings, t.TempDir())
		a.mayFail = true
		a.exec(schema)
		a.acknowledge()
		only.down.Store(true)
		a.exec("INSERT INTO t (n) VALUES (1)")
		if deposed {
			until(t, "the node leads no longer", func() bool { return a.Status().Role == Doubtful })
		}
		if err := a.stop(); err == nil || !strings.Contains(err.Error(), "may not be in the cluster's log") {
			t.Errorf("deposed %v: the node ended with %v", deposed, err)
		}
	}
}

// Anybody may ask a follower for any transaction; one that never comes must not make it ask the bucket more often for ever.
func TestAWaitThatIsOverCostsNothing(t *testing.T) {
	var asked atomic.Int64
	handler := buckettest.Handler(t)
	all := &wires{t, handler}
	a := start(t, all.add().Settings, t.TempDir())
	a.exec(schema)
	counted := &wires{t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/0000/") {
			asked.Add(1)
		}
		handler.ServeHTTP(w, r)
	})}
	b := start(t, counted.add().Settings, t.TempDir())
	b.waitFor(a.acknowledge())
	ctx, done := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer done()
	if err := b.WaitFor(ctx, 1<<62); err == nil {
		t.Error("a transaction that was never written has come")
	}
	before := asked.Load()
	began := time.Now()
	time.Sleep(15 * shortestPoll) // nothing happens that could be waited for
	if got, most := asked.Load()-before, int64(time.Since(began)/shortestPoll)+2; got > most {
		t.Errorf("the follower asked %d times, want at most %d", got, most)
	}
}

// A node that is started again after a crash goes on if nobody has led since.
func TestALeaderThatCrashedLeadsOn(t *testing.T) {
	settings := buckettest.Start(t)
	dir := t.TempDir()
	a := start(t, settings, dir)
	a.exec(schema)
	a.exec("INSERT INTO t (n) VALUES (1)")
	a.acknowledge()
	crashed := t.TempDir()
	if err := os.CopyFS(crashed, os.DirFS(dir)); err != nil { // as a power cut would leave it
		t.Fatal(err)
	}
	a.cancel() // without a step-down, which would be in order
	<-a.finished
	if err := a.bucket.Put(t.Context(), leaseKey, []byte(`{"node":"`+a.ID()+`","term":9}`)); err != nil {
		t.Fatal(err)
	}
	b := start(t, settings, crashed)
	if !b.Leading() {
		t.Errorf("the node is %+v", b.Status())
	}
	b.exec("INSERT INTO t (n) VALUES (2)")
	c := start(t, settings, t.TempDir())
	c.waitFor(b.acknowledge())
	if got := c.ask("SELECT group_concat(n) FROM t"); got != "1,2" {
		t.Errorf("the follower holds %s", got)
	}
}

// After a power cut the log may hold what the database does not any more: its last commits were not flushed to the disk. The same is
// true of a folder that comes from a backup. Neither may become what everybody has.
func TestALeaderThatIsBehindItsOwnLogLosesNothing(t *testing.T) {
	for name, revive := range map[string]func(t *testing.T, later string, m *member){
		"power cut": func(t *testing.T, later string, m *member) {
			if err := os.RemoveAll(filepath.Join(m.dir, Folder)); err != nil {
				t.Fatal(err)
			}
			if err := os.CopyFS(filepath.Join(m.dir, Folder), os.DirFS(filepath.Join(later, Folder))); err != nil {
				t.Fatal(err)
			}
			m.boot = "another"
		},
		"older folder": func(*testing.T, string, *member) {},
	} {
		t.Run(name, func(t *testing.T) {
			settings := buckettest.Start(t)
			dir, earlier := t.TempDir(), t.TempDir()
			a := start(t, settings, dir)
			a.exec(schema)
			a.exec("INSERT INTO t (n) VALUES (1)")
			a.acknowledge()
			if err := os.CopyFS(earlier, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			a.exec("INSERT INTO t (n) VALUES (2)")
			a.exec("INSERT INTO t (n) VALUES (3)")
			a.acknowledge()
			m := prepare(t, settings, earlier)
			revive(t, dir, m)
			a.cancel() // without a step-down, which would be in order
			<-a.finished
			if err := a.bucket.Put(t.Context(), leaseKey, []byte(`{"node":"`+a.ID()+`","term":9}`)); err != nil {
				t.Fatal(err)
			}
			m.launch()
			until(t, "the node leads again", m.Leading)
			m.connect()
			m.exec("INSERT INTO t (n) VALUES (4)")
			c := start(t, settings, t.TempDir())
			c.waitFor(m.acknowledge())
			if got := c.ask("SELECT group_concat(n) FROM t"); got != "1,2,3,4" {
				t.Errorf("the follower holds %s, want all that was acknowledged", got)
			}
		})
	}
}

func TestFoldersOfOthersAreLeftAlone(t *testing.T) {
	settings := buckettest.Start(t)
	a := start(t, settings, t.TempDir())
	a.exec(schema)
	a.acknowledge()
	refused := func(dir, want string, settings bucket.Settings) {
		t.Helper()
		m := &member{Node: newNode(a.app, Options{Bucket: settings, Gate: a.gate}), t: t}
		if err := m.Node.start(t.Context(), dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	own := t.TempDir()
	if err := os.WriteFile(filepath.Join(own, "data.db"), []byte("a board"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(own, "a board of its own", settings)
	a.end()
	refused(a.dir, "another cluster", buckettest.Start(t))
	another := buckettest.Start(t)
	start(t, another, t.TempDir())
	refused(a.dir, "another cluster", another)
}
