package hooks

import (
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/internal/background"
	"jobboard/internal/workflow"
)

func bindJobExpiry(app core.App) {
	background.Schedule(app, "expire_jobs_past_deadline", "* * * * *", expireJobs)
}

var overdueJobs = dueJobs{workflow.Published, "deadline", "idx_jobs_deadline"}

// expireJobs expires the published jobs whose deadline has passed. The board does it as an ordinary change of each job, so that the
// job's hooks close it and notify its applicants.
func expireJobs(app core.App, now time.Time) error { return overdueJobs.each(app, now, expireJob) }

func expireJob(app core.App, id string, now types.DateTime) error {
	return overdueJobs.with(app, id, now, func(tx core.App, job *core.Record) error {
		job.Set("status", workflow.Expired)
		return tx.Save(job)
	})
}
