package jobalerts_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/jobalerts"
	"jobboard/internal/search"
	"jobboard/internal/testapp"
)

// importJobs publishes n jobs of a source at a time, by plain SQL; every third wants the skill go.
func importJobs(t testing.TB, app core.App, employer *core.Record, source string, n int, publishedAt string) {
	t.Helper()
	_, err := app.NonconcurrentDB().NewQuery(`
		WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < {:n})
		INSERT INTO jobs (employer, title, description, workplace, jobType, skills, status, publishedAt, source, externalId)
		SELECT {:employer}, printf('%s %d', {:source}, i), '<p>Do.</p>', 'remote', 'full_time',
			iif(i % 3, '["java"]', iif(i % 6, '["go","ada"]', '["go","sql"]')), 'published', {:at}, {:source},
				(SELECT count(*) FROM jobs) + i
				FROM c`).
		Bind(dbx.Params{"n": n, "employer": employer.Id, "source": source, "at": publishedAt}).Execute()
	if err != nil {
		t.Fatal(err)
	}
}

// finished makes the imports of all sources count as finished, and earlier rounds d old.
func finished(t testing.TB, app core.App, d time.Duration) {
	t.Helper()
	testapp.SetColumn(t, app, "fanouts", "queued", testapp.Ago(time.Minute))
	testapp.SetColumn(t, app, "fanout_rounds", "began", testapp.Ago(d))
}

// runRounds announces all finished imports.
func runRounds(t testing.TB, app core.App) {
	t.Helper()
	for {
		more, err := jobalerts.RoundStep(app)
		if errors.Is(err, search.ErrBehind) {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return
		}
	}
}

func waitingFanOuts(t testing.TB, app core.App, batch string) (waiting int) {
	t.Helper()
	err := app.DB().NewQuery("SELECT COUNT(*) FROM fanouts WHERE batch = {:batch}").Bind(dbx.Params{"batch": batch}).Row(&waiting)
	if err != nil {
		t.Fatal(err)
	}
	return waiting
}

// An import notifies each seeker once, of the best matches, after it is finished. Jobs published by hand do not wait for it.
func TestAnImportIsNotifiedOfInOneSummary(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	ann, ben := board.Seeker("ann"), board.Seeker("ben")
	board.SetProfile(ann, map[string]any{"skills": []string{"go", "sql"}})
	board.SetProfile(board.Seeker("cobol"), map[string]any{"skills": []string{"cobol"}})
	board.Record(collections.SavedSearches, map[string]any{"seeker": ben.Id, "name": "All", "query": `{"q":"feed"}`,
		"frequency": "instant"})
	importJobs(t, board.TestApp, employer, "feed", 90, testapp.Ago(time.Hour))
	importJobs(t, board.TestApp, employer, "archive", 30, testapp.Ago(8*24*time.Hour))
	board.Job(employer, "Handmade", map[string]any{"skills": []string{"go"}})

	runRounds(t, board.TestApp) // not finished yet
	fanOutAll(t, board.TestApp)
	if got := testapp.NotifiedUsers(t, board.TestApp, collections.KindJobPublished); !slices.Equal(got, []string{"ann"}) {
		t.Fatalf("by hand: notified %v", got)
	}
	if old, fresh := waitingFanOuts(t, board.TestApp, "archive"), waitingFanOuts(t, board.TestApp, "feed"); old != 0 || fresh != 90 {
		t.Fatalf("%d jobs of old and %d new ones wait", old, fresh)
	}
	finished(t, board.TestApp, 0)
	runRounds(t, board.TestApp)
	if got := testapp.NotifiedUsers(t, board.TestApp, collections.KindJobPublished); !slices.Equal(got, []string{"ann", "ann", "ben"}) {
		t.Fatalf("notified %v", got)
	}
	summary := func(user *core.Record) (title, body string, jobs []string, count int) {
		notifications, err := board.FindRecordsByFilter(collections.Notifications, "user = {:user}", "-@rowid", 1, 0,
			dbx.Params{"user": user.Id})
		if err != nil || len(notifications) != 1 {
			t.Fatal(len(notifications), err)
		}
		var data struct {
			Jobs  []string
			Count int
		}
		if err := json.Unmarshal([]byte(notifications[0].GetString("data")), &data); err != nil {
			t.Fatal(err)
		}
		return notifications[0].GetString("title"), notifications[0].GetString("body"), data.Jobs, data.Count
	}
	title, body, jobs, count := summary(ann)
	if title != "30 new jobs that fit you" || count != 30 || len(jobs) != 10 || !strings.HasSuffix(body, "\nand 20 more") {
		t.Errorf("ann: %q, %q, %d jobs of %d", title, body, len(jobs), count)
	}
	for _, id := range jobs {
		job, err := board.FindRecordById(collections.Jobs, id)
		if err != nil || job.GetString("skills") != `["go","sql"]` {
			t.Errorf("ann is notified of %s first (%v)", job.GetString("skills"), err)
		}
	}
	if title, _, _, count := summary(ben); title != "90 new jobs that fit you" || count != 90 {
		t.Errorf("ben: %q, %d", title, count)
	}
	if waiting := fanOuts(t, board.TestApp); waiting != 0 {
		t.Errorf("%d jobs wait still", waiting)
	}

	// What comes within the hour waits for the next.
	importJobs(t, board.TestApp, employer, "feed", 3, testapp.Ago(time.Hour))
	finished(t, board.TestApp, 50*time.Minute)
	runRounds(t, board.TestApp)
	if got := len(testapp.NotifiedUsers(t, board.TestApp, collections.KindJobPublished)); got != 3 {
		t.Errorf("within the hour: %d are notified", got)
	}
	finished(t, board.TestApp, 61*time.Minute)
	runRounds(t, board.TestApp)
	if title, body, jobs, _ := summary(ann); title != "New job: feed 3 at Acme" || body != "Skills: go" || len(jobs) != 1 {
		t.Errorf("a single job: %q, %q, %v", title, body, jobs)
	}
}

