package hooks

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/account"
	"jobboard/internal/actor"
	"jobboard/internal/mail"
	"jobboard/internal/notify"
	"jobboard/internal/problem"
	"jobboard/internal/workflow"
)

const maxNote = 5_000 // characters, as application_events.note

func bindApplications(app core.App) {
	app.OnRecordUpdateRequest(collections.Applications).BindFunc(readNoteOnApplicationUpdateRequest)
	app.OnRecordUpdateRequest(collections.Applications).BindFunc(skipUnchangedOnApplicationUpdateRequest)
	app.OnRecordCreate(collections.Applications).BindFunc(submitApplicationOnCreate)
	app.OnRecordUpdate(collections.Applications).BindFunc(applyApplicationUpdate)
	app.OnRecordDelete(collections.Applications).BindFunc(recountOnApplicationDelete)
	app.OnRecordUpdate(collections.ApplicationEvents).BindFunc(refuseTimelineChangeOnUpdate)
}

// readNoteOnApplicationUpdateRequest takes the note that goes with a status change from the body: it is no field of the
// application but of the timeline row that the change writes.
func readNoteOnApplicationUpdateRequest(e *core.RecordRequestEvent) error {
	body, err := readBody(e)
	if err != nil {
		return e.BadRequestError("Failed to read the submitted data.", err)
	}
	if value := body["note"]; value != nil {
		note, ok := value.(string)
		if !ok {
			return e.BadRequestError("Failed to save record.", problem.Field("note", problem.WrongType, "Must be a string."))
		}
		if utf8.RuneCountInString(note) > maxNote {
			return e.BadRequestError("Failed to save record.",
				problem.Field("note", problem.InvalidValue, fmt.Sprintf("Must have at most %d characters.", maxNote)))
		}
		actor.SetNote(e.Record, strings.TrimSpace(note))
	}
	return e.Next()
}

// skipUnchangedOnApplicationUpdateRequest answers a request that changes nothing, such as the same status again, without
// writing anything: no new "updated", no event, no notification.
func skipUnchangedOnApplicationUpdateRequest(e *core.RecordRequestEvent) error {
	normalizeStatus(e.Record)
	for _, field := range e.Collection.Fields {
		if !sameValue(e.Record.Original(), e.Record, field.GetName()) {
			return e.Next()
		}
	}
	if err := apis.EnrichRecord(e.RequestEvent, e.Record); err != nil {
		return err
	}
	return e.JSON(200, e.Record)
}

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
		return notifyEmployerPeople(tx, application, job, collections.KindApplicationSubmitted, "New application for %s", "%s has applied.")
	})
}

// findOpenJob finds the job applied to. A draft is answered like an absent job, since nobody outside may know of it.
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

// checkApplicant lets only active job seekers apply, each once while the application is live.
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

func applyApplicationUpdate(e *core.RecordEvent) error {
	application := e.Record
	normalizeStatus(application)
	from, to, moved := statusMove(application)
	newTime := application.GetString("interviewAt") != application.Original().GetString("interviewAt")
	newPlace := application.GetString("interviewLocation") != application.Original().GetString("interviewLocation")
	rescheduled := to == workflow.InterviewScheduled && (newTime || newPlace)
	return inTransaction(e, func(tx core.App) error {
		if moved {
			if err := checkApplicationMove(tx, application, from, to); err != nil {
				return err
			}
		}
		if to == workflow.InterviewScheduled && (moved || newTime) {
			return requireFutureInterview(application)
		}
		return nil
	}, func(tx core.App) error {
		if !moved && !rescheduled {
			return nil
		}
		job, err := tx.FindRecordById(collections.Jobs, application.GetString("job"))
		if err != nil {
			return fmt.Errorf("find the job of application %s: %w", application.Id, err)
		}
		if !moved {
			return notifySeeker(tx, application, job, to, "Your interview for %s has changed")
		}
		if err := writeEvent(tx, application, from); err != nil {
			return err
		}
		if to == workflow.InterviewScheduled {
			return notifySeeker(tx, application, job, from, "You are invited to an interview for %s")
		}
		if to != workflow.Withdrawn {
			return notifySeeker(tx, application, job, from, "Your application for %s is now "+displayStatus(to))
		}
		if err := recountApplications(tx, job.Id); err != nil {
			return err
		}
		if from == workflow.InterviewScheduled { // for the calendar
			if err := notifySeeker(tx, application, job, from, "You have withdrawn your application for %s"); err != nil {
				return err
			}
		}
		return notifyEmployerPeople(tx, application, job, collections.KindApplicationWithdrawn, "Application withdrawn for %s", "%s has withdrawn.")
	})
}

// checkApplicationMove asks the workflow, and keeps decidedAt in step with the status.
func checkApplicationMove(tx core.App, application *core.Record, from, to string) error {
	if err := checkStatusUnchanged(tx, application, from); err != nil {
		return err
	}
	party := applicationParty(application)
	if !workflow.CanMoveApplication(from, to, party) {
		return invalidTransition(from, workflow.NextApplicationStatuses(from, party))
	}
	application.Set("decidedAt", "")
	if workflow.IsDecided(to) {
		application.Set("decidedAt", types.NowDateTime())
	}
	return nil
}

// applicationParty is the side the actor stands on. The API rules let only admins, the seeker and the employer's people
// write an application.
func applicationParty(application *core.Record) workflow.Party {
	who := actor.Of(application)
	switch {
	case who.IsBoard():
		return workflow.System
	case who.IsAdmin():
		return workflow.Admin
	case who.UserID() == application.GetString("seeker"):
		return workflow.Seeker
	}
	return workflow.EmployerPeople
}

