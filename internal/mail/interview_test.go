package mail_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/testapp"
)

// interviewScene returns a board with an application whose interview has been scheduled and mailed.
func interviewScene(t *testing.T) (*testapp.Board, *testapp.Mailbox, *core.Record) {
	t.Helper()
	board := testapp.NewBoard(t, hooks.Bind, bindMail)
	box := board.CatchMail()
	employer, owner := board.Employer("Acme")
	board.Update(owner, map[string]any{"emailNotifications": []string{}})
	application := board.Application(board.Seeker("ann"), board.Job(employer, "Baker"))
	application = board.Update(application, map[string]any{"status": "interview_scheduled",
		"interviewAt": time.Now().Add(72 * time.Hour), "interviewLocation": "Room 0"})
	post(t, board.TestApp)
	if first := box.MustReceive(t).Parts["text/calendar"]; !strings.Contains(first, "SEQUENCE:0") {
		t.Fatalf("the first calendar:\n%s", first)
	}
	return board, box, application
}

func move(board *testapp.Board, application *core.Record, room int) {
	board.Update(application, map[string]any{"interviewLocation": fmt.Sprintf("Room %d", room)})
}

// pass moves the times of sent and pending mails into the past.
func pass(t *testing.T, board *testapp.Board, minutes int) {
	t.Helper()
	_, err := board.NonconcurrentDB().NewQuery(fmt.Sprintf(
		"UPDATE notifications SET mailAt = strftime('%%Y-%%m-%%d %%H:%%M:%%fZ', mailAt, '-%d minutes') WHERE mailAt != ''", minutes)).
		Execute()
	if err != nil {
		t.Fatal(err)
	}
}

// Editing an interview repeatedly sends one mail in ten minutes, with the latest version.
func TestAnInterviewIsMailedOnceInTenMinutes(t *testing.T) {
	t.Parallel()
	board, box, application := interviewScene(t)
	for room := range 40 {
		move(board, application, room+1)
		post(t, board.TestApp)
	}
	box.MustBeEmpty(t)
	pass(t, board, 9)
	post(t, board.TestApp)
	box.MustBeEmpty(t)
	pass(t, board, 2)
	post(t, board.TestApp)
	calendar := box.MustReceive(t).Parts["text/calendar"]
	if !strings.Contains(calendar, "LOCATION:Room 40") || !strings.Contains(calendar, "SEQUENCE:40") {
		t.Errorf("the calendar is not of the latest state:\n%s", calendar)
	}
	box.MustBeEmpty(t)
	if n := testapp.Count(t, board.TestApp, "SELECT COUNT(*) FROM notifications WHERE kind = 'application_status_changed'"); n != 2*41 {
		t.Errorf("%d notifications on the board, want one for each of the two sides and the 41 changes", n)
	}
	move(board, application, 41)
	post(t, board.TestApp)
	box.MustBeEmpty(t)
	pass(t, board, 11)
	post(t, board.TestApp)
	if calendar := box.MustReceive(t).Parts["text/calendar"]; !strings.Contains(calendar, "SEQUENCE:41") {
		t.Errorf("the sequence does not rise:\n%s", calendar)
	}
	if statuses := mailStatuses(t, board.TestApp); statuses["pending"] != 0 || statuses["sent"] != 3 {
		t.Errorf("statuses: %v", statuses)
	}
}

// Repeatedly scheduling and cancelling counts as editing.
func TestCallingAnInterviewOffAndOnIsMailedOnceToo(t *testing.T) {
	t.Parallel()
	board, box, application := interviewScene(t)
	for range 10 {
		board.Update(application, map[string]any{"status": "shortlisted"})
		board.Update(application, map[string]any{"status": "interview_scheduled"})
		post(t, board.TestApp)
	}
	board.Update(application, map[string]any{"status": "shortlisted"})
	post(t, board.TestApp)
	box.MustBeEmpty(t)
	pass(t, board, 11)
	post(t, board.TestApp)
	mail := box.MustReceive(t)
	if calendar := mail.Parts["text/calendar"]; !strings.Contains(calendar, "METHOD:CANCEL") {
		t.Errorf("the calendar is not of the latest state:\n%s", calendar)
	}
	box.MustBeEmpty(t)
}

