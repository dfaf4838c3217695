package hooks_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/testapp"
)

const expireCron = "expire_jobs_past_deadline"

// Two processes expire a job at once, and again after a restart: it closes once, and its applicants are notified once.
func TestJobsExpireAfterTheirDeadline(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind)
	deadline := map[string]any{"deadline": time.Now().Add(time.Hour)}
	employer, _ := board.Employer("Acme")
	overdue, later := board.Job(employer, "Soon", deadline), board.Job(employer, "Later", deadline)
	draft := board.Job(employer, "Draft", deadline, map[string]any{"status": "draft"})
	board.Application(board.Seeker("applicant"), overdue)
	board.RunCron(expireCron)
	if got := board.Reload(overdue).GetString("status"); got != "published" {
		t.Fatalf("an hour before its deadline the job is %s", got)
	}
	inThePast(t, board, "deadline", overdue, draft) // the minutes before were missed
	twin := board.Twin(hooks.Bind)
	var both sync.WaitGroup
	both.Go(func() { board.RunCron(expireCron) })
	both.Go(func() { twin.RunCron(expireCron) })
	both.Wait()
	board.RunCron(expireCron) // the slower may have failed, and tries again a minute later
	board = board.Restart(hooks.Bind)
	board.RunCron(expireCron)
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

// While the clock expires one job, another that is due as well gets a later deadline.
func TestAJobThatIsRenewedInTimeDoesNotExpire(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind)
	deadline := map[string]any{"deadline": time.Now().Add(time.Hour)}
	employer, _ := board.Employer("Acme")
	first, second := board.Job(employer, "First", deadline), board.Job(employer, "Second", deadline)
	inThePast(t, board, "deadline", first, second)
	board.OnRecordAfterUpdateSuccess(collections.Jobs).BindFunc(func(e *core.RecordEvent) error {
		later := dbx.Params{"deadline": "2099-01-01 00:00:00.000Z"}
		_, err := board.NonconcurrentDB().Update(collections.Jobs, later, dbx.HashExp{"status": "published"}).Execute()
		return errors.Join(err, e.Next())
	})
	board.RunCron(expireCron)
	got := []string{board.Reload(first).GetString("status"), board.Reload(second).GetString("status")}
	slices.Sort(got) // whichever came first
	if !slices.Equal(got, []string{"expired", "published"}) {
		t.Errorf("the jobs are %v", got)
	}
}
