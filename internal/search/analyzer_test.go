package search

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/testapp"
)

func TestSynonymsFileIsCreatedAndFollowed(t *testing.T) {
	t.Parallel()
	app := testapp.NewBoard(t, slugs, testapp.With(Bind, Options{}))
	app.Handler() // starts the server
	path := filepath.Join(app.DataDir(), SynonymsFile)
	offered, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(offered), "# ") {
		t.Fatalf("the file begins with %.20q, %v", offered, err)
	}
	ix := indexOf(t, app, Jobs)
	acme, _ := app.Employer("Acme")
	app.Job(acme, "Gardener")
	app.Job(acme, "Developer")
	find := func(words string) int { return len(found(t, ix, words)) }
	eventually(t, "the jobs", func() bool { return find("gardener") == 1 && find("dev") == 1 })
	if find("florist") != 0 {
		t.Fatal("florist already has a synonym")
	}
	list := string(offered) + "florist, gardener\n,nonsense,\n! dev\n"
	if err := os.WriteFile(path, []byte(list), 0o644); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the new synonym", func() bool { return find("florist") == 1 })
	if got := found(t, ix, `"dev"`); len(got) != 0 {
		t.Errorf("a removed synonym still finds %v", got)
	}
	if find("sr") != find("senior") {
		t.Error("the built-in synonyms are missing")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the built-in list", func() bool { return find("florist") == 0 })
}

func TestAnotherLanguageRebuildsTheIndex(t *testing.T) {
	t.Parallel()
	app, ix := newBoard(t, Jobs)
	acme, _ := app.Employer("Acme")
	app.Job(acme, "Betreuer von Kindern")
	eventually(t, "the job", func() bool { return len(found(t, ix, "kindern")) == 1 })
	if len(found(t, ix, "kinder ")) != 0 {
		t.Fatal("the English stemmer already finds the German form")
	}
	ix.close()
	app.Store().Remove(analyzerKey)
	app.Store().Set(languageKey, "de")
	german := indexOf(t, app, Jobs)
	eventually(t, "the German index", func() bool { return german.engine.RebuildReason() == nil })
	if len(found(t, german, "kinder ")) != 1 {
		t.Error("the German index does not use the German stemmer")
	}
}

// A backup contains the database, from which the index can be rebuilt, and the synonyms.
func TestBackupExcludesTheIndex(t *testing.T) {
	t.Parallel()
	app, _ := newBoard(t, Jobs)
	event := &core.BackupEvent{App: app.TestApp}
	if err := app.OnBackupCreate().Trigger(event); err != nil {
		t.Fatal(err)
	}
	if len(event.Exclude) != 1 || event.Exclude[0] != folderName {
		t.Errorf("excluded: %v", event.Exclude)
	}
}