func requireFutureInterview(application *core.Record) error {
	at := application.GetDateTime("interviewAt")
	if at.IsZero() {
		return problem.Field("interviewAt", problem.Required, "An interview needs a date and time.")
	}
	if !at.Time().After(time.Now()) {
		return problem.Field("interviewAt", problem.InvalidValue, "The interview must be in the future.")
	}
	return nil
}

// writeEvent appends the row of the timeline that a change of status is told by.
func writeEvent(tx core.App, application *core.Record, from string) error {
	collection, err := tx.FindCachedCollectionByNameOrId(collections.ApplicationEvents)
	if err != nil {
		return fmt.Errorf("find the timeline collection: %w", err)
	}
	event := core.NewRecord(collection)
	event.Set("application", application.Id)
	event.Set("actor", actor.Of(application).UserID())
	event.Set("from", from)
	event.Set("to", application.GetString("status"))
	event.Set("note", actor.Note(application))
	if err := tx.Save(event); err != nil {
		return fmt.Errorf("write the timeline of application %s: %w", application.Id, err)
	}
	return nil
}

// recountApplications sets a job's applicationCount to the number of its live applications.
func recountApplications(tx core.App, jobID string) error {
	_, err := tx.NonconcurrentDB().NewQuery(
		"UPDATE {{jobs}} SET [[applicationCount]] = (SELECT COUNT(*) FROM {{applications}} WHERE job = {:job} AND status != {:withdrawn}) WHERE id = {:job}",
	).Bind(dbx.Params{"job": jobID, "withdrawn": workflow.Withdrawn}).Execute()
	if err != nil {
		return fmt.Errorf("count the applications of job %s: %w", jobID, err)
	}
	return nil
}

func recountOnApplicationDelete(e *core.RecordEvent) error {
	return inTransaction(e, nil, func(tx core.App) error {
		return recountApplications(tx, e.Record.GetString("job"))
	})
}

// refuseTimelineChangeOnUpdate makes the timeline append-only for everybody. The one change let through is PocketBase's own
// when a person is deleted: it empties the actor.
func refuseTimelineChangeOnUpdate(e *core.RecordEvent) error {
	for _, field := range []string{"application", "from", "to", "note"} {
		if e.Record.GetString(field) != e.Record.Original().GetString(field) {
			return problem.Field(field, problem.ReadOnly, "The timeline can't be changed.")
		}
	}
	if e.Record.GetString("actor") != "" && e.Record.GetString("actor") != e.Record.Original().GetString("actor") {
		return problem.Field("actor", problem.ReadOnly, "The timeline can't be changed.")
	}
	return e.Next()
}

// notifyEmployerPeople tells the employer's people, save the one who acts. title takes the job's title, body the seeker's name.
func notifyEmployerPeople(tx core.App, application, job *core.Record, kind, title, body string) error {
	employer, err := tx.FindRecordById(collections.Employers, job.GetString("employer"))
	if err != nil {
		return fmt.Errorf("find the employer of job %s: %w", job.Id, err)
	}
	seeker, err := tx.FindRecordById(collections.Users, application.GetString("seeker"))
	if err != nil {
		return fmt.Errorf("find the seeker of application %s: %w", application.Id, err)
	}
	people, err := account.PeopleOf(tx, employer)
	if err != nil {
		return err
	}
	acting := actor.Of(application).UserID()
	people = slices.DeleteFunc(people, func(id string) bool { return id == acting })
	return notify.Write(tx, notify.Notification{
		Kind:  kind,
		Title: fmt.Sprintf(title, job.GetString("title")),
		Body:  fmt.Sprintf(body, seeker.GetString("name")),
		Data:  notificationData(application, job),
	}, people...)
}

// notifySeeker tells the applicant of a change from the status from. title takes the job's title.
func notifySeeker(tx core.App, application, job *core.Record, from, title string) error {
	data := notificationData(application, job)
	interview, err := mail.InterviewOf(tx, application, job, from)
	if err != nil {
		return err
	}
	if interview != nil {
		data["interview"] = interview
	}
	body := actor.Note(application)
	when := application.GetDateTime("interviewAt").Time().UTC().Format("2 January 2006, 15:04 MST")
	switch {
	case interview == nil:
	case interview.Cancelled:
		body = strings.TrimSpace("The interview on " + when + " is cancelled.\n" + body)
	default:
		if interview.Location != "" {
			when += ", " + interview.Location
		}
		body = strings.TrimSpace("Interview: " + when + "\n" + body)
	}
	return notify.Write(tx, notify.Notification{
		Kind:  collections.KindApplicationStatusChanged,
		Title: fmt.Sprintf(title, job.GetString("title")),
		Body:  truncate(body, 2_000),
		Data:  data,
	}, application.GetString("seeker"))
}

func notificationData(application, job *core.Record) map[string]any {
	return map[string]any{
		"application": application.Id,
		"job":         job.Id,
		"employer":    job.GetString("employer"),
		"status":      application.GetString("status"),
	}
}

// displayStatus is a status as people read it.
func displayStatus(status string) string { return strings.ReplaceAll(status, "_", " ") }

// truncate shortens a text to at most max characters.
func truncate(text string, max int) string {
	if utf8.RuneCountInString(text) <= max {
		return text
	}
	return string([]rune(text)[:max-1]) + "…"
}
