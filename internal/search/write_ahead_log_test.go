package search

import (
	"path/filepath"
	"testing"
	"time"

	"jobboard/internal/database"
	"jobboard/internal/testapp"
)

// An index asks the system whether anything was written, and the database only then and once a second.
func TestIdleIndexLeavesTheDatabaseAlone(t *testing.T) {
	board, ix := newBoard(t, Jobs)
	acme, _ := board.Employer("Acme")
	board.Job(acme, "Gopher")
	eventually(t, "the job is found", func() bool { return len(found(t, ix, "gopher")) == 1 })
	time.Sleep(2 * pollInterval) // for what the index itself saves
	asked := testapp.Statements(t, board.TestApp, func() { time.Sleep(8 * pollInterval) })
	if len(asked) > 8 { // a look takes two that are logged, and in these two seconds there are two or three instead of eight
		t.Errorf("an idle index asks the database %d times within eight polls: %v", len(asked), asked)
	}
}

func TestWriteAheadLogTellsOfWritesByOthers(t *testing.T) {
	board := testapp.NewBoard(t, slugs)
	board.Seeker("sam")
	log := newWriteAheadLog(board.TestApp)
	if log.changed(); log.changed() {
		t.Error("the log has changed, and nobody has written")
	}
	other, err := database.Connect(filepath.Join(board.DataDir(), "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	for i := range 3 {
		time.Sleep(20 * time.Millisecond) // more than a tick of the system's clock
		if _, err := other.NewQuery("UPDATE users SET name = name || '!'").Execute(); err != nil {
			t.Fatal(err)
		}
		if !log.changed() || log.changed() {
			t.Errorf("write %d: not seen once", i+1)
		}
	}
}
