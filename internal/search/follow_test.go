package search

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/search/engine"
	"jobboard/internal/testapp"
)

// slugs replaces the hooks, which cannot be bound here because they import this package.
func slugs(app core.App) {
	app.OnRecordCreate(collections.Employers).BindFunc(func(e *core.RecordEvent) error {
		e.Record.Set("slug", strings.ToLower(e.Record.GetString("name")))
		return e.Next()
	})
}

// newBoard returns a test board and its index of a kind.
func newBoard(t testing.TB, kind *Kind) (*testapp.Board, *Index) {
	t.Helper()
	app := testapp.NewBoard(t, slugs, testapp.With(Bind, Options{}))
	return app, indexOf(t, app, kind)
}

func indexOf(t testing.TB, app *testapp.Board, kind *Kind) *Index {
	t.Helper()
	ix, err := For(app.TestApp, kind)
	if err != nil {
		t.Fatal(err)
	}
	return ix
}

// found returns the ids of the records that a search text finds, whoever may see them.
func found(t testing.TB, ix *Index, words string) []string {
	t.Helper()
	r, err := ix.Search(engine.Query{Words: engine.Parse(ix.Analyzer(), words), Scope: engine.Everything(), Limit: 100, NoSpelling: true})
	if errors.Is(err, ErrBehind) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	ids := []string{}
	for _, hit := range r.Hits {
		ids = append(ids, hit.ID)
	}
	if len(ids) != min(100, r.Total) {
		t.Fatalf("%d hits of %d", len(ids), r.Total)
	}
	return ids
}

// eventually waits until a condition holds.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("timeout: %s", what)
		}
	}
}