func fanOuts(t testing.TB, app core.App) (waiting int) {
	t.Helper()
	if err := app.DB().NewQuery("SELECT COUNT(*) FROM fanouts").Row(&waiting); err != nil {
		t.Fatal(err)
	}
	return waiting
}

// After a crash in the middle, with another process running, everyone is notified once.
func TestARoundGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind)
	const n = jobalerts.RoundUserBatch + jobalerts.FanoutBatch + 7
	testapp.SeedSeekers(t, board.TestApp, n, "java")
	employer, _ := board.Employer("Acme")
	importJobs(t, board.TestApp, employer, "feed", 40, testapp.Ago(time.Hour))
	finished(t, board.TestApp, 0)
	for range 2 { // to begin, and the first people
		if more, err := jobalerts.RoundStep(board.TestApp); err != nil || !more {
			t.Fatal(more, err)
		}
	}
	if got := len(testapp.NotifiedUsers(t, board.TestApp, collections.KindJobPublished)); got != jobalerts.RoundUserBatch {
		t.Fatalf("one step has notified %d", got)
	}
	board = board.Restart(hooks.Bind)
	twin := board.Twin(hooks.Bind)
	done := make(chan error)
	go func() { _, err := jobalerts.RoundStep(twin.TestApp); done <- err }()
	runRounds(t, board.TestApp)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	runRounds(t, board.TestApp)
	var rows, users int
	err := board.DB().NewQuery("SELECT COUNT(*), COUNT(DISTINCT user) FROM notifications WHERE kind = 'job_published'").Row(&rows, &users)
	if err != nil || rows != n || users != n {
		t.Errorf("%d notifications for %d users, want %d each (%v)", rows, users, n, err)
	}
	if waiting := fanOuts(t, board.TestApp); waiting != 0 {
		t.Errorf("%d jobs wait still", waiting)
	}
}

// The work for an import does not grow with jobs times seekers. The test counts statements, since times vary.
func TestAnImportIsNotifiedOfByBatches(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind)
	const seekers, jobs = 300, 3_000
	testapp.SeedSeekers(t, board.TestApp, seekers, "java")
	employer, _ := board.Employer("Acme")
	importJobs(t, board.TestApp, employer, "feed", jobs, testapp.Ago(time.Hour))
	finished(t, board.TestApp, 0)
	began := time.Now()
	asked := testapp.Statements(t, board.TestApp, func() { runRounds(t, board.TestApp) })
	t.Logf("%d statements, %s", len(asked), time.Since(began))
	if len(asked) > 100 {
		t.Errorf("%d statements for %d jobs and %d seekers", len(asked), jobs, seekers)
	}
	if got := len(testapp.NotifiedUsers(t, board.TestApp, collections.KindJobPublished)); got != seekers {
		t.Errorf("%d notifications", got)
	}
}
