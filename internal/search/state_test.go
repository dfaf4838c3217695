package search

import (
	"testing"

	"jobboard/collections"
	"jobboard/internal/testapp"
)

func TestReindexByTheServerAndWithoutOne(t *testing.T) {
	t.Parallel()
	app := testapp.NewBoard(t, slugs, testapp.With(Bind, Options{}))
	acme, _ := app.Employer("Acme")
	for range 3 {
		app.Job(acme, "Baker")
	}
	reindex := func() map[string]Rebuilt {
		t.Helper()
		done := map[string]Rebuilt{}
		if err := Reindex(t.Context(), app.TestApp, func(r Rebuilt) { done[r.Kind] = r }); err != nil {
			t.Fatal(err)
		}
		return done
	}
	alone := reindex()
	if jobs := alone[collections.Jobs]; jobs.ByServer || jobs.Documents != 3 || jobs.Bytes == 0 || len(alone) != len(Kinds()) {
		t.Errorf("without a server: %+v", alone)
	}
	// a server that has opened the indexes, and a command in another process
	servers := []*Index{}
	for _, kind := range Kinds() {
		servers = append(servers, indexOf(t, app, kind))
		app.Store().Remove(storeKey + kind.table)
	}
	if _, err := app.DB().NewQuery("DROP TRIGGER search_log_on_job_insert").Execute(); err != nil {
		t.Fatal(err)
	}
	app.Job(acme, "Baker") // not in the log
	before := servers[0].engine
	if got := found(t, servers[0], "baker"); len(got) != 3 {
		t.Fatalf("found %d: the change is in the log", len(got))
	}
	beside := reindex()
	if jobs := beside[collections.Jobs]; !jobs.ByServer || jobs.Documents != 4 {
		t.Errorf("beside a server: %+v", beside)
	}
	if got := found(t, servers[0], "baker"); len(got) != 4 || servers[0].engine != before {
		t.Errorf("after reindexing the server finds %d", len(got))
	}
	for _, server := range servers {
		server.close()
	}
}

// A requested rebuild is done by the next process if this one crashes first.
func TestRebuildRequestSurvivesACrash(t *testing.T) {
	t.Parallel()
	app, ix := newBoard(t, Jobs)
	eventually(t, "the index", func() bool { return ix.engine.RebuildReason() == nil })
	ix.close()
	asked, err := requestRebuild(app.TestApp, Jobs)
	if err != nil || asked == "" {
		t.Fatal(err)
	}
	if left, err := rebuildRequest(app.TestApp, Jobs); err != nil || left != asked {
		t.Fatalf("pending request %q, %v", left, err)
	}
	indexOf(t, app, Jobs)
	eventually(t, "the rebuild", func() bool { left, err := rebuildRequest(app.TestApp, Jobs); return err == nil && left == "" })
}

func TestSearchIndexIsShownToAdmins(t *testing.T) {
	t.Parallel()
	app, ix := newBoard(t, Jobs)
	acme, _ := app.Employer("Acme")
	app.Job(acme, "Baker")
	eventually(t, "the job", func() bool { return len(found(t, ix, "baker")) == 1 })
	admin := app.Admin("root")
	var row map[string]any
	eventually(t, "its state", func() bool {
		for _, item := range app.Call(admin, "GET", "/api/collections/search_index/records", nil).Items() {
			if item["kind"] == collections.Jobs && item["documents"] == 1.0 && item["lag"] == 0.0 && item["state"] == stateReady {
				row = item
			}
		}
		return row != nil
	})
	if row["size"].(float64) <= 0 || row["problem"] != "" {
		t.Errorf("shown: %v", row)
	}
	ix.engine.MarkStale(errLogGap)
	if s, err := ix.currentState(); err != nil || s.State != stateBuilding || s.Problem != errLogGap.Error() {
		t.Errorf("a stale index has state %+v, %v", s, err)
	}
}

// A server that starts before the previous one has stopped takes over its index.
func TestCopyTakesOverTheDataFolderOnceItIsFree(t *testing.T) {
	t.Parallel()
	app, first := newBoard(t, Jobs)
	acme, _ := app.Employer("Acme")
	app.Job(acme, "Baker")
	eventually(t, "the job", func() bool { return len(found(t, first, "baker")) == 1 })
	app.Store().Remove(storeKey + Jobs.table)
	second := indexOf(t, app, Jobs)
	if second.owner.Load() {
		t.Fatal("two indexes own the same folder")
	}
	first.close()
	app.Store().Set(storeKey+Jobs.table, second) // close has removed it
	if err := second.takeOverFolder(); err != nil {
		t.Fatal(err)
	}
	if !second.owner.Load() {
		t.Fatal("the free folder is not taken over")
	}
	second.maintainer.Wake()
	eventually(t, "a saved index", func() bool { return !second.saveRequested.Load() && second.engine.Stats().Unsaved == 0 })
	app.Job(acme, "Baker")
	eventually(t, "the second job", func() bool { return len(found(t, second, "baker")) == 2 })
	second.close()
	third := indexOf(t, app, Jobs)
	if third.engine.RebuildReason() != nil {
		t.Errorf("the saved index has rebuild reason %v", third.engine.RebuildReason())
	}
	if len(found(t, third, "baker")) != 2 {
		t.Error("the saved index is incomplete")
	}
}
