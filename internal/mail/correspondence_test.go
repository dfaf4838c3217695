package mail_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/mail"
	"jobboard/internal/testapp"
)

// letters is a board on which Ann in New York applies for a job in Berlin, where the employer's member has set no time zone.
type letters struct {
	*testapp.Board
	t                                   *testing.T
	box                                 *testapp.Mailbox
	employer, owner, member, admin, ann *core.Record
	job, application                    *core.Record
}

func newLetters(t *testing.T) *letters {
	t.Helper()
	l := &letters{Board: testapp.NewBoard(t, hooks.Bind, api.Bind, mail.BindSMTP), t: t}
	l.Settings().Meta.SenderAddress = "board@jobs.example.org"
	l.box = l.CatchMail()
	l.admin, l.ann = l.Admin("admin"), l.Update(l.Seeker("ann"), map[string]any{"name": "Ann Lee", "timeZone": "America/New_York"})
	l.employer, l.owner = l.Employer("Acme")
	l.member = l.User(collections.RoleEmployer, "member")
	l.Update(l.employer, map[string]any{"members": []string{l.member.Id}})
	l.job = l.Job(l.employer, "Baker", map[string]any{"locations": []any{"Berlin, Germany"}})
	return l
}

// received sends all mails and returns them by recipient: one each.
func (l *letters) received(to ...*core.Record) map[string]testapp.Mail {
	l.t.Helper()
	due(l.t, l.TestApp)
	post(l.t, l.TestApp)
	mails := map[string]testapp.Mail{}
	for _, got := range l.box.Received() {
		if _, twice := mails[got.To]; twice {
			l.t.Errorf("a second mail to %s: %s", got.To, got.Subject)
		}
		mails[got.To] = got
	}
	for _, user := range to {
		if _, ok := mails[user.Email()]; !ok {
			l.t.Fatalf("no mail to %s, but to %v", user.Email(), slices.Collect(maps.Keys(mails)))
		}
	}
	if len(mails) != len(to) {
		l.t.Fatalf("mails to %v, want %d", slices.Collect(maps.Keys(mails)), len(to))
	}
	return mails
}

// move changes the application through the REST API.
func (l *letters) move(who *core.Record, body map[string]any) {
	l.t.Helper()
	path := "/api/jobs/" + l.job.Id + "/applications/" + l.application.Id + "/status/"
	if answer := l.Call(who, http.MethodPatch, path, body); answer.Status != http.StatusOK {
		l.t.Fatalf("move to %v: %d %s", body, answer.Status, answer.Raw)
	}
}

// mustRead fails the test unless the mail has the subject and the Reply-To, and its text the words.
func (l *letters) mustRead(got testapp.Mail, subject, replyTo string, words ...string) {
	l.t.Helper()
	if got.Subject != subject || got.Header.Get("Reply-To") != replyTo {
		l.t.Errorf("to %s: %q, answers to %q, want %q, %q", got.To, got.Subject, got.Header.Get("Reply-To"), subject, replyTo)
	}
	for _, word := range words {
		if !strings.Contains(strings.ReplaceAll(got.Text, "\r\n", "\n"), word) {
			l.t.Errorf("%q is not in the mail to %s:\n%s", word, got.To, got.Text)
		}
	}
	for _, status := range []string{"in_review", "in review", "interview_scheduled", "is now"} {
		if strings.Contains(got.Text, status) {
			l.t.Errorf("the mail to %s has the status %q:\n%s", got.To, status, got.Text)
		}
	}
}

// mustInvite fails the test unless the mail's calendar has the lines, unfolded.
func (l *letters) mustInvite(got testapp.Mail, lines ...string) {
	l.t.Helper()
	calendar := strings.ReplaceAll(got.Parts["text/calendar"], "\r\n ", "")
	for _, line := range append(lines, "UID:interview-"+l.application.Id+"@jobboard") {
		if !strings.Contains(calendar, line+"\r\n") {
			l.t.Errorf("no %q in the calendar of %s:\n%s", line, got.To, calendar)
		}
	}
}

