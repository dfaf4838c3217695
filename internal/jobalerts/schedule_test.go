package jobalerts_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/jobalerts"
	"jobboard/internal/testapp"
)

// byTheClock runs a scheduled job for a given time, on two processes at once and again after a restart.
func byTheClock(t *testing.T, board *testapp.Board, at time.Time, do func(core.App, time.Time) error) *testapp.Board {
	t.Helper()
	twin := board.Twin(hooks.Bind)
	var both sync.WaitGroup
	for _, app := range []core.App{board.TestApp, twin.TestApp} {
		both.Go(func() { _ = do(app, at) }) // the slower may fail, and try again a minute later
	}
	both.Wait()
	if err := do(board.TestApp, at); err != nil {
		t.Fatal(err)
	}
	board = board.Restart(hooks.Bind)
	if err := do(board.TestApp, at); err != nil {
		t.Fatal(err)
	}
	return board
}

func TestReminders(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind)
	deadline := time.Now().Add(240 * time.Hour)
	employer, _ := board.Employer("Acme")
	job := board.Job(employer, "Soon", map[string]any{"deadline": deadline})
	board.Job(employer, "Later", map[string]any{"deadline": deadline.Add(2 * time.Hour)})
	board.Job(employer, "Draft", map[string]any{"deadline": deadline, "status": "draft"})
	saver, applicant := board.Seeker("saver"), board.Seeker("applicant")
	for _, seeker := range []*core.Record{saver, applicant} {
		board.Record(collections.SavedJobs, map[string]any{"seeker": seeker.Id, "job": job.Id})
	}
	board.Application(applicant, job)
	var reminded []string
	const day = 24 * time.Hour
	owner := func(times int, more ...string) []string {
		return append(slices.Repeat([]string{"acme-owner"}, times), more...)
	}
	for _, step := range []struct {
		at       time.Time
		reminded []string
	}{
		{deadline.Add(-7*day - time.Minute), nil},
		{deadline.Add(-7*day + time.Hour), owner(1)},   // the minutes before were missed
		{deadline.Add(-7*day + 2*time.Hour), owner(2)}, // of the later one
		{deadline.Add(-2*day - time.Minute), owner(2)},
		{deadline.Add(-47 * time.Hour), owner(3, "saver")},
		{deadline.Add(-46*time.Hour - time.Minute), owner(3, "saver")},
		{deadline.Add(-46 * time.Hour), owner(4, "saver")},
		{deadline.Add(-time.Minute), owner(4, "saver")},
		{deadline.Add(time.Hour), owner(4, "saver")},
		{deadline.Add(90 * time.Minute), owner(4, "saver")},
	} {
		board = byTheClock(t, board, step.at, jobalerts.RemindOfDeadlines)
		name := step.at.Sub(deadline).Round(time.Minute)
		if reminded = testapp.NotifiedUsers(t, board.TestApp, collections.KindDeadlineReminder); !slices.Equal(reminded, step.reminded) {
			t.Errorf("%s: reminded %v, want %v", name, reminded, step.reminded)
		}
	}
}

