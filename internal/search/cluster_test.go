package search

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"jobboard/internal/database"
	"jobboard/internal/leadership"
	"jobboard/internal/testapp"
)

func TestMarksTellWhichEntriesAreOld(t *testing.T) {
	path := filepath.Join(t.TempDir(), "jobs.marks")
	m, err := readMarks(path)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for hour := range 30 {
		for _, minute := range []int{0, 1} { // the second is too soon
			if err := m.add(began.Add(time.Duration(hour)*time.Hour+time.Duration(minute)*time.Minute), int64(100*hour+minute)); err != nil {
				t.Fatal(err)
			}
		}
	}
	now := began.Add(29 * time.Hour)
	if got := m.outdated(now); got != 500 {
		t.Errorf("the log is outdated up to %d, want 500", got)
	}
	again, err := readMarks(path)
	if err != nil || len(again.list) != 25 || again.outdated(now) != 500 {
		t.Errorf("read again there are %d marks, up to %d: %v", len(again.list), again.outdated(now), err)
	}
	if err := m.add(now, 450); err != nil || m.outdated(now) != 0 || len(m.list) != 1 { // as after a backup was restored
		t.Errorf("of another database it is outdated up to %d, want 0", m.outdated(now))
	}
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if broken, err := readMarks(path); err != nil || broken.outdated(now) != 0 {
		t.Errorf("a broken file gives %v, %v", broken, err)
	}
}

// other opens the database as the cluster does that writes the leader's transactions into it.
func other(t *testing.T, board *testapp.Board) *dbx.DB {
	t.Helper()
	db, err := database.Connect(filepath.Join(board.DataDir(), "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// saves waits until an index has been saved.
func saves(t *testing.T, ix *Index) {
	t.Helper()
	ix.saveRequested.Store(true)
	ix.maintainer.Wake()
	eventually(t, "the index is saved", func() bool { return !ix.saveRequested.Load() })
	eventually(t, "the mark", func() bool { _, err := os.Stat(folder(ix.app, ix.kind) + ".marks"); return err == nil })
}

func TestAFollowersIndexFollowsAndWritesNothing(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, slugs, testapp.With(Bind, Options{}))
	acme, _ := board.Employer("Acme")
	job := board.Job(acme, "Baker")
	node := testapp.Join(board.TestApp, false)
	leaders := other(t, board)
	testapp.Freeze(t, board.TestApp, true)
	ix := indexOf(t, board, Jobs)
	before := testapp.Version(t, board.TestApp)
	saves(t, ix)
	if testapp.Version(t, board.TestApp) != before {
		t.Error("a follower writes to the database")
	}
	if _, err := leaders.NewQuery("UPDATE jobs SET title = 'Candlemaker'").Execute(); err != nil {
		t.Fatal(err)
	}
	leadership.Applied(board.TestApp)
	eventually(t, "the change", func() bool { return slices.Equal(found(t, ix, "candlemaker"), []string{job.Id}) })
	before = testapp.Version(t, board.TestApp)
	saves(t, ix)
	if rows := rowsIn(t, board.TestApp, Jobs.log); rows != 2 || testapp.Version(t, board.TestApp) != before {
		t.Errorf("the log has %d entries, want 2, or a follower writes to the database", rows)
	}
	if rows := rowsIn(t, board.TestApp, "search_states"); rows != 0 {
		t.Error("a follower writes how its index stands")
	}
	if failures := testapp.LoggedErrors(t, board.TestApp); len(failures) > 0 {
		t.Errorf("logged: %q", failures)
	}
	testapp.Freeze(t, board.TestApp, false)
	node.Lead(true)
	eventually(t, "the state", func() bool { return rowsIn(t, board.TestApp, "search_states") == 1 })
}

func TestAClustersLogIsKeptForADay(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, slugs, testapp.With(Bind, Options{}))
	testapp.Join(board.TestApp, true)
	acme, _ := board.Employer("Acme")
	for range 5 {
		board.Job(acme, "Baker")
	}
	old, err := json.Marshal([]mark{{time.Now().Add(-logKept), 2}, {time.Now().Add(-logKept + time.Hour), 4}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(folder(board.TestApp, Jobs)), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(folder(board.TestApp, Jobs)+".marks", old, 0o600); err != nil {
		t.Fatal(err)
	}
	ix := indexOf(t, board, Jobs)
	ix.saveRequested.Store(true)
	ix.maintainer.Wake()
	eventually(t, "entries of yesterday are deleted", func() bool { return rowsIn(t, board.TestApp, Jobs.log) == 3 })
}

// A leader finds what it has written at once. If a failover undoes that, its index forgets it without being rebuilt.
func TestAnIndexForgetsWhatAFailoverHasUndone(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, slugs, testapp.With(Bind, Options{}))
	node := testapp.Join(board.TestApp, true)
	acme, _ := board.Employer("Acme")
	smith := board.Job(acme, "Smith")
	ix := indexOf(t, board, Jobs)
	eventually(t, "the index", func() bool { return ix.engine.RebuildReason() == nil && len(found(t, ix, "smith")) == 1 })
	eventually(t, "the log", func() bool { return ix.confirm(t.Context()) })
	logged := ix.engine.Seq()
	board.Update(smith, map[string]any{"title": "Blacksmith"})
	eventually(t, "a change that is in the log", func() bool { return ix.engine.Seq() == logged+1 && ix.confirm(t.Context()) })

	node.Hold()
	baker := board.Job(acme, "Baker")
	board.Update(smith, map[string]any{"title": "Goldsmith"})
	eventually(t, "what is not in the log", func() bool { return len(found(t, ix, "baker")) == 1 && len(found(t, ix, "goldsmith")) == 1 })
	saves(t, ix)
	eventually(t, "the doubt", ix.isDoubtful)
	node.Lead(false)
	testapp.Freeze(t, board.TestApp, true)
	// The database is replaced by one in which another job was written under the numbers of the lost changes.
	err := other(t, board).Transactional(func(tx *dbx.Tx) error {
		for _, statement := range []string{
			"UPDATE jobs SET title = 'Blacksmith' WHERE id = {:smith}",
			"UPDATE jobs SET id = 'another00000001', title = 'Candlemaker' WHERE id = {:baker}",
			"DELETE FROM search_log WHERE seq > {:logged} + 1",
			"UPDATE sqlite_sequence SET seq = {:logged} + 1 WHERE name = 'search_log'",
			"INSERT INTO search_log (record) VALUES ('another00000001')",
		} {
			params := dbx.Params{"smith": smith.Id, "baker": baker.Id, "logged": logged}
			if _, err := tx.NewQuery(statement).Bind(params).Execute(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	leadership.Applied(board.TestApp)
	eventually(t, "the new job", func() bool { return len(found(t, ix, "candlemaker")) == 1 })
	if len(found(t, ix, "baker")) != 0 || len(found(t, ix, "goldsmith")) != 0 || len(found(t, ix, "blacksmith")) != 1 {
		t.Error("the index finds what was undone, or not what was there before")
	}
	if ix.engine.Seq() != logged+2 || ix.engine.RebuildReason() != nil || ix.rebuild != nil && ix.rebuild.underWay() {
		t.Errorf("it is at %d, want %d: %v", ix.engine.Seq(), logged+2, ix.engine.RebuildReason())
	}
	ix.saveRequested.Store(true)
	ix.maintainer.Wake()
	eventually(t, "no doubt", func() bool { return !ix.isDoubtful() })
	node.Release(nil)
	if !ix.confirm(context.Background()) {
		t.Error("something is left to be confirmed")
	}
}
