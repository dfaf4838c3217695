package hooks

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/actor"
	"jobboard/internal/deadline"
	"jobboard/internal/notify"
	"jobboard/internal/problem"
	"jobboard/internal/throttle"
	"jobboard/internal/workflow"
)

func bindJobs(app core.App) {
	app.OnRecordCreateRequest(collections.Jobs).BindFunc(fillEmployerOnJobCreateRequest)
	app.OnRecordCreateRequest(collections.Jobs).BindFunc(noteDeadlineDayOnJobRequest)
	app.OnRecordUpdateRequest(collections.Jobs).BindFunc(noteDeadlineDayOnJobRequest)
	app.OnRecordCreateRequest(collections.Jobs).BindFunc(readApplyEmailOnJobRequest)
	app.OnRecordUpdateRequest(collections.Jobs).BindFunc(readApplyEmailOnJobRequest)
	app.OnRecordUpdateRequest(collections.Jobs).BindFunc(limitPublishingOnJobUpdateRequest)
	app.OnRecordCreate(collections.Jobs).BindFunc(initializeJobOnCreate)
	app.OnRecordUpdate(collections.Jobs).BindFunc(applyJobUpdate)
	app.OnRecordDelete(collections.Jobs).BindFunc(refuseJobWithApplicationsOnDelete)
	bindEnricher(app, collections.Jobs, showHiddenFieldsOnEnrich)
}

// fillEmployerOnJobCreateRequest sets the caller's employer where the request names none and the caller has only one.
func fillEmployerOnJobCreateRequest(e *core.RecordRequestEvent) error {
	if e.Auth != nil && !e.Auth.IsSuperuser() && e.Record.GetString("employer") == "" {
		employer, err := collections.OnlyEmployerOf(e.App, e.Auth.Id)
		if err != nil {
			return err
		}
		e.Record.Set("employer", employer)
	}
	return e.Next()
}

// noteDeadlineDayOnJobRequest remembers a deadline given as a day, which PocketBase would turn into midnight UTC.
func noteDeadlineDayOnJobRequest(e *core.RecordRequestEvent) error {
	body, err := readBody(e)
	if err != nil {
		return err
	}
	if day, ok := body["deadline"].(string); ok && deadline.IsDate(day) {
		deadline.SetDate(e.Record, day)
	}
	return e.Next()
}

func limitPublishingOnJobUpdateRequest(e *core.RecordRequestEvent) error {
	from, to := e.Record.Original().GetString("status"), workflow.Parse(e.Record.GetString("status"))
	if to != workflow.Published || from == to {
		return e.Next()
	}
	return throttle.LimitPublishing(e.RequestEvent, e.Record.Id, e.Next)
}

func initializeJobOnCreate(e *core.RecordEvent) error {
	job := e.Record
	if err := normalizeJob(job); err != nil {
		return err
	}
	status := job.GetString("status")
	if status != workflow.Published && status != workflow.Draft {
		return invalidTransition("", workflow.InitialJobStatuses())
	}
	if err := requireFutureDeadline(job); err != nil {
		return err
	}
	job.Set("applicationCount", 0)
	return inTransaction(e, func(core.App) error { // digests rely on publishedAt being a time within the transaction
		if status == workflow.Published {
			if job.GetDateTime("publishedAt").IsZero() || !actor.Of(job).IsBoard() {
				job.Set("publishedAt", types.NowDateTime())
			}
			notePublication(job)
		}
		return nil
	}, nil)
}

func applyJobUpdate(e *core.RecordEvent) error {
	job := e.Record
	if err := normalizeJob(job); err != nil {
		return err
	}
	from, to, moved := statusMove(job)
	if !moved {
		if actor.Of(job).IsBoard() {
			correctPublication(job)
		}
		if job.GetString("deadline") != job.Original().GetString("deadline") {
			if err := requireFutureDeadline(job); err != nil {
				return err
			}
		}
		if job.GetString("publishAt") != job.Original().GetString("publishAt") { // the clock may be publishing it
			return inTransaction(e, func(tx core.App) error { return checkStatusUnchanged(tx, job, from) }, nil)
		}
		return e.Next()
	}
	return inTransaction(e, func(tx core.App) error {
		if err := checkStatusUnchanged(tx, job, from); err != nil {
			return err
		}
		party := jobParty(actor.Of(job))
		if !workflow.CanMoveJob(from, to, party) {
			return invalidTransition(from, workflow.NextJobStatuses(from, party))
		}
		if to == workflow.Published {
			job.Set("publishedAt", types.NowDateTime())
			notePublication(job)
			job.Set("closedAt", "")
			return requireFutureDeadline(job)
		}
		job.Set("closedAt", types.NowDateTime())
		return nil
	}, func(tx core.App) error {
		if to == workflow.Published {
			return nil
		}
		return notifyApplicantsJobClosed(tx, job)
	})
}