func (l *letters) apply(path string, body map[string]any) {
	l.t.Helper()
	answer := l.Call(l.ann, http.MethodPost, path, body)
	if answer.Status >= 300 {
		l.t.Fatalf("apply: %d %s", answer.Status, answer.Raw)
	}
	l.application = l.Reload(l.applicationOf(fmt.Sprint(answer.Body["id"])))
}

func (l *letters) applicationOf(id string) *core.Record {
	l.t.Helper()
	found, err := l.FindRecordById(collections.Applications, id)
	if err != nil {
		l.t.Fatal(err)
	}
	return found
}

const (
	annsAddress    = `"Ann Lee" <ann@example.com>`
	membersAddress = `"Acme" <member@example.com>`
)

// The story of an application by mail: each names the employer, reaches the other side when answered, and tells local times.
func TestMailsAboutAnApplication(t *testing.T) {
	t.Parallel()
	l := newLetters(t)
	const update = "An update on your application for Baker at Acme"
	l.apply("/api/jobs/"+l.job.Id+"/applications/", map[string]any{})
	got := l.received(l.ann, l.owner, l.member)
	l.mustRead(got["ann@example.com"], "Your application for Baker at Acme has arrived", "", "Thank you for applying.")
	l.mustRead(got["member@example.com"], "New application for Baker at Acme", annsAddress, "Ann Lee has applied.")

	l.move(l.member, map[string]any{"status": "in_review"})
	l.mustRead(l.received(l.ann)["ann@example.com"], update, membersAddress, "Acme is looking at your application now.")
	l.move(l.admin, map[string]any{"status": "shortlisted", "note": "Can you bake?"})
	l.mustRead(l.received(l.ann)["ann@example.com"], update, membersAddress, // not the admin's
		"You are on the shortlist of Acme", "A message from Acme:\nCan you bake?")

	l.move(l.member, map[string]any{"status": "interview_scheduled", "interviewAt": "2030-03-12 13:30:00Z", "interviewLocation": "Room 1"})
	got = l.received(l.ann, l.owner, l.member)
	ann, member := got["ann@example.com"], got["member@example.com"]
	l.mustRead(ann, "Interview for Baker at Acme on Tuesday, 12 March 2030", membersAddress,
		"When: Tuesday, 12 March 2030, 09:30 EDT", "Where: Room 1") // America's summer time has begun, Europe's has not
	l.mustInvite(ann, "METHOD:REQUEST", "SEQUENCE:0", "DTSTART:20300312T133000Z", "SUMMARY:Interview: Baker at Acme",
		"ORGANIZER;CN=Acme:mailto:member@example.com")
	if calendar := ann.Parts["text/calendar"]; strings.Count(calendar, "ATTENDEE") != 1 || strings.Contains(calendar, "acme-owner") {
		t.Errorf("the applicant's calendar names others:\n%s", calendar)
	}
	l.mustRead(member, "Interview with Ann Lee for Baker on Tuesday, 12 March 2030", annsAddress,
		"When: Tuesday, 12 March 2030, 14:30 CET")
	l.mustInvite(member, "METHOD:REQUEST", "SEQUENCE:0", "ORGANIZER;CN=Acme:mailto:member@example.com",
		"ATTENDEE;CN=Ann Lee;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:ann@example.com",
		"ATTENDEE;CN=member;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT;RSVP=FALSE:mailto:member@example.com")

	l.move(l.owner, map[string]any{"status": "interview_scheduled", "interviewAt": "2030-04-09 13:30:00Z"})
	got = l.received(l.ann, l.owner, l.member)
	l.mustRead(got["ann@example.com"], "Changed: interview for Baker at Acme on Tuesday, 9 April 2030", membersAddress, "09:30 EDT")
	l.mustInvite(got["ann@example.com"], "METHOD:REQUEST", "SEQUENCE:1", "ORGANIZER;CN=Acme:mailto:member@example.com") // the same
	l.mustRead(got["acme-owner@example.com"], "Changed: interview with Ann Lee for Baker on Tuesday, 9 April 2030", annsAddress,
		"15:30 CEST")

	l.Update(l.employer, map[string]any{"contactEmail": "jobs@acme.example"})
	l.move(l.owner, map[string]any{"status": "rejected"})
	got = l.received(l.ann, l.owner, l.member)
	l.mustRead(got["ann@example.com"], update, `"Acme" <jobs@acme.example>`,
		"The interview on Tuesday, 9 April 2030, 09:30 EDT is cancelled.", "Thank you for your interest in Acme", "all the best")
	for _, to := range []string{"ann@example.com", "member@example.com"} {
		l.mustInvite(got[to], "METHOD:CANCEL", "SEQUENCE:2", "STATUS:CANCELLED", "ORGANIZER;CN=Acme:mailto:jobs@acme.example")
	}

	l.move(l.member, map[string]any{"status": "in_review"})
	l.move(l.member, map[string]any{"status": "offered"})
	l.mustRead(l.received(l.ann)["ann@example.com"], "You have an offer: Baker at Acme", `"Acme" <jobs@acme.example>`,
		"Congratulations!", "Acme is looking at your application again.") // one mail, with the latest as its subject
	l.move(l.member, map[string]any{"status": "hired"})
	l.mustRead(l.received(l.ann)["ann@example.com"], "Congratulations on your new job: Baker at Acme", `"Acme" <jobs@acme.example>`)
}

