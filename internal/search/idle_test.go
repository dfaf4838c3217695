package search

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

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

// What is committed within an interval is indexed together, and a search finds it at once all the same.
func TestCommitsAreIndexedTogether(t *testing.T) {
	board, ix := newBoard(t, Jobs)
	acme, _ := board.Employer("Acme")
	job := board.Job(acme, "Gopher")
	eventually(t, "the job is found", func() bool { return len(found(t, ix, "gopher")) == 1 })
	const commits = 40
	began := time.Now()
	asked := testapp.Statements(t, board.TestApp, func() {
		for i := range commits {
			board.Update(job, map[string]any{"title": fmt.Sprint("Baker", i)})
		}
	})
	most := int(time.Since(began)/pollInterval) + 2 // steps in that time, and one at each end
	reads := 0
	for _, statement := range asked {
		if strings.Contains(statement, "SELECT r.id, r.title") && strings.Contains(statement, job.Id) {
			reads++
		}
	}
	if reads > most {
		t.Errorf("%d commits were read %d times; want %d at most", commits, reads, most)
	}
	if ids := found(t, ix, fmt.Sprint("baker", commits-1)); len(ids) != 1 {
		t.Errorf("the last of the changes is not found: %v", ids)
	}
}

// What is asked of the clock again and again must not read all published jobs, also where nothing is known of the table's size.
func TestTheClockAsksTheIndexOfDeadlines(t *testing.T) {
	board, _ := newBoard(t, Jobs)
	for _, query := range []string{Jobs.query + Jobs.clockCondition, Jobs.nextClockChange} {
		var plan []struct{ Detail string }
		err := board.DB().NewQuery("EXPLAIN QUERY PLAN " + query).
			Bind(dbx.Params{"since": "2026-01-01 00:00:00.000Z", "now": "2026-01-01 00:00:01.000Z"}).All(&plan)
		if err != nil {
			t.Fatal(err)
		}
		details := fmt.Sprint(plan)
		if !strings.Contains(details, "idx_jobs_deadline (deadline>?") || strings.Contains(details, "idx_jobs_status") {
			t.Errorf("%s\nis planned as %s", query, details)
		}
	}
}
