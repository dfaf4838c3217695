package notify

import (
	"fmt"
	"net/mail"
	"net/smtp"
	"strconv"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/domodwyer/mailyak/v3"
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/mailer"

	"jobboard/internal/workflow"
)

const (
	calendarFile = "invite.ics"
	interviewFor = time.Hour // applications say when an interview begins, not how long it takes
)

// Interview is what a mail says to the seeker's calendar. It stands in a notice's data as it was when the notice was
// written, so that mails say in their order what happened.
type Interview struct {
	Application string    `json:"application"`
	Job         string    `json:"job"` // the job's title
	At          time.Time `json:"at"`
	Location    string    `json:"location"`
	Sequence    int       `json:"sequence"` // raised with every change, by a trigger
	Cancelled   bool      `json:"cancelled"`
	Written     time.Time `json:"written"`
}

// InterviewOf returns what a saved change of an application, which was in the status from, means for the seeker's
// calendar: nil where it means nothing. An interview that has taken place is not cancelled.
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

// method is how calendars are asked, by RFC 5546.
func (i *Interview) method() ics.Method {
	if i.Cancelled {
		return ics.MethodCancel
	}
	return ics.MethodRequest
}

// calendar is the invitation or its cancellation as iCalendar (RFC 5545).
func (i *Interview) calendar(app core.App, seeker *core.Record) (string, error) {
	calendar := ics.NewCalendarFor(app.Settings().Meta.AppName)
	calendar.SetMethod(i.method())
	event := calendar.AddEvent("interview-" + i.Application + "@" + mailHost(app))
	event.SetDtStampTime(i.Written)
	event.SetStartAt(i.At)
	event.SetEndAt(i.At.Add(interviewFor))
	event.SetSequence(i.Sequence)
	event.SetSummary("Interview: " + i.Job)
	if i.Location != "" {
		event.SetLocation(i.Location)
	}
	event.SetStatus(ics.ObjectStatusConfirmed)
	if i.Cancelled {
		event.SetStatus(ics.ObjectStatusCancelled)
	}
	event.SetOrganizer("mailto:"+app.Settings().Meta.SenderAddress, ics.WithCN(app.Settings().Meta.SenderName))
	event.AddAttendee("mailto:"+seeker.Email(), ics.WithCN(seeker.GetString("name")), ics.ParticipationRoleReqParticipant,
		ics.ParticipationStatusNeedsAction, ics.WithRSVP(true))
	return calendar.Serialize(ics.WithNewLine("\r\n")), nil
}

// bindInvitations sends mails with an invitation as calendars want them: the part's type names the method, which
// PocketBase's mailer leaves out since it guesses the type from the content.
func bindInvitations(app core.App) {
	app.OnMailerSend().Bind(&hook.Handler[*core.MailerEvent]{Id: "nameMethodOnInvitation", Priority: 998, Func: sendInvitation})
}

func sendInvitation(e *core.MailerEvent) error {
	invitation := e.Message.Attachments[calendarFile]
	client, ok := e.Mailer.(*mailer.SMTPClient)
	if invitation == nil || !ok || client.AuthMethod == mailer.SMTPAuthLogin { // that one PocketBase alone can do
		return e.Next()
	}
	var auth smtp.Auth
	if client.Username != "" || client.Password != "" {
		auth = smtp.PlainAuth("", client.Username, client.Password, client.Host)
	}
	address := client.Host + ":" + strconv.Itoa(client.Port)
	letter := mailyak.New(address, auth)
	if client.TLS {
		var err error
		if letter, err = mailyak.NewWithTLS(address, auth, nil); err != nil {
			return fmt.Errorf("reach the mail server: %w", err)
		}
	}
	if client.LocalName != "" {
		letter.LocalName(client.LocalName)
	}
	letter.FromName(e.Message.From.Name)
	letter.From(e.Message.From.Address)
	letter.To(addresses(e.Message.To)...)
	letter.Subject(e.Message.Subject)
	letter.HTML().Set(e.Message.HTML)
	letter.Plain().Set(e.Message.Text)
	for name, value := range e.Message.Headers {
		letter.AddHeader(name, value)
	}
	letter.AttachWithMimeType(calendarFile, invitation, "text/calendar; charset=UTF-8; method="+e.Message.Headers[methodHeader])
	return letter.Send()
}

// methodHeader names the iCalendar method of a mail with an invitation.
const methodHeader = "X-Calendar-Method"

func addresses(list []mail.Address) []string {
	texts := make([]string, len(list))
	for i, address := range list {
		texts[i] = address.String()
	}
	return texts
}
