package hooks_test

import (
	"slices"
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

// Two processes expire a job at once, and again after a restart: it closes once, and its applicants are notified once.
func TestJobsExpireAfterTheirDeadline(t *testing.T) {
	t.Parallel()
	const cron = "expire_jobs_past_deadline"
	board := testapp.NewBoard(t, hooks.Bind)
	deadline := map[string]any{"deadline": time.Now().Add(time.Hour)}
	employer, _ := board.Employer("Acme")
	overdue, later := board.Job(employer, "Soon", deadline), board.Job(employer, "Later", deadline)
	draft := board.Job(employer, "Draft", deadline, map[string]any{"status": "draft"})
	board.Application(board.Seeker("applicant"), overdue)
	board.RunCron(cron)
	if got := board.Reload(overdue).GetString("status"); got != "published" {
		t.Fatalf("an hour before its deadline the job is %s", got)
	}
	past := time.Now().UTC().Add(-time.Hour).Format(types.DefaultDateLayout) // the minutes before were missed
	_, err := board.NonconcurrentDB().Update(collections.Jobs, dbx.Params{"deadline": past}, dbx.In("id", overdue.Id, draft.Id)).Execute()
	if err != nil {
		t.Fatal(err)
	}
	twin := board.Twin(hooks.Bind)
	var both sync.WaitGroup
	both.Go(func() { board.RunCron(cron) })
	both.Go(func() { twin.RunCron(cron) })
	both.Wait()
	board.RunCron(cron) // the slower may have failed, and tries again a minute later
	board = board.Restart(hooks.Bind)
	board.RunCron(cron)
	for _, c := range []struct {
		job  *core.Record
		want string
	}{{overdue, "expired"}, {later, "published"}, {draft, "draft"}} {
		if got := board.Reload(c.job).GetString("status"); got != c.want {
			t.Errorf("%s is %s, want %s", c.job.GetString("title"), got, c.want)
		}
	}
	if told := testapp.NotifiedUsers(t, board.TestApp, collections.KindJobClosed); !slices.Equal(told, []string{"applicant"}) {
		t.Errorf("notified of the end: %v", told)
	}
}
