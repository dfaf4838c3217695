package hooks

import (
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/actor"
	"jobboard/internal/localtime"
	"jobboard/internal/mail"
	"jobboard/internal/notify"
	"jobboard/internal/workflow"
)

// applicationNotices writes the notifications of what happens to an application.
type applicationNotices struct {
	tx                                 core.App
	application, job, employer, seeker *core.Record
	words                              applicationWords
}

func noticesOf(tx core.App, application, job, seeker *core.Record) (*applicationNotices, error) {
	employer, err := tx.FindRecordById(collections.Employers, job.GetString("employer"))
	if err != nil {
		return nil, fmt.Errorf("find the employer of job %s: %w", job.Id, err)
	}
	return &applicationNotices{
		tx: tx, application: application, job: job, employer: employer, seeker: seeker,
		words: newApplicationWords(job.GetString("title"), employer.GetString("name"), seeker.GetString("name")),
	}, nil
}

// notifyOfNewApplication notifies the employer's people, and mails the applicant a receipt. The board itself, when it fills a demo, sends
// none.
func notifyOfNewApplication(tx core.App, application, job, seeker *core.Record) error {
	notices, err := noticesOf(tx, application, job, seeker)
	if err != nil {
		return err
	}
	if err := notices.tellPeople(collections.KindApplicationSubmitted, notices.words.submitted()); err != nil {
		return err
	}
	if actor.Of(application).IsBoard() {
		return nil
	}
	receipt := notices.words.receipt()
	return notify.WriteTo(tx, notify.Notification{
		Kind: collections.KindApplicationSubmitted, Title: receipt.title, Body: receipt.body, Data: notices.data(nil), MailOnly: true,
	}, seeker)
}

// notifyOfApplicationUpdate notifies of a move, or of another time or place of an interview where from and to are the same.
func notifyOfApplicationUpdate(tx core.App, application, seeker *core.Record, from, to string) error {
	job, err := tx.FindRecordById(collections.Jobs, application.GetString("job"))
	if err != nil {
		return fmt.Errorf("find the job of application %s: %w", application.Id, err)
	}
	notices, err := noticesOf(tx, application, job, seeker)
	if err != nil {
		return err
	}
	interview, err := mail.InterviewOf(tx, application, job, from)
	if err != nil {
		return err
	}
	if to != workflow.Withdrawn || interview != nil { // an interview leaves the calendar of who withdraws, too
		if err := notices.tellSeeker(from, to, interview); err != nil {
			return err
		}
	}
	if to == workflow.Withdrawn {
		if err := notices.tellPeople(collections.KindApplicationWithdrawn, notices.words.withdrawn()); err != nil {
			return err
		}
	}
	if interview == nil {
		return nil
	}
	return notices.invitePeople(from, to, interview)
}

func (n *applicationNotices) tellSeeker(from, to string, interview *mail.Interview) error {
	note := ""
	if to != workflow.Withdrawn {
		note = actor.Note(n.application)
	}
	notice := n.words.toSeeker(from, to, note, newMeeting(interview, localtime.Zone(n.seeker, n.job)))
	return notify.WriteTo(n.tx, notify.Notification{
		Kind: collections.KindApplicationStatusChanged, Title: notice.title, Body: notice.body, Data: n.data(interview),
	}, n.seeker)
}

// tellPeople notifies the employer's people, except the one who acts.
func (n *applicationNotices) tellPeople(kind string, notice notice) error {
	people, err := collections.PeopleRecordsOf(n.tx, n.employer)
	if err != nil {
		return err
	}
	acting := actor.Of(n.application).UserID()
	others := make([]*core.Record, 0, len(people))
	for _, user := range people {
		if user.Id != acting {
			others = append(others, user)
		}
	}
	return notify.WriteTo(n.tx, notify.Notification{Kind: kind, Title: notice.title, Body: notice.body, Data: n.data(nil)}, others...)
}

// invitePeople puts an interview into the calendars of the employer's people, by mail alone.
func (n *applicationNotices) invitePeople(from, to string, interview *mail.Interview) error {
	people, err := collections.PeopleRecordsOf(n.tx, n.employer)
	if err != nil {
		return err
	}
	for _, user := range people {
		notice := n.words.toPeople(from, to, newMeeting(interview, localtime.Zone(user, n.job)))
		err := notify.WriteTo(n.tx, notify.Notification{
			Kind: collections.KindApplicationStatusChanged, Title: notice.title, Body: notice.body, Data: n.data(interview),
			MailOnly: true,
		}, user)
		if err != nil {
			return err
		}
	}
	return nil
}

func (n *applicationNotices) data(interview *mail.Interview) map[string]any {
	data := map[string]any{
		"application": n.application.Id,
		"job":         n.job.Id,
		"employer":    n.employer.Id,
		"status":      n.application.GetString("status"),
	}
	if interview != nil {
		data["interview"] = interview
	}
	return data
}

// meeting is an interview in the words of one recipient.
type meeting struct {
	day, when, where string
	cancelled        bool
}

// newMeeting returns nil without an interview.
func newMeeting(interview *mail.Interview, zone *time.Location) *meeting {
	if interview == nil {
		return nil
	}
	return &meeting{
		day: localtime.Day(interview.At, zone), when: localtime.Format(interview.At, zone),
		where: strings.TrimSpace(interview.Location), cancelled: interview.Cancelled,
	}
}
