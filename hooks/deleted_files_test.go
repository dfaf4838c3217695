package hooks_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/testapp"
)

// Files of what is deleted or replaced are there until that is in the cluster's log, and stay if it does not get there.
func TestFilesAreDeletedOnceTheLogKnows(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind)
	node := testapp.Join(board.TestApp, true)
	file := func() *filesystem.File {
		t.Helper()
		made, err := filesystem.NewFileFromBytes([]byte("%PDF-1.4\n%%EOF\n"), "cv.pdf")
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	files := func() int {
		t.Helper()
		found, err := filepath.Glob(filepath.Join(board.DataDir(), "storage", "*", "*", "*.pdf"))
		if err != nil {
			t.Fatal(err)
		}
		return len(found)
	}
	profileOf := func(name string) *core.Record {
		t.Helper()
		profile, err := board.FindFirstRecordByData(collections.JobSeekers, "user", board.Seeker(name).Id)
		if err != nil {
			t.Fatal(err)
		}
		return board.Update(profile, map[string]any{"resumes": []*filesystem.File{file()}})
	}
	profile := profileOf("sam")
	for _, step := range []struct {
		name  string
		write func() error
		left  int
	}{
		{"replace", func() error {
			fresh := board.Reload(profile)
			fresh.Set("resumes", []*filesystem.File{file()})
			return board.Save(fresh)
		}, 1},
		{"delete", func() error { return board.Delete(board.Reload(profile)) }, 0},
	} {
		node.Hold()
		awaited := node.Awaited()
		written := make(chan error, 1)
		go func() { written <- step.write() }()
		for end := time.Now().Add(10 * time.Second); node.Awaited() == awaited; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s: nobody waits for the log", step.name)
			}
		}
		time.Sleep(20 * time.Millisecond)
		if before := files(); before != step.left+1 {
			t.Errorf("%s: there are %d files before it is in the log, want %d", step.name, before, step.left+1)
		}
		node.Release(nil)
		if err := <-written; err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(10 * time.Second); files() != step.left; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s: there are %d files, want %d", step.name, files(), step.left)
			}
		}
	}

	profile = profileOf("ben")
	lost := errors.New("another node leads")
	node.Release(lost)
	if err := board.Delete(board.Reload(profile)); !errors.Is(err, lost) {
		t.Errorf("a deletion that a failover may undo: %v", err)
	}
	time.Sleep(20 * time.Millisecond)
	if files() != 1 {
		t.Error("its file is gone")
	}
}
