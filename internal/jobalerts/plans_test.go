package jobalerts_test

import (
	"strings"
	"testing"
	"time"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/jobalerts"
	"jobboard/internal/realtime"
	"jobboard/internal/testapp"
)

// On a board that has grown since its tables were analysed, the statistics say that each table has one row. Lookups for each of thousands
// of people must use an index all the same: nothing may scan a table once per person.
func TestManyAreNotifiedByWhateverStatistics(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind, testapp.With(realtime.Bind, realtime.DefaultOptions()))
	employer, _ := board.Employer("Acme")
	ann, ben := board.Seeker("ann"), board.Seeker("ben")
	board.SetProfile(ann, map[string]any{"skills": []string{"go"}})
	saveSearch(t, board, ann, `{"q":"developer"}`, "daily")
	saveSearch(t, board, ben, `{"q":"developer"}`, "instant")
	values := map[string]any{"skills": []string{"go"}, "deadline": time.Now().Add(time.Hour)}
	job := board.Job(employer, "Developer", values)
	board.Job(employer, "Other Developer", values)
	board.Application(ann, job)
	board.Record(collections.SavedJobs, map[string]any{"seeker": ben.Id, "job": job.Id})
	testapp.EmptyStatistics(t, board.TestApp)
	for _, step := range []struct {
		name string
		kind string // what is notified
		do   func() error
	}{
		{"new jobs", collections.KindJobPublished, func() error { fanOutAll(t, board.TestApp); return nil }},
		{"a reminder", collections.KindDeadlineReminder, func() error { return jobalerts.RemindOfDeadlines(board.TestApp, time.Now()) }},
		{"digests", collections.KindJobDigest, func() error { return jobalerts.SendDigests(board.TestApp, time.Now().Add(time.Minute)) }},
		{"closing", collections.KindJobClosed, func() error { board.Update(job, map[string]any{"status": "closed"}); return nil }},
	} {
		asked := testapp.Statements(t, board.TestApp, func() {
			if err := step.do(); err != nil {
				t.Fatalf("%s: %v", step.name, err)
			}
		})
		if notified := testapp.NotifiedUsers(t, board.TestApp, step.kind); len(notified) == 0 {
			t.Errorf("%s: nobody is notified", step.name)
		}
		for _, statement := range asked {
			if scans := testapp.Scans(t, board.TestApp, statement); len(scans) > 0 && strings.Contains(statement, "FROM json_each('[") {
				t.Errorf("%s: %q in %s", step.name, scans, statement)
			}
		}
	}
}
