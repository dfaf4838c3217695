package search

import (
	"testing"

	"jobboard/collections"
	"jobboard/internal/testapp"
)

func TestReindexByTheServerAndWithoutOne(t *testing.T) {
	app := testapp.NewBoard(t, slugs, Bind)
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
	// a server that keeps the indexes, and a command in another process
	servers := []*Board{}
	for _, kind := range Kinds() {
		servers = append(servers, boardOf(t, app, kind))
		app.Store().Remove(storeKey + kind.table)
	}
	if _, err := app.DB().NewQuery("DROP TRIGGER search_log_on_job_insert").Execute(); err != nil {
		t.Fatal(err)
	}
	app.Job(acme, "Baker") // which nobody hears of
	before := servers[0].index
	if got := found(t, servers[0], "baker"); len(got) != 3 {
		t.Fatalf("found %d: this test proves nothing", len(got))
	}
	beside := reindex()
	if jobs := beside[collections.Jobs]; !jobs.ByServer || jobs.Documents != 4 {
		t.Errorf("beside a server: %+v", beside)
	}
	if got := found(t, servers[0], "baker"); len(got) != 4 || servers[0].index != before {
		t.Errorf("after reindexing the server finds %d", len(got))
	}
	for _, server := range servers {
		server.close()
	}
}

// A rebuild that was asked for happens also when the process dies before it is done.
func TestRequestOutlivesACrash(t *testing.T) {
	app, b := newBoard(t, Jobs)
	eventually(t, "the index", func() bool { return b.index.Damage() == nil })
	b.close()
	asked, err := request(app.TestApp, Jobs)
	if err != nil || asked == "" {
		t.Fatal(err)
	}
	if left, err := requested(app.TestApp, Jobs); err != nil || left != asked {
		t.Fatalf("%q is asked for, %v", left, err)
	}
	boardOf(t, app, Jobs)
	eventually(t, "the answer", func() bool { left, err := requested(app.TestApp, Jobs); return err == nil && left == "" })
}

func TestSearchIndexIsShownToAdmins(t *testing.T) {
	app, b := newBoard(t, Jobs)
	acme, _ := app.Employer("Acme")
	app.Job(acme, "Baker")
	eventually(t, "the job", func() bool { return len(found(t, b, "baker")) == 1 })
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
	b.index.Doubt(errGap)
	if s, err := b.standing(); err != nil || s.State != stateBuilding || s.Problem != errGap.Error() {
		t.Errorf("a doubted index stands as %+v, %v", s, err)
	}
}

// A server that starts before the last one has ended takes over from it.
func TestCopySettlesInTheDataFolderOnceItIsFree(t *testing.T) {
	app, first := newBoard(t, Jobs)
	acme, _ := app.Employer("Acme")
	app.Job(acme, "Baker")
	eventually(t, "the job", func() bool { return len(found(t, first, "baker")) == 1 })
	app.Store().Remove(storeKey + Jobs.table)
	second := boardOf(t, app, Jobs)
	if second.owner.Load() {
		t.Fatal("two have the same folder")
	}
	first.close()
	app.Store().Set(storeKey+Jobs.table, second) // close took it for its own
	second.settle()
	if !second.owner.Load() {
		t.Fatal("the folder is free, and not taken")
	}
	signal(second.untidy)
	eventually(t, "a saved index", func() bool { return !second.save.Load() && second.index.Stats().Unsaved == 0 })
	app.Job(acme, "Baker")
	eventually(t, "the second job", func() bool { return len(found(t, second, "baker")) == 2 })
	second.close()
	third := boardOf(t, app, Jobs)
	if third.index.Damage() != nil {
		t.Errorf("what it saved is damaged: %v", third.index.Damage())
	}
	if len(found(t, third, "baker")) != 2 {
		t.Error("what it saved is not all")
	}
}
