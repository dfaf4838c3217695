package notify_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/notify"
	"jobboard/internal/testapp"
)

// After a crash between the mail server's yes and the row, the journal tells which mails were sent: those attempts alone.
func TestTheJournalKnowsWhatWasSentBeforeACrash(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind)
	box := board.CatchMail()
	path := filepath.Join(board.DataDir(), "mails.sent")
	ids := map[string]string{}
	for _, name := range []string{"sent", "sent-before", "never-sent"} {
		seeker := board.Seeker(name)
		board.Update(seeker, map[string]any{"emailNotifications": []string{collections.KindJobClosed}})
		if err := notify.Write(board.TestApp, notify.Notice{Kind: collections.KindJobClosed, Title: name}, seeker.Id); err != nil {
			t.Fatal(err)
		}
		notice, err := board.FindFirstRecordByData(collections.Notifications, "user", seeker.Id)
		if err != nil {
			t.Fatal(err)
		}
		ids[name] = notice.Id
	}
	_, err := board.NonconcurrentDB().Update(collections.Notifications, dbx.Params{"mailAttempts": 2}, dbx.NewExp("mail = 'pending'")).Execute()
	if err != nil {
		t.Fatal(err)
	}
	// The mail of "sent-before" was asked for again since the line was written; what a power cut left is passed over.
	lines := fmt.Sprintf("%s 2\n%s 1\n\x00\x00\n%s", ids["sent"], ids["sent-before"], ids["never-sent"])
	if err := os.WriteFile(path, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	due(t, board.TestApp)
	post(t, board.TestApp)
	var got []string
	for _, mail := range box.Received() {
		got = append(got, mail.Subject)
	}
	if len(got) != 2 || strings.Contains(strings.Join(got, " "), "sent sent") || got[0] == "sent" || got[1] == "sent" {
		t.Errorf("mails came about %q, want sent-before and never-sent", got)
	}
	left := rows(t, board, "SELECT COUNT(*) FROM notifications WHERE mail != 'sent'")
	now, err := os.ReadFile(path)
	if err != nil || left != 0 {
		t.Errorf("%d are not noted as sent (%v)", left, err)
	}
	if len(now) != 0 {
		t.Errorf("the rows tell it all, and the journal %q", now)
	}
}

// A board whose journal can't be opened sends nothing that it could not note.
func TestNoMailWithoutAJournal(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind)
	box := board.CatchMail()
	path := filepath.Join(board.DataDir(), "mails.sent")
	seeker := board.Seeker("ann")
	board.Update(seeker, map[string]any{"emailNotifications": []string{collections.KindJobClosed}})
	if err := notify.Write(board.TestApp, notify.Notice{Kind: collections.KindJobClosed, Title: "Closed"}, seeker.Id); err != nil {
		t.Fatal(err)
	}
	due(t, board.TestApp)
	step := notify.NewPostman()
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if more, err := step(board.TestApp); err == nil || more {
			t.Error("a journal that is no file is no error")
		}
	}
	box.MustBeEmpty(t)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := step(board.TestApp); err != nil {
		t.Fatal(err)
	}
	box.MustReceive(t)
}
