package hooks

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/background"
	"jobboard/internal/notify"
	"jobboard/internal/workflow"
)

func bindJobSchedule(app core.App) {
	background.Schedule(app, "publish_scheduled_jobs", "* * * * *", publishScheduledJobs)
}

// publishScheduledJobs publishes the drafts whose publishAt has come. The board does it as an ordinary change of each job, so that all
// that follows a publication follows here too. A missed minute is made up for by the next, which finds every draft that is due.
func publishScheduledJobs(app core.App, now time.Time) error {
	clock, err := types.ParseDateTime(now)
	if err != nil {
		return fmt.Errorf("read the clock: %w", err)
	}
	var due []string
	err = app.DB().NewQuery(`
		SELECT id FROM {{jobs}} WHERE status = 'draft' AND [[publishAt]] != '' AND [[publishAt]] <= {:now} ORDER BY [[publishAt]]`).
		Bind(dbx.Params{"now": clock.String()}).Column(&due)
	if err != nil {
		return fmt.Errorf("find the jobs to publish: %w", err)
	}
	var failed []error
	for _, id := range due {
		if err := publishScheduledJob(app, id, clock); err != nil {
			failed = append(failed, fmt.Errorf("publish job %s: %w", id, err)) // one failure must not hold back the others
		}
	}
	return errors.Join(failed...)
}

// publishScheduledJob publishes a draft or, if it is invalid by now, leaves it a draft and notifies the employer's people.
func publishScheduledJob(app core.App, id string, now types.DateTime) error {
	var invalid validation.Errors
	err := withDueDraft(app, id, now, func(tx core.App, job *core.Record) error {
		job.Set("status", workflow.Published)
		return tx.Save(job)
	})
	if !errors.As(err, &invalid) {
		return err
	}
	return withDueDraft(app, id, now, func(tx core.App, job *core.Record) error {
		planned := job.GetDateTime("publishAt")
		// Not by a save, which would refuse the job for the same reason.
		_, err := tx.NonconcurrentDB().Update(collections.Jobs, dbx.Params{"publishAt": ""}, dbx.HashExp{"id": id}).Execute()
		if err != nil {
			return fmt.Errorf("drop the plan: %w", err)
		}
		return notifyNotPublished(tx, job, planned, invalid)
	})
}

// withDueDraft runs do with a draft that is still due, in one transaction.
func withDueDraft(app core.App, id string, now types.DateTime, do func(tx core.App, job *core.Record) error) error {
	return app.RunInTransaction(func(tx core.App) error {
		// Writing first makes the transaction wait for other writers here, and so see what they have changed.
		result, err := tx.NonconcurrentDB().NewQuery(`UPDATE {{jobs}} SET status = status
			WHERE id = {:job} AND status = 'draft' AND [[publishAt]] != '' AND [[publishAt]] <= {:now}`).
			Bind(dbx.Params{"job": id, "now": now.String()}).Execute()
		if err != nil {
			return fmt.Errorf("lock the job: %w", err)
		}
		if due, err := result.RowsAffected(); err != nil || due == 0 { // somebody has published it, or has other plans
			return err
		}
		job, err := tx.FindRecordById(collections.Jobs, id)
		if err != nil {
			return fmt.Errorf("find the job: %w", err)
		}
		return do(tx, job)
	})
}

func notifyNotPublished(tx core.App, job *core.Record, planned types.DateTime, invalid validation.Errors) error {
	employer, err := tx.FindRecordById(collections.Employers, job.GetString("employer"))
	if err != nil {
		return fmt.Errorf("find the employer: %w", err)
	}
	people, err := collections.PeopleOf(tx, employer)
	if err != nil {
		return err
	}
	reasons := make([]string, 0, len(invalid))
	for field, reason := range invalid {
		reasons = append(reasons, field+": "+reason.Error())
	}
	slices.Sort(reasons)
	return notify.Write(tx, notify.Notification{
		Kind:  collections.KindJobNotPublished,
		Title: collections.Truncate("Not published: "+job.GetString("title"), collections.MaxNotificationTitle),
		Body: collections.Truncate("It was to be published on "+planned.Time().UTC().Format("2 January 2006, 15:04 MST")+
			" and is still a draft.\n"+strings.Join(reasons, "\n"), collections.MaxNotificationBody),
		Data:   map[string]any{"job": job.Id, "employer": employer.Id},
		Dedupe: "job_not_published:" + job.Id + ":" + planned.String(),
	}, people...)
}
