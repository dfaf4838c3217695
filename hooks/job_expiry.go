package hooks

import (
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/background"
	"jobboard/internal/workflow"
)

func bindJobExpiry(app core.App) {
	background.Schedule(app, "expire_jobs_past_deadline", "* * * * *", expireJobs)
}

// expireJobs expires the published jobs whose deadline has passed. The board does it as an ordinary change of each job, so that the
// job's hooks close it and notify its applicants. A missed minute is made up for by the next, which finds every overdue job.
func expireJobs(app core.App, now time.Time) error {
	clock, err := types.ParseDateTime(now)
	if err != nil {
		return fmt.Errorf("read the clock: %w", err)
	}
	var overdue []string
	err = app.DB().NewQuery(`
		SELECT id FROM {{jobs}} WHERE status = 'published' AND deadline != '' AND deadline <= {:now} ORDER BY deadline`).
		Bind(dbx.Params{"now": clock.String()}).Column(&overdue)
	if err != nil {
		return fmt.Errorf("find the jobs past their deadline: %w", err)
	}
	var failed []error
	for _, id := range overdue {
		if err := expireJob(app, id); err != nil {
			failed = append(failed, fmt.Errorf("expire job %s: %w", id, err)) // one failure must not keep the others published
		}
	}
	return errors.Join(failed...)
}

func expireJob(app core.App, id string) error {
	return app.RunInTransaction(func(tx core.App) error {
		// Writing first makes the transaction wait for other writers here, and so see what they have changed.
		result, err := tx.NonconcurrentDB().NewQuery("UPDATE {{jobs}} SET status = status WHERE id = {:job} AND status = 'published'").
			Bind(dbx.Params{"job": id}).Execute()
		if err != nil {
			return fmt.Errorf("lock the job: %w", err)
		}
		if open, err := result.RowsAffected(); err != nil || open == 0 { // it was closed, or expired by another process
			return err
		}
		job, err := tx.FindRecordById(collections.Jobs, id)
		if err != nil {
			return fmt.Errorf("find the job: %w", err)
		}
		job.Set("status", workflow.Expired)
		return tx.Save(job)
	})
}
