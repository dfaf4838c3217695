package search

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"jobboard/internal/search/engine"
)

// A search that detects corruption waits for the new index. None returns an empty result before all documents are indexed.
func TestCorruptionNeverYieldsEmptyResults(t *testing.T) {
	t.Parallel()
	app, ix := newBoard(t, Jobs)
	acme, _ := app.Employer("Acme")
	for range 300 {
		app.Job(acme, "Baker")
	}
	eventually(t, "the jobs", func() bool { return len(found(t, ix, "baker")) == 100 })
	ix.close()
	ix = indexOf(t, app, Jobs)
	files, err := filepath.Glob(filepath.Join(folder(app.TestApp, Jobs), "segment-*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("segments: %v, %v", files, err)
	}
	for _, file := range files {
		if err := os.Truncate(file, 0); err != nil {
			t.Fatal(err)
		}
	}
	query := engine.Query{Words: engine.Parse(ix.Analyzer(), "baker"), Scope: engine.Everything(), Limit: 1, NoSpelling: true}
	for range 50 {
		if r, err := ix.Search(query); err == nil && r.Total == 0 || err != nil && !errors.Is(err, ErrBehind) {
			t.Fatalf("%d hits, %v", r.Total, err)
		}
	}
	eventually(t, "all jobs", func() bool { r, err := ix.Search(query); return err == nil && r.Total == 300 && !r.Estimated })
}