func rowsIn(t testing.TB, app core.App, table string) (n int) {
	t.Helper()
	if err := app.DB().NewQuery("SELECT count(*) FROM " + table).Row(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// gated is the kind of jobs, except that a rebuild waits at the gate, if there is one, after it has read the records.
type gated struct {
	Kind
	gate    atomic.Pointer[chan struct{}]
	reading chan struct{}
}

func newGated() *gated {
	g := &gated{Kind: *Jobs, reading: make(chan struct{}, 10)}
	g.read = func(query *dbx.Query) ([]engine.Document, error) {
		docs, err := Jobs.read(query)
		if gate := g.gate.Load(); gate != nil && strings.Contains(query.SQL(), "BETWEEN") {
			g.reading <- struct{}{}
			<-*gate
		}
		return docs, err
	}
	return g
}

func TestChangesDuringARebuildAreFoundAtOnceAndAfterIt(t *testing.T) {
	t.Parallel()
	app := testapp.NewBoard(t, slugs, testapp.With(Bind, Options{}))
	acme, _ := app.Employer("Acme")
	baker, butcher := app.Job(acme, "Baker"), app.Job(acme, "Butcher")
	kind := newGated()
	ix := indexOf(t, app, &kind.Kind)
	eventually(t, "the first index", func() bool { return ix.engine.RebuildReason() == nil })

	gate := make(chan struct{})
	kind.gate.Store(&gate)
	ix.engine.MarkStale(errors.New("requested by a test"))
	ix.wakeFollower()
	<-kind.reading
	if got := found(t, ix, "baker"); len(got) != 1 {
		t.Errorf("the old index does not serve during a rebuild: %v", got)
	}
	app.Update(baker, map[string]any{"title": "Candlemaker"})
	smith := app.Job(acme, "Smith")
	if err := app.Delete(app.Reload(butcher)); err != nil {
		t.Fatal(err)
	}
	check := func(when string) {
		t.Helper()
		for words, want := range map[string]string{
			"baker": "[]", "candlemaker": "[" + baker.Id + "]", "smith": "[" + smith.Id + "]", "butcher": "[]",
		} {
			if got := fmt.Sprint(found(t, ix, words)); got != want {
				t.Errorf("%s, %s finds %s, want %s", when, words, got, want)
			}
		}
	}
	eventually(t, "the last change", func() bool { last, err := ix.lastSeq(); return err == nil && ix.engine.Seq() == last })
	check("during the rebuild")
	if ix.engine.RebuildReason() == nil {
		t.Fatal("the rebuild did not wait for this test")
	}
	close(gate)
	eventually(t, "the new index", func() bool { return ix.engine.RebuildReason() == nil })
	check("after the rebuild")
}

func TestLogIsTrimmedOnceSaved(t *testing.T) {
	t.Parallel()
	app, ix := newBoard(t, Jobs)
	acme, _ := app.Employer("Acme")
	for i := range 20 {
		app.Job(acme, fmt.Sprintf("Baker %d", i))
	}
	eventually(t, "all jobs", func() bool { return len(found(t, ix, "baker")) == 20 })
	if rowsIn(t, app.TestApp, "search_log") == 0 {
		t.Fatal("the log is trimmed before the index is saved")
	}
	ix.saveRequested.Store(true)
	ix.maintainer.Wake()
	eventually(t, "an empty log", func() bool { return rowsIn(t, app.TestApp, "search_log") == 0 })
	seq := ix.engine.Seq()

	// a crash: later changes are only in the log
	late := app.Job(acme, "Latecomer")
	eventually(t, "the late job", func() bool { return len(found(t, ix, "latecomer")) == 1 })
	app.Store().Remove(storeKey + Jobs.table)
	ix.loops.Stop()
	ix.endRebuild()
	if err := ix.engine.Release(); err != nil {
		t.Fatal(err)
	}
	again := indexOf(t, app, Jobs)
	if again.engine.RebuildReason() != nil || again.engine.Seq() < seq {
		t.Errorf("after a crash the index is at %d, want at least %d; rebuild reason %v",
			again.engine.Seq(), seq, again.engine.RebuildReason())
	}
	if got := found(t, again, "latecomer"); len(got) != 1 || got[0] != late.Id {
		t.Errorf("a change after the last save is lost: %v", got)
	}
	if len(found(t, again, "baker")) != 20 {
		t.Error("saved changes are lost")
	}
	if n := rowsIn(t, app.TestApp, "search_log"); n == 0 {
		t.Error("the log is trimmed before the index is saved again")
	}
}

// A command beside the server has a copy of the index in memory, and only the server trims the log.
func TestCopyInMemoryDoesNotTrimTheLog(t *testing.T) {
	t.Parallel()
	app, server := newBoard(t, Jobs)
	acme, _ := app.Employer("Acme")
	app.Job(acme, "Baker")
	eventually(t, "the job", func() bool { return len(found(t, server, "baker")) == 1 })
	app.Store().Remove(storeKey + Jobs.table) // as in another process
	copied := indexOf(t, app, Jobs)
	if copied.owner.Load() {
		t.Fatal("two indexes own the same folder")
	}
	eventually(t, "the copy", func() bool { return copied.engine.RebuildReason() == nil })
	if got := found(t, copied, "baker"); len(got) != 1 {
		t.Errorf("the copy finds %v", got)
	}
	// the owner may trim the log meanwhile, but not in every attempt
	eventually(t, "a checkpoint of the copy without a trimmed log", func() bool {
		app.Job(acme, "Baker")
		before := rowsIn(t, app.TestApp, "search_log")
		if err := copied.catchUp(); err != nil {
			t.Fatal(err)
		}
		if _, err := copied.checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		return before > 0 && rowsIn(t, app.TestApp, "search_log") == before
	})
	server.close()
}

func TestIndexIsRebuiltIfTheLogIsIncomplete(t *testing.T) {
	t.Parallel()
	for name, sql := range map[string][]string{
		"missing rows": {"UPDATE jobs SET title = 'Candlemaker'", "DELETE FROM search_log"},
		"another database": {"DELETE FROM search_log", "UPDATE jobs SET title = 'Candlemaker'",
			"UPDATE sqlite_sequence SET seq = 1 WHERE name = 'search_log'"},
	} {
		app, ix := newBoard(t, Jobs)
		acme, _ := app.Employer("Acme")
		for range 3 {
			app.Job(acme, "Baker")
		}
		eventually(t, "the jobs", func() bool { return len(found(t, ix, "baker")) == 3 })
		ix.close()
		for _, one := range sql {
			if _, err := app.DB().NewQuery(one).Execute(); err != nil {
				t.Fatal(err)
			}
		}
		again := indexOf(t, app, Jobs)
		eventually(t, name+": the new index", func() bool { return len(found(t, again, "candlemaker")) == 3 })
		if got := found(t, again, "baker"); len(got) != 0 {
			t.Errorf("%s: the old index is still searched: %v", name, got)
		}
	}
}

func TestFailedRebuildIsRetried(t *testing.T) {
	t.Parallel()
	var failed atomic.Int32
	kind := *Jobs
	kind.read = func(query *dbx.Query) ([]engine.Document, error) {
		if strings.Contains(query.SQL(), "BETWEEN") && failed.Add(1) == 1 {
			return nil, errors.New("a database that cannot be read")
		}
		return Jobs.read(query)
	}
	app := testapp.NewBoard(t, slugs, testapp.With(Bind, Options{}))
	acme, _ := app.Employer("Acme")
	app.Job(acme, "Baker")
	ix := indexOf(t, app, &kind)
	if got := found(t, ix, "baker"); len(got) != 0 {
		t.Fatalf("found %v", got)
	}
	eventually(t, "the second attempt", func() bool { return len(found(t, ix, "baker")) == 1 && ix.engine.RebuildReason() == nil })
}

// Whatever plain SQL writes into a row, the index follows.
func TestInvalidRowsAreFollowed(t *testing.T) {
	t.Parallel()
	for _, kind := range []*Kind{Jobs, Candidates} {
		app, ix := newBoard(t, kind)
		acme, _ := app.Employer("Acme")
		record := app.Job(acme, "Baker")
		title := "title"
		if kind == Candidates {
			profile := app.Record(collections.JobSeekers, map[string]any{"user": app.Seeker("sara").Id, "visibility": "hidden"})
			record, title = profile, "headline"
		}
		collection := record.Collection()
		n := 0
		for _, field := range collection.Fields {
			if field.GetName() == core.FieldNameId || field.GetName() == title {
				continue
			}
			for _, value := range []string{
				`'odd'`, `''`, `x'00ff'`, `1e400`, `-1e400`, `0.5`, `'[[1,{}]]'`, `'{"a":null}'`, `'2026-02-31 99:00:00'`,
			} {
				n++
				word := fmt.Sprint("odd", n)
				if _, err := app.DB().NewQuery("UPDATE " + collection.Name + " SET [[" + field.GetName() + "]] = " + value +
					", [[" + title + "]] = '" + word + "' WHERE id = '" + record.Id + "'").Execute(); err != nil {
					t.Fatal(field.GetName(), value, err)
				}
				ix.wakeFollower()
				eventually(t, field.GetName()+" = "+value, func() bool { return len(found(t, ix, word)) == 1 })
			}
		}
	}
}
