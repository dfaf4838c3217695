package hooks_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/testapp"
)

const publishCron = "publish_scheduled_jobs"

// inThePast makes a time of jobs one that was missed.
func inThePast(t *testing.T, board *testapp.Board, field string, jobs ...*core.Record) {
	t.Helper()
	past := time.Now().UTC().Add(-time.Hour).Format(types.DefaultDateLayout)
	for _, job := range jobs {
		if _, err := board.NonconcurrentDB().Update(collections.Jobs, dbx.Params{field: past}, dbx.HashExp{"id": job.Id}).Execute(); err != nil {
			t.Fatal(err)
		}
	}
}

// Two processes publish a job at once, and again after a restart: it is published once. One that is invalid by then stays a draft, and
// its people are told once.
func TestScheduledJobsArePublishedByTheClock(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	draft := func(title string, values ...map[string]any) *core.Record {
		return board.Job(employer, title, append(values, map[string]any{"status": "draft"})...)
	}
	at := func(after time.Duration) map[string]any { return map[string]any{"publishAt": time.Now().Add(after)} }
	due, later, plain := draft("Due", at(time.Hour)), draft("Later", at(time.Hour)), draft("Plain")
	invalid := draft("Invalid", at(time.Hour), map[string]any{"deadline": time.Now().Add(time.Hour)})
	board.RunCron(publishCron)
	if got := board.Reload(due); got.GetString("status") != "draft" || got.GetString("publishAt") == "" {
		t.Fatalf("an hour before its time: %v", got)
	}
	inThePast(t, board, "publishAt", due, invalid)
	inThePast(t, board, "deadline", invalid)
	twin := board.Twin(hooks.Bind)
	var both sync.WaitGroup
	both.Go(func() { board.RunCron(publishCron) })
	both.Go(func() { twin.RunCron(publishCron) })
	both.Wait()
	board.RunCron(publishCron) // the slower may have failed, and tries again a minute later
	board = board.Restart(hooks.Bind)
	board.RunCron(publishCron)
	for _, c := range []struct {
		job  *core.Record
		want string
	}{{due, "published 1 false"}, {later, "draft 0 true"}, {plain, "draft 0 false"}, {invalid, "draft 0 false"}} {
		job := board.Reload(c.job)
		got := fmt.Sprint(job.GetString("status"), " ", job.GetInt("publicationCount"), " ", job.GetString("publishAt") != "")
		if got != c.want {
			t.Errorf("%s: %s, want %s", job.GetString("title"), got, c.want)
		}
	}
	if told := testapp.NotifiedUsers(t, board.TestApp, collections.KindJobNotPublished); !slices.Equal(told, []string{"acme-owner"}) {
		t.Errorf("told that it was not published: %v", told)
	}
	told, err := board.FindFirstRecordByData(collections.Notifications, "kind", collections.KindJobNotPublished)
	if err != nil || !strings.Contains(told.GetString("body"), "deadline: The deadline must be in the future.") ||
		told.GetString("title") != "Not published: Invalid" {
		t.Errorf("told: %v (%v)", told, err)
	}
	// Who closes it does not see it come back.
	board.Update(due, map[string]any{"status": "closed"})
	inThePast(t, board, "publishAt", due)
	board.RunCron(publishCron)
	if got := board.Reload(due).GetString("status"); got != "closed" {
		t.Errorf("the closed job is %s", got)
	}
}

// The people publish a draft, or change the plan, at the moment when the clock publishes it.
func TestTheClockAndThePeoplePublishAtOnce(t *testing.T) {
	p := newPipeline(t)
	p.Handler()
	token := p.Token(p.owner)
	for _, body := range []map[string]any{{"status": "published"}, {"publishAt": "2099-01-01 00:00:00.000Z"}} {
		for range 10 {
			job := p.Job(p.employer, p.fresh(), map[string]any{"status": "draft", "publishAt": time.Now().Add(-time.Minute)})
			var answer testapp.Response
			var both sync.WaitGroup
			both.Go(func() { answer = p.CallWithToken(token, "PATCH", testapp.Records(collections.Jobs, job.Id), body) })
			both.Go(func() { p.RunCron(publishCron) })
			both.Wait()
			p.RunCron(publishCron)
			stored := p.Reload(job)
			postponed := body["publishAt"] != nil && answer.Status == 200 && stored.GetString("status") == "draft"
			if postponed && stored.GetString("publishAt") == body["publishAt"] {
				continue
			}
			if stored.GetString("status") != "published" || stored.GetInt("publicationCount") != 1 || stored.GetString("publishAt") != "" {
				t.Errorf("%v: %d %s leaves %s, published %d times, planned for %q", body, answer.Status, answer.Raw,
					stored.GetString("status"), stored.GetInt("publicationCount"), stored.GetString("publishAt"))
			}
		}
	}
	if told := testapp.NotifiedUsers(t, p.TestApp, collections.KindJobNotPublished); told != nil {
		t.Errorf("told that a job was not published: %v", told)
	}
}