// jobParty returns the side that the actor is on. The API rules let only admins and the employer's people write a job.
func jobParty(who actor.Actor) workflow.Party {
	switch {
	case who.IsBoard():
		return workflow.System
	case who.IsAdmin():
		return workflow.Admin
	}
	return workflow.EmployerPeople
}

// normalizeJob brings the free-form fields of a job into their stored form and refuses values that have none.
func normalizeJob(job *core.Record) error {
	normalizeStatus(job)
	sanitiseRichText(job, "description")
	normalizeLine(job, "title")
	for _, normalize := range []func(*core.Record) error{
		normalizeSkills, normalizeLocations, normalizeApplicantCountries, checkSalaryRange, normalizeQuestions,
		normalizeApplyMethod, checkPublishAt,
	} {
		if err := normalize(job); err != nil {
			return err
		}
	}
	deadline.Resolve(job)
	return nil
}

// requireFutureDeadline refuses a deadline that has passed. It is for saves that publish the job or set the deadline: otherwise a
// job keeps a deadline that has passed.
func requireFutureDeadline(job *core.Record) error {
	closesAt := job.GetDateTime("deadline")
	if !closesAt.IsZero() && !closesAt.Time().After(time.Now()) {
		return problem.Field("deadline", problem.InvalidValue, "The deadline must be in the future.")
	}
	return nil
}

func notifyApplicantsJobClosed(tx core.App, job *core.Record) error {
	var seekers []string
	err := tx.DB().Select("seeker").From(collections.Applications).
		Where(dbx.HashExp{"job": job.Id}).
		AndWhere(dbx.Not(dbx.HashExp{"status": workflow.Withdrawn})).
		Column(&seekers)
	if err != nil {
		return fmt.Errorf("find the live applicants of job %s: %w", job.Id, err)
	}
	body := "The employer has closed it. Your application stays on record."
	if job.GetString("status") == workflow.Expired {
		body = "Its deadline has passed. Your application stays on record."
	}
	return notify.WriteMany(tx, notify.Notification{
		Kind:  collections.KindJobClosed,
		Title: fmt.Sprintf("%s is no longer accepting applications", job.GetString("title")),
		Body:  body,
		Data:  map[string]any{"job": job.Id, "employer": job.GetString("employer")},
		// However often a job is closed and published again, its applicants are notified once a day.
		Dedupe: fmt.Sprintf("job_closed:%s:%s", job.Id, job.GetDateTime("closedAt").Time().UTC().Format(time.DateOnly)),
	}, seekers...)
}

func refuseJobWithApplicationsOnDelete(e *core.RecordEvent) error {
	return inTransaction(e, func(tx core.App) error {
		count, err := tx.CountRecords(collections.Applications, dbx.HashExp{"job": e.Record.Id})
		if err != nil {
			return fmt.Errorf("count the applications of job %s: %w", e.Record.Id, err)
		}
		if count > 0 {
			return problem.Field("job", problem.JobHasApplications, "A job with applications can't be deleted. Close it instead.")
		}
		return nil
	}, nil)
}

// showHiddenFieldsOnEnrich shows how many have applied to those who manage the job: its employer's people and admins. They also see
// the address for applications by e-mail; of other callers, seekers do where it is the way to apply.
func showHiddenFieldsOnEnrich(e *core.RecordEnrichEvent) error {
	manages, err := managesJob(e)
	if err != nil {
		return err
	}
	asSeeker := e.RequestInfo != nil && e.RequestInfo.Auth != nil &&
		e.RequestInfo.Auth.GetString("role") == collections.RoleJobSeeker && e.Record.GetString("applyMethod") == collections.ApplyByEmail
	for name, shown := range map[string]bool{"applicationCount": manages, "applyEmail": manages || asSeeker} {
		if shown {
			e.Record.Unhide(name)
		} else {
			e.Record.Hide(name)
		}
	}
	return e.Next()
}

// MayManageJobs reports whether there may be jobs of which the caller, nil for a guest, is shown more than everybody else.
func MayManageJobs(caller *core.Record) bool {
	return actor.IsAdminOrSuperuser(caller) || caller != nil && caller.GetString("role") == collections.RoleEmployer
}

func managesJob(e *core.RecordEnrichEvent) (bool, error) {
	if e.RequestInfo == nil || !MayManageJobs(e.RequestInfo.Auth) {
		return false, nil
	}
	caller := e.RequestInfo.Auth
	if actor.IsAdminOrSuperuser(caller) {
		return true, nil
	}
	return collections.IsPersonOf(e.App, e.Record.GetString("employer"), caller.Id)
}
