package search

import (
	"testing"
	"time"

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

// currentState returns the state of the index.
func (ix *Index) currentState() (state, error) {
	last, err := ix.lastSeq()
	if err != nil {
		return state{}, err
	}
	return ix.stateAt(last), nil
}
