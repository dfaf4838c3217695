package database_test

import (
	"path/filepath"
	"testing"
	"time"

	"jobboard/internal/database"
	"jobboard/internal/testapp"
)

func TestWriteAheadLogTellsOfWritesByOthers(t *testing.T) {
	board := testapp.NewBoard(t)
	board.Seeker("sam")
	log := database.NewWriteAheadLog(board.TestApp)
	if log.Changed(); log.Changed() {
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
		if !log.Changed() || log.Changed() {
			t.Errorf("write %d: not seen once", i+1)
		}
	}
}
