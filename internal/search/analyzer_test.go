package search

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/testapp"
)

func TestSynonymsFileIsOfferedAndFollowed(t *testing.T) {
	app := testapp.NewBoard(t, slugs, testapp.With(Bind, Options{}))
	app.Handler() // as the server starts
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
		t.Fatal("this test proves nothing")
	}
	list := string(offered) + "florist, gardener\n,nonsense,\n! dev\n"
	if err := os.WriteFile(path, []byte(list), 0o644); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the new synonym", func() bool { return find("florist") == 1 })
	if got := found(t, ix, `"dev"`); len(got) != 0 {
		t.Errorf("a synonym that was taken away still finds %v", got)
	}
	if find("sr") != find("senior") {
		t.Error("the built-in synonyms are gone")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the built-in list", func() bool { return find("florist") == 0 })
}

func TestAnotherLanguageBuildsTheIndexAnew(t *testing.T) {
	app, ix := newBoard(t, Jobs)
	acme, _ := app.Employer("Acme")
	app.Job(acme, "Betreuer von Kindern")
	eventually(t, "the job", func() bool { return len(found(t, ix, "kindern")) == 1 })
	if len(found(t, ix, "kinder ")) != 0 {
		t.Fatal("English knows German: this test proves nothing")
	}
	ix.close()
	app.Store().Remove(analyzerKey)
	app.Store().Set(languageKey, "de")
	german := indexOf(t, app, Jobs)
	eventually(t, "the German index", func() bool { return german.engine.RebuildReason() == nil })
	if len(found(t, german, "kinder ")) != 1 {
		t.Error("the German index does not know German")
	}
}

// A backup holds the database and the synonyms; the index is made of the first.
func TestBackupLeavesTheIndexOut(t *testing.T) {
	app, _ := newBoard(t, Jobs)
	event := &core.BackupEvent{App: app.TestApp}
	if err := app.OnBackupCreate().Trigger(event); err != nil {
		t.Fatal(err)
	}
	if len(event.Exclude) != 1 || event.Exclude[0] != folderName {
		t.Errorf("left out: %v", event.Exclude)
	}
}