// The people know of a deadline that is near from the start; seekers who save the job do not.
func TestPeopleAreNotRemindedOfWhatTheyHaveJustSaid(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	in := func(hours int) map[string]any {
		return map[string]any{"deadline": time.Now().Add(time.Duration(hours) * time.Hour)}
	}
	mustRemind := func(what string, after int, want ...string) {
		t.Helper()
		if err := jobalerts.RemindOfDeadlines(board.TestApp, time.Now().Add(time.Duration(after)*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if got := testapp.NotifiedUsers(t, board.TestApp, collections.KindDeadlineReminder); !slices.Equal(got, want) {
			t.Errorf("%s: reminded %v, want %v", what, got, want)
		}
	}
	tomorrow := board.Job(employer, "Tomorrow", in(24))
	board.Record(collections.SavedJobs, map[string]any{"seeker": board.Seeker("saver").Id, "job": tomorrow.Id})
	mustRemind("a deadline of tomorrow", 0, "saver")
	soon := board.Job(employer, "Soon", in(120))
	mustRemind("in five days", 0, "saver")
	mustRemind("which are over", 73, "acme-owner", "saver")
	board.Update(soon, in(100))
	mustRemind("set to a nearer one", 60, "acme-owner", "saver")
	open := board.Job(employer, "Open")
	board.Update(open, in(47))
	mustRemind("set at last", 1, "acme-owner", "saver")
	late := board.Job(employer, "Late", in(24*30))
	mustRemind("the board was down for weeks", 24*29, "acme-owner", "acme-owner", "saver") // of two days alone
	board.Update(late, map[string]any{"status": "closed"})
	board.Update(late, map[string]any{"status": "published"})
	mustRemind("published again", 24*29, "acme-owner", "acme-owner", "saver")
}

// A deadline that is postponed by days gets a new reminder.
func TestANewDeadlineIsRemindedOfAnew(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	deadline := time.Now().Add(72 * time.Hour)
	job := board.Job(employer, "Baker", map[string]any{"deadline": deadline})
	count := func(at time.Time) int {
		if err := jobalerts.RemindOfDeadlines(board.TestApp, at); err != nil {
			t.Fatal(err)
		}
		return len(testapp.NotifiedUsers(t, board.TestApp, collections.KindDeadlineReminder))
	}
	if got := count(deadline.Add(-40 * time.Hour)); got != 1 {
		t.Fatalf("%d reminders", got)
	}
	board.Update(job, map[string]any{"deadline": deadline.Add(3 * time.Hour)})
	if got := count(deadline.Add(-39 * time.Hour)); got != 1 {
		t.Errorf("moved by hours: %d reminders", got)
	}
	board.Update(job, map[string]any{"deadline": deadline.Add(96 * time.Hour)})
	if got := count(deadline.Add(20 * time.Hour)); got != 1 {
		t.Errorf("too early for the new deadline: %d reminders", got)
	}
	if got := count(deadline.Add(60 * time.Hour)); got != 2 {
		t.Errorf("near the new deadline: %d reminders", got)
	}
}

func TestDigestsListNewHitsOnce(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	start := time.Now().Add(-time.Minute).UTC().Truncate(time.Millisecond)
	board.Job(employer, "Go developer of old")
	var searches []*core.Record
	for _, frequency := range collections.Frequencies() {
		searches = append(searches, board.Record(collections.SavedSearches, map[string]any{
			"seeker": board.Seeker(frequency).Id, "name": "Go", "query": `{"q":"go","jobType":["full_time","contract"]}`,
			"frequency": frequency}))
	}
	testapp.SetColumn(t, board.TestApp, "saved_searches", "created", start.Format("2006-01-02 15:04:05.000Z"))
	publish := func(title string, after time.Duration, values ...map[string]any) {
		job := board.Job(employer, title, values...)
		_, err := board.NonconcurrentDB().Update(collections.Jobs,
			dbx.Params{"publishedAt": start.Add(after).Format("2006-01-02 15:04:05.000Z")}, dbx.HashExp{"id": job.Id}).Execute()
		if err != nil {
			t.Fatal(err)
		}
	}
	const day = 24 * time.Hour
	publish("Go developer", time.Hour)
	publish("Go tester", time.Hour, map[string]any{"jobType": "part_time"})
	publish("Baker", time.Hour)
	var digests []string
	for _, step := range []struct {
		name  string
		at    time.Duration
		first func()
		want  []string // who is notified what, of all so far
	}{
		{"before a day", day - time.Minute, nil, nil},
		{"after a day", day, nil, []string{"daily: Go developer, Acme"}},
		{"a bit later", day + time.Hour, nil, []string{"daily: Go developer, Acme"}},
		{"nothing new", 2*day + time.Hour, nil, []string{"daily: Go developer, Acme"}},
		{"after days without a run", 6 * day, func() { publish("Go lead", 3*day); publish("Go intern", 4*day) },
			[]string{"daily: Go developer, Acme", "daily: Go intern, Acme\nGo lead, Acme"}},
		{"after a week", 7 * day, nil,
			[]string{"daily: Go developer, Acme", "daily: Go intern, Acme\nGo lead, Acme",
				"weekly: Go intern, Acme\nGo lead, Acme\nGo developer, Acme"}},
		{"a week of nothing", 15 * day, nil,
			[]string{"daily: Go developer, Acme", "daily: Go intern, Acme\nGo lead, Acme",
				"weekly: Go intern, Acme\nGo lead, Acme\nGo developer, Acme"}},
	} {
		if step.first != nil {
			step.first()
		}
		board = byTheClock(t, board, start.Add(step.at), jobalerts.SendDigests)
		digests = nil
		err := board.DB().NewQuery(`SELECT u.name || ': ' || n.body FROM notifications n JOIN users u ON u.id = n.user
			WHERE n.kind = 'job_digest' ORDER BY u.name, n.rowid`).Column(&digests)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(digests, step.want) {
			t.Errorf("%s: %q, want %q", step.name, digests, step.want)
		}
	}
	for i, search := range searches {
		sent := board.Reload(search).GetDateTime("lastSentAt")
		if due := i == 1 || i == 2; due == sent.IsZero() {
			t.Errorf("%s was last sent at %q", search.GetString("frequency"), sent)
		}
	}
}

// One run sends every due search, however many there are.
func TestManyDigests(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	seeker := board.Seeker("seeker")
	const n = jobalerts.DigestBatch + 50
	for i := range n {
		board.Record(collections.SavedSearches, map[string]any{"seeker": seeker.Id, "name": fmt.Sprint(i), "query": `{"q":"go"}`,
			"frequency": "daily"})
	}
	testapp.SetColumn(t, board.TestApp, "saved_searches", "created", testapp.Ago(time.Hour))
	board.Job(employer, "Go developer")
	if err := jobalerts.SendDigests(board.TestApp, time.Now().Add(24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got := len(testapp.NotifiedUsers(t, board.TestApp, collections.KindJobDigest)); got != n {
		t.Errorf("%d digests, want %d", got, n)
	}
}

// A seeker with many searches does not delay the digests of others.
func TestDigestsTakeTurns(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	many, few := board.Seeker("many"), board.Seeker("few")
	saveSearch(t, board, few, `{"q":"go"}`, "daily")
	for range 60 {
		saveSearch(t, board, many, `{"q":"go"}`, "daily")
	}
	_, err := board.NonconcurrentDB().NewQuery(
		"UPDATE digest_positions SET seq = seq + (search NOT IN (SELECT id FROM saved_searches WHERE seeker = {:few}))").
		Bind(dbx.Params{"few": few.Id}).Execute() // many's are the newest, and so the first
	if err != nil {
		t.Fatal(err)
	}
	board.Job(employer, "Baker")
	board.Job(employer, "Go developer")
	if err := jobalerts.SendDigests(board.TestApp, time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	var before int
	err = board.DB().NewQuery("SELECT count(*) FROM notifications WHERE rowid < (SELECT rowid FROM notifications WHERE user = {:few})").
		Bind(dbx.Params{"few": few.Id}).Row(&before)
	if notified := testapp.NotifiedUsers(t, board.TestApp, collections.KindJobDigest); err != nil || before != 20 || len(notified) != 61 {
		t.Errorf("%d of %d digests came first (%v)", before, len(notified), err)
	}
}
