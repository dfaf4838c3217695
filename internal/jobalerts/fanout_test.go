package jobalerts_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/jobalerts"
	"jobboard/internal/testapp"
)

func bindJobAlerts(app core.App) { jobalerts.Bind(app, jobalerts.Options{}) }

// fanOutAll notifies the seekers of all pending jobs.
func fanOutAll(t testing.TB, app core.App) {
	t.Helper()
	for {
		more, err := jobalerts.FanOutStep(app)
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return
		}
	}
}

func field(t testing.TB, app core.App, slug string) string {
	t.Helper()
	record, err := app.FindFirstRecordByData(collections.FieldsOfInterest, "slug", slug)
	if err != nil {
		t.Fatal(err)
	}
	return record.Id
}

func TestPublishingTellsWhomTheJobFits(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	banking := field(t, board.TestApp, "banking")
	interested, other := board.Seeker("interested"), board.Seeker("other-interest")
	board.Record(collections.JobSeekerInterests, map[string]any{"seeker": interested.Id, "field": banking})
	board.Record(collections.JobSeekerInterests, map[string]any{"seeker": other.Id, "field": field(t, board.TestApp, "music")})
	board.SetProfile(board.Seeker("skilled"), map[string]any{"skills": []string{"go", "sql"}})
	board.SetProfile(board.Seeker("part-time-only"), map[string]any{"skills": []string{"go"}, "preferredJobTypes": []string{"part_time"}})
	board.SetProfile(board.Seeker("any-remote"), map[string]any{"preferredWorkplaces": []string{"remote"}})
	board.SetProfile(board.Seeker("blank"), map[string]any{})
	searcher := board.Seeker("searcher")
	for _, query := range []string{`{"q":"engineers"}`, `{"q":"engineer","workplace":"remote"}`} {
		board.Record(collections.SavedSearches, map[string]any{"seeker": searcher.Id, "name": "Mine", "query": query,
			"frequency": "instant"})
	}
	board.Record(collections.SavedSearches, map[string]any{
		"seeker": board.Seeker("daily-searcher").Id, "name": "Daily", "query": `{"q":"engineer"}`, "frequency": "daily"})
	gone := board.Seeker("gone")
	board.SetProfile(gone, map[string]any{"skills": []string{"go"}})
	board.Update(gone, map[string]any{"deactivatedAt": types.NowDateTime()})
	applicant := board.Seeker("applicant")
	board.SetProfile(applicant, map[string]any{"skills": []string{"go"}})

	draft := board.Job(employer, "Draft Engineer", map[string]any{"status": "draft", "skills": []string{"go"}})
	fanOutAll(t, board.TestApp)
	if got := testapp.NotifiedUsers(t, board.TestApp, collections.KindJobPublished); len(got) != 0 {
		t.Fatalf("notified of a draft: %v", got)
	}
	job := board.Update(draft, map[string]any{"status": "published", "publishedAt": types.NowDateTime(), "fields": []string{banking}})
	board.Application(applicant, job)
	fanOutAll(t, board.TestApp)
	want := []string{"any-remote", "interested", "searcher", "skilled"}
	if got := testapp.NotifiedUsers(t, board.TestApp, collections.KindJobPublished); !slices.Equal(got, want) {
		t.Fatalf("notified %v, want %v", got, want)
	}
	notification, err := board.FindFirstRecordByData(collections.Notifications, "user", interested.Id)
	if err != nil {
		t.Fatal(err)
	}
	if notification.GetString("title") != "New job: Draft Engineer at Acme" ||
		!strings.Contains(notification.GetString("body"), "Interests: Banking") {
		t.Errorf("notification: %q, %q", notification.GetString("title"), notification.GetString("body"))
	}

	// Republishing tells only who was not notified yet.
	board.Update(job, map[string]any{"status": "closed"})
	board.SetProfile(board.Seeker("newcomer"), map[string]any{"skills": []string{"go"}})
	board.Update(job, map[string]any{"status": "published"})
	fanOutAll(t, board.TestApp)
	want = []string{"any-remote", "interested", "newcomer", "searcher", "skilled"}
	if got := testapp.NotifiedUsers(t, board.TestApp, collections.KindJobPublished); !slices.Equal(got, want) {
		t.Errorf("after republishing %v, want %v", got, want)
	}
}

// After a crash in the middle, everyone is notified exactly once.
func TestFanOutGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind)
	const n = 3*jobalerts.FanoutBatch + 7
	testapp.SeedSeekers(t, board.TestApp, n, "python")
	employer, _ := board.Employer("Acme")
	board.Job(employer, "Developer", map[string]any{"skills": []string{"python"}})
	if more, err := jobalerts.FanOutStep(board.TestApp); err != nil || !more {
		t.Fatal(more, err)
	}
	if got := len(testapp.NotifiedUsers(t, board.TestApp, collections.KindJobPublished)); got != jobalerts.FanoutBatch {
		t.Fatalf("one step has notified %d, want %d", got, jobalerts.FanoutBatch)
	}
	board = board.Restart(hooks.Bind)
	fanOutAll(t, board.TestApp)
	var rows, users int
	err := board.DB().NewQuery("SELECT COUNT(*), COUNT(DISTINCT user) FROM {{notifications}} WHERE kind = 'job_published'").
		Row(&rows, &users)
	if err != nil {
		t.Fatal(err)
	}
	if rows != n || users != n {
		t.Errorf("%d notifications for %d users, want %d each", rows, users, n)
	}
}

// A seeker with the maximum number of instant searches does not delay others: one step covers more searches than that.
func TestInstantSearchesOfOneHoldUpNobody(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	many, few := board.Seeker("many"), board.Seeker("few")
	for range 50 {
		saveSearch(t, board, many, `{"q":"baker"}`, "instant")
	}
	last := saveSearch(t, board, few, `{"q":"baker"}`, "instant")
	_, err := board.NonconcurrentDB().Update(collections.SavedSearches, dbx.Params{"id": "zzzzzzzzzzzzzzz"},
		dbx.HashExp{"id": last.Id}).Execute()
	if err != nil {
		t.Fatal(err)
	}
	board.Job(employer, "Baker")
	for range 2 { // one step for seekers' profiles, one for the searches
		if _, err := jobalerts.FanOutStep(board.TestApp); err != nil {
			t.Fatal(err)
		}
	}
	if notified := testapp.NotifiedUsers(t, board.TestApp, collections.KindJobPublished); !slices.Equal(notified, []string{"few", "many"}) {
		t.Errorf("notified: %v", notified)
	}
}