// Two interviews of one person do not delay each other.
func TestAnInterviewDoesNotWaitForAnother(t *testing.T) {
	t.Parallel()
	board, box, application := interviewScene(t)
	move(board, application, 1)
	employer, owner := board.Employer("Mill")
	board.Update(owner, map[string]any{"emailNotifications": []string{}})
	other := board.Record(collections.Applications, map[string]any{
		"seeker": application.GetString("seeker"), "job": board.Job(employer, "Miller").Id})
	board.Update(other, map[string]any{"status": "interview_scheduled", "interviewAt": time.Now().Add(time.Hour),
		"interviewLocation": "Mill"})
	post(t, board.TestApp)
	if calendar := box.MustReceive(t).Parts["text/calendar"]; !strings.Contains(calendar, "LOCATION:Mill") {
		t.Errorf("the wrong interview:\n%s", calendar)
	}
	box.MustBeEmpty(t)
}

// While a mail waits for a retry, newer changes wait too, and then replace it.
func TestANewerInterviewReplacesOneThatIsTriedAgain(t *testing.T) {
	t.Parallel()
	board, box, application := interviewScene(t)
	move(board, application, 1)
	pass(t, board, 11)
	box.Refuse(func(string) error { return &smtp.SMTPError{Code: 451, Message: "later"} })
	post(t, board.TestApp)
	move(board, application, 2)
	box.Refuse(func(string) error { return nil })
	post(t, board.TestApp)
	box.MustBeEmpty(t) // the first attempt was just now
	pass(t, board, 2)
	post(t, board.TestApp)
	if calendar := box.MustReceive(t).Parts["text/calendar"]; !strings.Contains(calendar, "LOCATION:Room 2") {
		t.Errorf("the calendar is not of the latest state:\n%s", calendar)
	}
	box.MustBeEmpty(t)
}

// Until an address is verified, nothing is mailed to it; there is only the notification on the board.
func TestNotificationsAreMailedToVerifiedAddressesOnly(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind, bindMail)
	box := board.CatchMail()
	stranger := board.Update(board.Seeker("stranger"),
		map[string]any{"verified": false, "emailNotifications": collections.NotificationKinds()})
	employer, owner := board.Employer("Acme")
	board.Update(owner, map[string]any{"emailNotifications": []string{}})
	application := board.Application(stranger, board.Job(employer, "Baker"))
	board.Update(application, map[string]any{"status": "interview_scheduled", "interviewAt": time.Now().Add(72 * time.Hour)})
	for _, kind := range collections.NotificationKinds() {
		write(t, board.TestApp, notificationOf(kind), stranger)
	}
	due(t, board.TestApp)
	post(t, board.TestApp)
	box.MustBeEmpty(t)
	if statuses := mailStatuses(t, board.TestApp); statuses["pending"] != 0 || statuses["sent"] != 0 {
		t.Errorf("statuses: %v", statuses)
	}
	n := testapp.Count(t, board.TestApp, "SELECT COUNT(*) FROM notifications WHERE user = '"+stranger.Id+"'")
	if n != 1+len(collections.NotificationKinds()) {
		t.Errorf("%d notifications on the board", n)
	}
	// What comes after the address is verified is mailed; what came before is not made up for.
	board.Update(stranger, map[string]any{"verified": true})
	write(t, board.TestApp, notificationOf(collections.KindJobClosed), stranger)
	due(t, board.TestApp)
	post(t, board.TestApp)
	if got := box.MustReceive(t); got.To != "stranger@example.com" || got.Subject != collections.KindJobClosed {
		t.Errorf("to %s: %s", got.To, got.Subject)
	}
	box.MustBeEmpty(t)
}
