package mail_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/testapp"
)

var errLost = errors.New("another node leads")

func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within twenty seconds", what)
		}
	}
}

// A mail leaves when its claim is in the cluster's log, and not at all if it does not get there. The leader before is asked nothing: its
// mail is the next one's.
func TestMailsWaitForTheLog(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind, bindMail)
	box := board.CatchMail()
	node := testapp.Join(board.TestApp, false)
	ann := board.Update(board.Seeker("ann"), map[string]any{"emailNotifications": []string{collections.KindJobClosed}})
	write(t, board.TestApp, notificationOf(collections.KindJobClosed), ann)
	due(t, board.TestApp)
	attempts := func() (n int) {
		t.Helper()
		if err := board.DB().NewQuery("SELECT max(mailAttempts) FROM notifications WHERE mail = 'pending'").Row(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}

	testapp.Freeze(t, board.TestApp, true)
	before := testapp.Version(t, board.TestApp)
	board.Handler()
	time.Sleep(50 * time.Millisecond)
	if testapp.Version(t, board.TestApp) != before || node.Awaited() > 0 {
		t.Error("a follower sends mails")
	}

	testapp.Freeze(t, board.TestApp, false)
	node.Hold()
	node.Lead(true)
	eventually(t, "the claim", func() bool { return node.Awaited() == 1 })
	if attempts() != 1 {
		t.Error("a mail waits for the log before it is claimed")
	}
	time.Sleep(20 * time.Millisecond)
	box.MustBeEmpty(t)
	node.Release(errLost)
	eventually(t, "the end of the attempt", func() bool { return attempts() == 0 })
	box.MustBeEmpty(t)

	node.Hold()
	node.Lead(false)
	node.Lead(true)
	eventually(t, "the second claim", func() bool { return node.Awaited() == 2 && attempts() == 1 })
	node.Lead(false) // the step in progress can write nothing any more
	testapp.Freeze(t, board.TestApp, true)
	before = testapp.Version(t, board.TestApp)
	node.Release(nil)
	time.Sleep(50 * time.Millisecond)
	box.MustBeEmpty(t)
	if testapp.Version(t, board.TestApp) != before {
		t.Error("a leader that was replaced writes what became of a mail")
	}
	if failures := testapp.LoggedErrors(t, board.TestApp); len(failures) != 1 { // of the log that failed
		t.Errorf("logged: %q", failures)
	}

	testapp.Freeze(t, board.TestApp, false)
	due(t, board.TestApp) // a minute after the claim
	node.Lead(true)
	if got := box.MustReceive(t); got.To != "ann@example.com" {
		t.Errorf("a mail to %s", got.To)
	}
	eventually(t, "the mark", func() bool { return mailStatuses(t, board.TestApp)["sent"] == 1 })
	node.Lead(false)
	node.Lead(true)
	time.Sleep(20 * time.Millisecond)
	box.MustBeEmpty(t)
}

// A node that ceases to lead hangs up in the middle of a mail, since the next leader sends it again.
func TestALeaderThatIsReplacedHangsUp(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind, bindMail)
	box := board.CatchMail()
	asked, answer := make(chan struct{}, 2), make(chan struct{})
	box.RefuseAt(func(command, _ string) error {
		if command == "RCPT" {
			asked <- struct{}{}
			<-answer
		}
		return nil
	})
	node := testapp.Join(board.TestApp, true)
	ann := board.Update(board.Seeker("ann"), map[string]any{"emailNotifications": []string{collections.KindJobClosed}})
	write(t, board.TestApp, notificationOf(collections.KindJobClosed), ann)
	due(t, board.TestApp)
	board.Handler()
	<-asked
	node.Lead(false)
	due(t, board.TestApp)
	node.Lead(true)
	<-asked // only now has the first attempt ended
	close(answer)
	box.MustReceive(t)
	eventually(t, "the mark", func() bool { return mailStatuses(t, board.TestApp)["sent"] == 1 })
	box.MustBeEmpty(t)
}

func TestAccountMailsWaitForTheLog(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind, bindMail)
	box := board.CatchMail()
	node := testapp.Join(board.TestApp, true)
	ask := func(name string) {
		t.Helper()
		board.Seeker(name)
		const path = "/api/collections/users/request-password-reset"
		answer := board.Call(nil, http.MethodPost, path, map[string]any{"email": name + "@example.com"})
		if answer.Status != http.StatusNoContent {
			t.Fatalf("asking for a new password: %d %s", answer.Status, answer.Raw)
		}
	}
	node.Hold()
	ask("ann")
	eventually(t, "the mail", func() bool { return node.Awaited() == 1 })
	time.Sleep(20 * time.Millisecond)
	box.MustBeEmpty(t)
	node.Release(errLost)
	ask("ben")
	eventually(t, "the second mail", func() bool { return node.Awaited() == 2 })
	node.Release(nil)
	ask("cat")
	if got := box.MustReceive(t); got.To != "cat@example.com" {
		t.Errorf("a mail came to %s though the log had failed", got.To)
	}
	box.MustBeEmpty(t)
}
