package hooks

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/actor"
	"jobboard/internal/problem"
	"jobboard/internal/workflow"
)

// submitApplicationOnCreate lets a seeker apply to an open job, and writes what belongs to it: the timeline, the job's
// applicationCount and the notifications.
func submitApplicationOnCreate(e *core.RecordEvent) error {
	application := e.Record
	normalizeStatus(application)
	if application.GetString("status") != workflow.Submitted {
		return invalidTransition("", []string{workflow.Submitted})
	}
	var job *core.Record
	return inTransaction(e, func(tx core.App) error {
		var err error
		if job, err = findOpenJob(tx, application); err != nil {
			return err
		}
		if err := checkApplicant(tx, application); err != nil {
			return err
		}
		if err := checkApplicationsPerDay(tx, application); err != nil {
			return err
		}
		if err := checkAnswers(application, job); err != nil {
			return err
		}
		application.Set("submittedAt", types.NowDateTime())
		application.Set("decidedAt", "")
		return nil
	}, func(tx core.App) error {
		if err := writeEvent(tx, application, ""); err != nil {
			return err
		}
		if err := recountApplications(tx, job.Id); err != nil {
			return err
		}
		if err := deleteWithdrawnDocuments(tx, application); err != nil {
			return err
		}
		return notifyEmployerPeople(tx, application, job,
			collections.KindApplicationSubmitted, "New application for %s", "%s has applied.")
	})
}

// findOpenJob returns the job applied to, if it takes applications. A draft is answered like a job that does not exist, since nobody
// outside may learn of it.
func findOpenJob(tx core.App, application *core.Record) (*core.Record, error) {
	id := application.GetString("job")
	if id == "" {
		return nil, problem.Field("job", problem.Required, "Cannot be blank.")
	}
	found, err := tx.FindRecordsByIds(collections.Jobs, []string{id})
	if err != nil {
		return nil, fmt.Errorf("find job %s: %w", id, err)
	}
	if len(found) == 0 || found[0].GetString("status") == workflow.Draft {
		return nil, problem.Field("job", problem.MissingRelation, "There is no such job.")
	}
	job := found[0]
	deadline := job.GetDateTime("deadline")
	late := !deadline.IsZero() && !deadline.Time().After(time.Now())
	if job.GetString("status") != workflow.Published || late {
		return nil, problem.Field("job", problem.JobNotOpen, "The job takes no applications any more.")
	}
	return job, nil
}

// checkApplicant lets only active job seekers apply, and each only once while the application is live.
func checkApplicant(tx core.App, application *core.Record) error {
	seeker, err := tx.FindRecordsByIds(collections.Users, []string{application.GetString("seeker")})
	if err != nil {
		return fmt.Errorf("find the seeker of the application: %w", err)
	}
	if len(seeker) == 0 || seeker[0].GetString("role") != collections.RoleJobSeeker || !seeker[0].GetDateTime("deactivatedAt").IsZero() {
		return problem.Field("seeker", problem.InvalidValue, "Must be an active job seeker.")
	}
	count, err := tx.CountRecords(collections.Applications,
		dbx.HashExp{"job": application.GetString("job"), "seeker": seeker[0].Id},
		dbx.Not(dbx.HashExp{"status": workflow.Withdrawn}))
	if err != nil {
		return fmt.Errorf("look for a live application: %w", err)
	}
	if count > 0 {
		return problem.Field("job", problem.AlreadyApplied, "You have already applied to this job.")
	}
	return nil
}

// maxApplicationsADay is how often one seeker may apply to one job in a day: each time the employer's people are notified.
const maxApplicationsADay = 5

func checkApplicationsPerDay(tx core.App, application *core.Record) error {
	if actor.Of(application).IsBoard() {
		return nil
	}
	yesterday := time.Now().Add(-24 * time.Hour).UTC().Format(types.DefaultDateLayout)
	count, err := tx.CountRecords(collections.Applications,
		dbx.HashExp{"seeker": application.GetString("seeker"), "job": application.GetString("job")},
		dbx.NewExp("[[created]] >= {:yesterday}", dbx.Params{"yesterday": yesterday}))
	if err != nil {
		return fmt.Errorf("count the day's applications to a job: %w", err)
	}
	if count >= maxApplicationsADay {
		return problem.Field("job", problem.LimitReached, "You have applied to this job too often today. Try again tomorrow.")
	}
	return nil
}

// deleteWithdrawnDocuments deletes the files of the applications that a seeker has withdrawn, once there is a new one to the same
// job.
func deleteWithdrawnDocuments(tx core.App, application *core.Record) error {
	earlier, err := tx.FindAllRecords(collections.Applications, dbx.HashExp{
		"seeker": application.GetString("seeker"), "job": application.GetString("job"), "status": workflow.Withdrawn,
	})
	if err != nil {
		return fmt.Errorf("find the withdrawn applications: %w", err)
	}
	for _, withdrawn := range earlier {
		if len(withdrawn.GetStringSlice("documents")) == 0 {
			continue
		}
		withdrawn.Set("documents", nil)
		if err := tx.Save(withdrawn); err != nil {
			return fmt.Errorf("drop the documents of application %s: %w", withdrawn.Id, err)
		}
	}
	return nil
}
