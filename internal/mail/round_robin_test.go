package mail_test

import (
	"fmt"
	"testing"

	"github.com/pocketbase/dbx"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/mail"
	"jobboard/internal/notify"
	"jobboard/internal/testapp"
)

// dueSince makes the pending mails of one user due at one-second intervals, starting some seconds into 2020.
func dueSince(t *testing.T, board *testapp.Board, user string, seconds int) {
	t.Helper()
	_, err := board.NonconcurrentDB().NewQuery(`UPDATE notifications SET mailAt = strftime('%Y-%m-%d %H:%M:%fZ', '2020-01-01',
			({:first} + (SELECT count(*) FROM notifications o WHERE o.user = notifications.user
				AND o.rowid < notifications.rowid)) || ' seconds')
		WHERE user = {:user} AND mail = 'pending'`).Bind(dbx.Params{"user": user, "first": seconds}).Execute()
	if err != nil {
		t.Fatal(err)
	}
}

// mustComeSoon runs some steps, which must send a mail to a recipient.
func mustComeSoon(t *testing.T, board *testapp.Board, box *testapp.Mailbox, to string, turns int) {
	t.Helper()
	step := mail.NewWorker()
	for range turns {
		if _, err := step(board.TestApp); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for range turns {
		mail := box.MustReceive(t)
		if got = append(got, mail.To); mail.To == to {
			return
		}
	}
	t.Errorf("none to %s among the first: %v", to, got)
}

// A recipient of many separate mails, all due before anybody else's, does not delay others.
func TestARecipientOfManyMailsHoldsUpNobody(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind, bindMail)
	box := board.CatchMail()
	many, few := board.Seeker("many"), board.Seeker("few")
	for range 200 {
		write(t, board.TestApp, notificationOf(collections.KindAccount), many)
	}
	write(t, board.TestApp, notificationOf(collections.KindJobClosed), few)
	dueSince(t, board, many.Id, 0)
	dueSince(t, board, few.Id, 1_000)
	mustComeSoon(t, board, box, "few@example.com", 4)
	post(t, board.TestApp)
	if statuses := mailStatuses(t, board.TestApp); statuses["sent"] != 201 {
		t.Errorf("statuses: %v", statuses)
	}
}

// Neither does an event that causes mails to many, such as closing a job.
func TestMailsCausedAtOnceHoldUpNobody(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind, bindMail)
	box := board.CatchMail()
	few := board.Seeker("few")
	ids := make([]string, 60)
	for i := range ids {
		ids[i] = board.Seeker(fmt.Sprintf("applicant%d", i)).Id
	}
	if err := notify.WriteMany(board.TestApp, notificationOf(collections.KindJobClosed), ids...); err != nil {
		t.Fatal(err)
	}
	due(t, board.TestApp)
	write(t, board.TestApp, notificationOf(collections.KindApplicationStatusChanged), few)
	dueSince(t, board, few.Id, 1_000)
	mustComeSoon(t, board, box, "few@example.com", 4)
	post(t, board.TestApp)
	if statuses := mailStatuses(t, board.TestApp); statuses["sent"] != 61 {
		t.Errorf("statuses: %v", statuses)
	}
}

// The next mail is looked up by an index, whatever the planner's statistics.
func TestTheNextMailIsFoundByAnIndex(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind, bindMail)
	board.CatchMail()
	notifySeekers(t, board, 4)
	testapp.EmptyStatistics(t, board.TestApp)
	for _, statement := range testapp.Statements(t, board.TestApp, func() { post(t, board.TestApp) }) {
		if scans := testapp.Scans(t, board.TestApp, statement); len(scans) > 0 {
			t.Errorf("%q in %s", scans, statement)
		}
	}
}
