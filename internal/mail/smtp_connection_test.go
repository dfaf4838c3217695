package mail_test

import (
	"fmt"
	"net"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/mail"
	"jobboard/internal/testapp"
)

// notifySeekers writes a notification whose mail is due for each of n new seekers.
func notifySeekers(t *testing.T, board *testapp.Board, n int) {
	t.Helper()
	for i := range n {
		write(t, board.TestApp, notificationOf(collections.KindJobClosed), board.Seeker(fmt.Sprintf("seeker%d", i)))
	}
	due(t, board.TestApp)
}

func mustCome(t *testing.T, box *testapp.Mailbox, n int) {
	t.Helper()
	to := map[string]int{}
	for range n {
		to[box.MustReceive(t).To]++
	}
	box.MustBeEmpty(t)
	if len(to) != n {
		t.Errorf("mails came to %v, want one each for %d", to, n)
	}
}

func TestManyMailsGoOverOneConnection(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind, bindMail)
	box := board.CatchMail()
	box.RefuseAt(func(command, to string) error { // what concerns one mail does not end the connection
		switch {
		case command == "RCPT" && to == "seeker3@example.com":
			return &smtp.SMTPError{Code: 550, Message: "no such user"}
		case command == "RCPT" && to == "seeker5@example.com":
			return &smtp.SMTPError{Code: 451, Message: "later"}
		case command == "DATA" && to == "seeker7@example.com":
			return &smtp.SMTPError{Code: 554, Message: "no such words"}
		}
		return nil
	})
	notifySeekers(t, board, 20)
	post(t, board.TestApp)
	mustCome(t, box, 17)
	if n := box.Connections(); n != 1 {
		t.Errorf("%d connections for 20 mails, want 1", n)
	}
	if got := mailStatuses(t, board.TestApp); got["failed"] != 2 || got["pending"] != 1 || got["sent"] != 17 {
		t.Errorf("statuses: %v", got)
	}
}

// If a mail server closes the connection between two mails, the next one is sent over a new connection, without a retry later.
func TestAConnectionThatEndedIsMadeAnew(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind, bindMail)
	box := board.CatchMail()
	var mails atomic.Int32
	box.RefuseAt(func(command, _ string) error {
		if command == "MAIL" && mails.Add(1)%4 == 0 {
			return &smtp.SMTPError{Code: 421, Message: "enough for this connection"}
		}
		return nil
	})
	notifySeekers(t, board, 10)
	post(t, board.TestApp)
	mustCome(t, box, 10)
	if n := box.Connections(); n != 4 {
		t.Errorf("%d connections, want 4", n)
	}
}

// A permanent refusal of any command fails the mail at once; after a temporary one it is retried.
func TestWhatIsRefusedForGoodIsGivenUp(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind, bindMail)
	box := board.CatchMail()
	ann := board.Seeker("ann")
	for _, command := range []string{"MAIL", "RCPT", "DATA"} {
		for code, want := range map[int]string{550: "failed", 552: "failed", 554: "failed", 450: "pending", 452: "pending"} {
			t.Run(fmt.Sprint(command, " ", code), func(t *testing.T) {
				if _, err := board.NonconcurrentDB().Delete(collections.Notifications, nil).Execute(); err != nil {
					t.Fatal(err)
				}
				box.RefuseAt(func(at, _ string) error {
					if at == command {
						return &smtp.SMTPError{Code: code, Message: "no"}
					}
					return nil
				})
				write(t, board.TestApp, notificationOf(collections.KindJobClosed), ann)
				due(t, board.TestApp)
				post(t, board.TestApp)
				if got := mailStatuses(t, board.TestApp); got[want] != 1 {
					t.Errorf("statuses: %v, want it %s", got, want)
				}
				box.RefuseAt(func(string, string) error { return nil })
				due(t, board.TestApp)
				post(t, board.TestApp)
				if want == "pending" {
					mustCome(t, box, 1)
				}
				box.MustBeEmpty(t)
			})
		}
	}
}

// A refused sender is the same in every mail, so it must not fail them all.
func TestARefusedSenderKeepsTheOtherMailsPending(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind, bindMail)
	board.CatchMail().RefuseAt(func(string, string) error { return &smtp.SMTPError{Code: 550, Message: "not from you"} })
	notifySeekers(t, board, 5)
	post(t, board.TestApp)
	if got := mailStatuses(t, board.TestApp); got["failed"] != 1 || got["pending"] != 4 {
		t.Errorf("statuses: %v, want one failed and the others to wait", got)
	}
}

// When the board stops, the mail in progress is aborted and sent after the next start, without counting the attempt.
func TestStoppingBreaksOffAMail(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind, bindMail)
	reached := make(chan struct{}, 1)
	board.SendBy(listen(t, func(net.Conn) { reached <- struct{}{} })) // and never says a word
	notifySeekers(t, board, 1)
	board.Handler() // starts the workers
	<-reached
	err := board.OnTerminate().Trigger(&core.TerminateEvent{App: board.TestApp}, func(*core.TerminateEvent) error {
		n, err := board.CountRecords(collections.Notifications, dbx.HashExp{"mail": "pending", "mailAttempts": 0})
		if err != nil || n != 1 {
			t.Errorf("%d mails wait as before, want 1 (%v); statuses %v", n, err, mailStatuses(t, board.TestApp))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The real board stops while a mail server hangs without waiting for it, and sends the mail after the next start.
func TestTheBoardStopsWhileAMailServerHangs(t *testing.T) {
	testapp.Slow(t, "it runs the real board")
	board := testapp.NewBoard(t, hooks.Bind)
	notifySeekers(t, board, 1)
	reached := make(chan struct{}, 1)
	hanging := listen(t, func(net.Conn) { reached <- struct{}{} })
	running := serve(t, board.DataDir(), hanging.Port)
	<-reached
	began := time.Now()
	if err := running.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := running.Wait(); err != nil {
		t.Errorf("the board ended with %v", err)
	}
	took := time.Since(began)
	t.Logf("the board stopped in %s", took)
	if took > 8*time.Second { // for a busy machine; alone it takes some tenths of a second
		t.Errorf("the board took %s to stop", took)
	}
	if n := testapp.Count(t, board.TestApp, "SELECT COUNT(*) FROM notifications WHERE mail = 'pending' AND mailAttempts = 0"); n != 1 {
		t.Errorf("statuses: %v", mailStatuses(t, board.TestApp))
	}
	box := testapp.NewMailbox(t)
	serve(t, board.DataDir(), box.Port)
	mustCome(t, box, 1)
}

// An account mail that a hanging mail server never takes fails in time, and so does not keep what waits for it.
func TestAccountMailsGiveUpOnAServerThatHangs(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind, testapp.With(mail.Bind, mail.Options{SendTimeout: 200 * time.Millisecond}))
	board.SendBy(listen(t, func(net.Conn) {})) // and never says a word
	ann := board.Seeker("ann")
	for name, send := range accountMails(board.TestApp, ann) {
		began := time.Now()
		if err := send(); err == nil || time.Since(began) > 10*time.Second {
			t.Errorf("%s: %v after %s", name, err, time.Since(began))
		}
	}
}
