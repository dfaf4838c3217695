package hooks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/actor"
	"jobboard/internal/mail"
	"jobboard/internal/notify"
	"jobboard/internal/workflow"
)

// notifyOfApplicationUpdate notifies of a move, or of another time or place of an interview where from and to are the same.
func notifyOfApplicationUpdate(tx core.App, application, seeker *core.Record, from, to string) error {
	job, err := tx.FindRecordById(collections.Jobs, application.GetString("job"))
	if err != nil {
		return fmt.Errorf("find the job of application %s: %w", application.Id, err)
	}
	switch {
	case from == to:
		return notifySeeker(tx, application, job, seeker, from, "Your interview for %s has changed")
	case to == workflow.InterviewScheduled:
		return notifySeeker(tx, application, job, seeker, from, "You are invited to an interview for %s")
	case to != workflow.Withdrawn:
		return notifySeeker(tx, application, job, seeker, from, "Your application for %s is now "+displayStatus(to))
	}
	if from == workflow.InterviewScheduled { // takes the interview out of the seeker's calendar
		if err := notifySeeker(tx, application, job, seeker, from, "You have withdrawn your application for %s"); err != nil {
			return err
		}
	}
	return notifyEmployerPeople(tx, application, job, seeker,
		collections.KindApplicationWithdrawn, "Application withdrawn for %s", "%s has withdrawn.")
}

// notifyEmployerPeople notifies the employer's people, except the one who acts. title is a format for the job's title, body one
// for the seeker's name.
func notifyEmployerPeople(tx core.App, application, job, seeker *core.Record, kind, title, body string) error {
	employer, err := tx.FindRecordById(collections.Employers, job.GetString("employer"))
	if err != nil {
		return fmt.Errorf("find the employer of job %s: %w", job.Id, err)
	}
	people, err := collections.PeopleRecordsOf(tx, employer)
	if err != nil {
		return err
	}
	acting := actor.Of(application).UserID()
	people = slices.DeleteFunc(people, func(user *core.Record) bool { return user.Id == acting })
	return notify.WriteTo(tx, notify.Notification{
		Kind:  kind,
		Title: fmt.Sprintf(title, job.GetString("title")),
		Body:  fmt.Sprintf(body, seeker.GetString("name")),
		Data:  notificationData(application, job),
	}, people...)
}

// notifySeeker notifies the applicant of a change from the status from. title is a format for the job's title.
func notifySeeker(tx core.App, application, job, seeker *core.Record, from, title string) error {
	data := notificationData(application, job)
	interview, err := mail.InterviewOf(tx, application, job, from)
	if err != nil {
		return err
	}
	if interview != nil {
		data["interview"] = interview
	}
	body := actor.Note(application)
	when := notify.FormatTime(application.GetDateTime("interviewAt"))
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
	return notify.WriteTo(tx, notify.Notification{
		Kind:  collections.KindApplicationStatusChanged,
		Title: fmt.Sprintf(title, job.GetString("title")),
		Body:  collections.Truncate(body, collections.MaxNotificationBody),
		Data:  data,
	}, seeker)
}

func notificationData(application, job *core.Record) map[string]any {
	return map[string]any{
		"application": application.Id,
		"job":         job.Id,
		"employer":    job.GetString("employer"),
		"status":      application.GetString("status"),
	}
}

// displayStatus returns a status as people read it.
func displayStatus(status string) string { return strings.ReplaceAll(status, "_", " ") }
