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
	"jobboard/internal/localtime"
	"jobboard/internal/notify"
	"jobboard/internal/workflow"
)

func bindJobSchedule(app core.App) {
	background.Schedule(app, "publish_scheduled_jobs", "* * * * *", publishScheduledJobs)
}

var scheduledJobs = dueJobs{workflow.Draft, "publishAt", "idx_jobs_publish_at"}

// publishScheduledJobs publishes the drafts whose publishAt has come. The board does it as an ordinary change of each job, so that all
// that follows a publication follows here too.
func publishScheduledJobs(app core.App, now time.Time) error {
	return scheduledJobs.each(app, now, publishScheduledJob)
}

// publishScheduledJob publishes a draft or, if it is invalid by now, leaves it a draft and notifies the employer's people.
func publishScheduledJob(app core.App, id string, now types.DateTime) error {
	var invalid validation.Errors
	err := scheduledJobs.with(app, id, now, func(tx core.App, job *core.Record) error {
		job.Set("status", workflow.Published)
		return tx.Save(job)
	})
	if !errors.As(err, &invalid) {
		return err
	}
	return scheduledJobs.with(app, id, now, func(tx core.App, job *core.Record) error {
		planned := job.GetDateTime("publishAt")
		// Not by a save, which would refuse the job for the same reason.
		_, err := tx.NonconcurrentDB().Update(collections.Jobs, dbx.Params{"publishAt": ""}, dbx.HashExp{"id": id}).Execute()
		if err != nil {
			return fmt.Errorf("drop the plan: %w", err)
		}
		return notifyNotPublished(tx, job, planned, invalid)
	})
}

func notifyNotPublished(tx core.App, job *core.Record, planned types.DateTime, invalid validation.Errors) error {
	employer, err := tx.FindRecordById(collections.Employers, job.GetString("employer"))
	if err != nil {
		return fmt.Errorf("find the employer: %w", err)
	}
	people, err := collections.PeopleRecordsOf(tx, employer)
	if err != nil {
		return err
	}
	reasons := make([]string, 0, len(invalid))
	for field, reason := range invalid {
		reasons = append(reasons, field+": "+reason.Error())
	}
	slices.Sort(reasons)
	for _, user := range people {
		when := localtime.Format(planned.Time(), localtime.Zone(user, job))
		err := notify.WriteTo(tx, notify.Notification{
			Kind:  collections.KindJobNotPublished,
			Title: collections.Truncate("Not published: "+job.GetString("title"), collections.MaxNotificationTitle),
			Body: collections.Truncate("It was to be published on "+when+" and is still a draft.\n"+
				strings.Join(reasons, "\n"), collections.MaxNotificationBody),
			Data:   map[string]any{"job": job.Id, "employer": employer.Id},
			Dedupe: "job_not_published:" + job.Id + ":" + planned.String(),
		}, user)
		if err != nil {
			return err
		}
	}
	return nil
}
