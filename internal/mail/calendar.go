package mail

import (
	"fmt"
	netmail "net/mail"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/workflow"
)

const (
	calendarFile    = "invite.ics"
	interviewLength = time.Hour // applications say when an interview begins, not how long it takes
)

// Interview is what a mail sends to the calendars of the seeker and of the employer's people. It is part of the notification's data, as it
// was when the notification was written, so that a sequence of mails reflects what happened.
type Interview struct {
	Application string    `json:"application"`
	Job         string    `json:"job"` // the job's title
	At          time.Time `json:"at"`
	Location    string    `json:"location"`
	Sequence    int       `json:"sequence"` // incremented with every change, by a trigger
	Cancelled   bool      `json:"cancelled"`
	Written     time.Time `json:"written"`
}

// InterviewOf returns what a saved change of an application, from the status from, means for calendars, or nil if it means
// nothing. An interview that has taken place is not cancelled.
func InterviewOf(tx core.App, application, job *core.Record, from string) (*Interview, error) {
	to := application.GetString("status")
	at := application.GetDateTime("interviewAt").Time()
	scheduled := to == workflow.InterviewScheduled
	cancelled := from == workflow.InterviewScheduled && !scheduled && at.After(time.Now()) &&
		to != workflow.Offered && to != workflow.Hired
	if !scheduled && !cancelled {
		return nil, nil
	}
	interview := &Interview{
		Application: application.Id, Job: job.GetString("title"), At: at.UTC(),
		Location: application.GetString("interviewLocation"), Cancelled: cancelled, Written: time.Now().UTC().Truncate(time.Second),
	}
	err := tx.DB().NewQuery("SELECT COALESCE(MAX(sequence), 0) FROM {{interview_sequences}} WHERE application = {:application}").
		Bind(dbx.Params{"application": application.Id}).Row(&interview.Sequence)
	if err != nil {
		return nil, fmt.Errorf("find the sequence of the interview: %w", err)
	}
	return interview, nil
}

// method returns the iTIP method (RFC 5546) of the invitation.
func (i *Interview) method() ics.Method {
	if i.Cancelled {
		return ics.MethodCancel
	}
	return ics.MethodRequest
}

// invitation is a calendar file with its iTIP method (RFC 6047).
type invitation struct {
	*strings.Reader
	method ics.Method
}

// invitation returns the interview or its cancellation as iCalendar (RFC 5545). All copies are of one event, by its UID. The seeker's
// names no one but the employer and the seeker; the people's name the seeker and the one of them who gets it.
func (i *Interview) invitation(app core.App, recipient *core.Record, about *correspondence) invitation {
	calendar := ics.NewCalendarFor(app.Settings().Meta.AppName)
	calendar.SetMethod(i.method())
	event := calendar.AddEvent("interview-" + i.Application + "@jobboard") // stays the same when the board's address changes
	event.SetDtStampTime(i.Written)
	event.SetStartAt(i.At)
	event.SetEndAt(i.At.Add(interviewLength))
	event.SetSequence(i.Sequence)
	event.SetSummary(i.summary(about))
	if i.Location != "" {
		event.SetLocation(oneLine(i.Location))
	}
	event.SetStatus(ics.ObjectStatusConfirmed)
	if i.Cancelled {
		event.SetStatus(ics.ObjectStatusCancelled)
	}
	meta := app.Settings().Meta
	organizer := netmail.Address{Name: meta.SenderName, Address: meta.SenderAddress}
	if about != nil {
		organizer.Name = about.employer.GetString("name")
		if about.contact != "" {
			organizer.Address = about.contact
		}
		if about.forPeople {
			addAttendee(event, about.seeker, false)
		}
	}
	event.SetOrganizer("mailto:"+organizer.Address, commonName(organizer.Name))
	addAttendee(event, recipient, recipient.Email() == organizer.Address)
	return invitation{strings.NewReader(calendar.Serialize(ics.WithNewLine("\r\n"))), i.method()}
}

// summary returns how calendars call the interview.
func (i *Interview) summary(about *correspondence) string {
	switch {
	case about == nil:
		return "Interview: " + oneLine(i.Job)
	case about.forPeople:
		return oneLine("Interview with " + about.seeker.GetString("name") + ": " + i.Job)
	}
	return oneLine("Interview: " + i.Job + " at " + about.employer.GetString("name"))
}

// addAttendee adds who takes part, and has accepted or is asked whether to come.
func addAttendee(event *ics.VEvent, user *core.Record, accepted bool) {
	status, rsvp := ics.ParticipationStatusNeedsAction, "TRUE"
	if accepted {
		status, rsvp = ics.ParticipationStatusAccepted, "FALSE"
	}
	event.AddAttendee("mailto:"+user.Email(), commonName(user.GetString("name")), ics.ParticipationRoleReqParticipant, status,
		&ics.KeyValues{Key: string(ics.ParameterRsvp), Value: []string{rsvp}})
}

// commonName returns a name as an iCalendar parameter. Parameters can neither hold nor escape the grammar's own characters.
func commonName(name string) ics.PropertyParameter {
	return ics.WithCN(oneLine(strings.NewReplacer("'", "’", `"`, "”", ",", " ", ";", " ", ":", " ", `\`, " ").Replace(name)))
}
