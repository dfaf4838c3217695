package mail

import (
	"fmt"
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

// Interview is what a mail sends to the seeker's calendar. It is part of the notification's data, as it was when the notification was
// written, so that a sequence of mails reflects what happened.
type Interview struct {
	Application string    `json:"application"`
	Job         string    `json:"job"` // the job's title
	At          time.Time `json:"at"`
	Location    string    `json:"location"`
	Sequence    int       `json:"sequence"` // incremented with every change, by a trigger
	Cancelled   bool      `json:"cancelled"`
	Written     time.Time `json:"written"`
}

// InterviewOf returns what a saved change of an application, from the status from, means for the seeker's calendar, or nil if it means
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

// invitation returns the interview or its cancellation as iCalendar (RFC 5545).
func (i *Interview) invitation(app core.App, seeker *core.Record) invitation {
	calendar := ics.NewCalendarFor(app.Settings().Meta.AppName)
	calendar.SetMethod(i.method())
	event := calendar.AddEvent("interview-" + i.Application + "@jobboard") // stays the same when the board's address changes
	event.SetDtStampTime(i.Written)
	event.SetStartAt(i.At)
	event.SetEndAt(i.At.Add(interviewLength))
	event.SetSequence(i.Sequence)
	event.SetSummary("Interview: " + oneLine(i.Job))
	if i.Location != "" {
		event.SetLocation(oneLine(i.Location))
	}
	event.SetStatus(ics.ObjectStatusConfirmed)
	if i.Cancelled {
		event.SetStatus(ics.ObjectStatusCancelled)
	}
	meta := app.Settings().Meta
	event.SetOrganizer("mailto:"+meta.SenderAddress, commonName(meta.SenderName))
	event.AddAttendee("mailto:"+seeker.Email(), commonName(seeker.GetString("name")), ics.ParticipationRoleReqParticipant,
		ics.ParticipationStatusNeedsAction, &ics.KeyValues{Key: string(ics.ParameterRsvp), Value: []string{"TRUE"}})
	return invitation{strings.NewReader(calendar.Serialize(ics.WithNewLine("\r\n"))), i.method()}
}

// commonName returns a name as an iCalendar parameter. Parameters can neither hold nor escape the grammar's own characters.
func commonName(name string) ics.PropertyParameter {
	return ics.WithCN(oneLine(strings.NewReplacer("'", "’", `"`, "”", ",", " ", ";", " ", ":", " ", `\`, " ").Replace(name)))
}
