package hooks

import (
	"fmt"
	"strings"
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
	var job, seeker *core.Record
	var earlier earlierApplications
	return inTransaction(e, func(tx core.App) error {
		var err error
		if job, err = findOpenJob(tx, application); err != nil {
			return err
		}
		if seeker, err = findApplicant(tx, application); err != nil {
			return err
		}
		if earlier, err = countEarlierApplications(tx, application); err != nil {
			return err
		}
		if err := earlier.check(actor.Of(application)); err != nil {
			return err
		}
		if err := checkAnswers(application, job); err != nil {
			return err
		}
		application.Set("submittedAt", types.NowDateTime())
		application.Set("decidedAt", "")
		return nil
	}, func(tx core.App) error {
		if err := writeEvent(tx, application, "", seeker); err != nil {
			return err
		}
		if err := recountApplications(tx, job.Id); err != nil {
			return err
		}
		if earlier.WithDocuments > 0 {
			if err := deleteWithdrawnDocuments(tx, application); err != nil {
				return err
			}
		}
		return notifyOfNewApplication(tx, application, job, seeker)
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
	if appliesElsewhere(job) {
		return nil, problem.Field("job", problem.AppliesElsewhere,
			"Applications to this job are not taken here: see its applyMethod.")
	}
	return job, nil
}

// findApplicant returns the user who applies. Only active job seekers may.
func findApplicant(tx core.App, application *core.Record) (*core.Record, error) {
	seeker, err := tx.FindRecordsByIds(collections.Users, []string{application.GetString("seeker")})
	if err != nil {
		return nil, fmt.Errorf("find the seeker of the application: %w", err)
	}
	if len(seeker) == 0 || seeker[0].GetString("role") != collections.RoleJobSeeker || !seeker[0].GetDateTime("deactivatedAt").IsZero() {
		return nil, problem.Field("seeker", problem.InvalidValue, "Must be an active job seeker.")
	}
	return seeker[0], nil
}

// earlierApplications says how often a seeker has applied to a job before.
type earlierApplications struct {
	Live          int `db:"live"`
	SinceADay     int `db:"sinceADay"`
	WithDocuments int `db:"withDocuments"` // withdrawn, but their files are still there
}

// countEarlierApplications counts by an index that leads to the applications of this seeker to this job alone: either may have many.
func countEarlierApplications(tx core.App, application *core.Record) (found earlierApplications, err error) {
	err = tx.DB().NewQuery(`
		SELECT count(CASE WHEN status != {:withdrawn} THEN 1 END) AS live,
			count(CASE WHEN created >= {:yesterday} THEN 1 END) AS [[sinceADay]],
			count(CASE WHEN status = {:withdrawn} AND documents NOT IN ('', '[]') THEN 1 END) AS [[withDocuments]]
		FROM {{applications}} INDEXED BY [[idx_applications_job_status]]
		WHERE job = {:job} AND status IN ('` + strings.Join(workflow.ApplicationStatuses(), "', '") + `') AND seeker = {:seeker}`).
		Bind(dbx.Params{
			"job": application.GetString("job"), "seeker": application.GetString("seeker"), "withdrawn": workflow.Withdrawn,
			"yesterday": time.Now().Add(-24 * time.Hour).UTC().Format(types.DefaultDateLayout),
		}).One(&found)
	if err != nil {
		return found, fmt.Errorf("count the seeker's earlier applications to the job: %w", err)
	}
	return found, nil
}

// maxApplicationsADay is how often one seeker may apply to one job in a day: each time the employer's people are notified.
const maxApplicationsADay = 5

// check refuses a second live application, and too many in a day unless the board itself writes them.
func (e *earlierApplications) check(who actor.Actor) error {
	if e.Live > 0 {
		return problem.Field("job", problem.AlreadyApplied, "You have already applied to this job.")
	}
	if e.SinceADay >= maxApplicationsADay && !who.IsBoard() {
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