// The applicant who withdraws, by PocketBase's own API, takes the interview out of all calendars.
func TestWithdrawingCancelsTheInterviewForAll(t *testing.T) {
	t.Parallel()
	l := newLetters(t)
	l.Update(l.owner, map[string]any{"emailNotifications": []string{}})
	l.apply(testapp.Records(collections.Applications), map[string]any{"job": l.job.Id})
	l.mustRead(l.received(l.ann, l.member)["ann@example.com"], "Your application for Baker at Acme has arrived", "")
	l.Update(l.member, map[string]any{"verified": false}) // nobody's address: who has not shown that it is theirs
	l.move(l.member, map[string]any{"status": "interview_scheduled", "interviewAt": "2030-03-12 13:30:00Z"})
	got := l.received(l.ann)["ann@example.com"]
	l.mustRead(got, "Interview for Baker at Acme on Tuesday, 12 March 2030", "")
	l.mustInvite(got, "ORGANIZER;CN=Acme:mailto:board@jobs.example.org")
	l.Update(l.member, map[string]any{"verified": true})
	path := testapp.Records(collections.Applications, l.application.Id)
	answer := l.Call(l.ann, http.MethodPatch, path, map[string]any{"status": "withdrawn"})
	if answer.Status != http.StatusOK {
		t.Fatalf("withdraw: %d %s", answer.Status, answer.Raw)
	}
	mails := l.received(l.ann, l.member)
	l.mustRead(mails["ann@example.com"], "You have withdrawn your application for Baker at Acme", membersAddress)
	l.mustRead(mails["member@example.com"], "Cancelled: interview with Ann Lee for Baker", annsAddress, "Ann Lee has withdrawn")
	for _, received := range mails {
		l.mustInvite(received, "METHOD:CANCEL", "SEQUENCE:1", "ORGANIZER;CN=Acme:mailto:member@example.com")
	}
	// The invitation, its cancellation and the receipt are mails alone: the board shows the member and the applicant none of them.
	for who, want := range map[*core.Record][]string{
		l.member: {"application_submitted", "application_withdrawn"}, l.ann: {"application_status_changed", "application_status_changed"},
	} {
		for _, path := range []string{"/api/users/" + who.Id + "/notifications/", testapp.Records(collections.Notifications)} {
			var kinds []string
			answer := l.Call(who, http.MethodGet, path, nil)
			for _, item := range answer.Items() {
				kinds = append(kinds, fmt.Sprint(item["kind"]))
			}
			if slices.Sort(kinds); !slices.Equal(kinds, want) {
				t.Errorf("%s as %s: %v, want %v: %s", path, who.Email(), kinds, want, answer.Raw)
			}
		}
	}
	l.Update(l.ann, map[string]any{"emailNotifications": []string{}})
	l.apply(testapp.Records(collections.Applications), map[string]any{"job": l.job.Id})
	l.received(l.member)
	receipts := "SELECT count(*) FROM notifications WHERE user = '" + l.ann.Id + "' AND kind = 'application_submitted' AND read AND mailOnly"
	if n := testapp.Count(t, l.TestApp, receipts); n != 2 {
		t.Errorf("%d rows of receipts, want 2", n)
	}
}
