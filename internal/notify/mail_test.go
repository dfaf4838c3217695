package notify_test

import (
	"bytes"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/mailer"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/notify"
	"jobboard/internal/testapp"
)

func bindNotify(app core.App) { notify.Bind(app, notify.Options{}) }

// due makes every waiting mail due.
func due(t testing.TB, app core.App) {
	t.Helper()
	if _, err := app.NonconcurrentDB().NewQuery("UPDATE notifications SET mailAt = '2020-01-01 00:00:00.000Z' WHERE mail = 'pending'").Execute(); err != nil {
		t.Fatal(err)
	}
}

// post sends all mails that are due.
func post(t testing.TB, app core.App) {
	t.Helper()
	step := notify.NewPostman()
	for {
		more, err := step(app)
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return
		}
	}
}

func mailStates(t testing.TB, app core.App) map[string]int {
	t.Helper()
	var rows []struct {
		Mail string
		N    int
	}
	if err := app.DB().NewQuery("SELECT mail, COUNT(*) AS n FROM notifications GROUP BY mail").All(&rows); err != nil {
		t.Fatal(err)
	}
	states := map[string]int{}
	for _, row := range rows {
		states[row.Mail] = row.N
	}
	return states
}

func TestMailsGroupWhatWaitsAndSpareQuickReaders(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, bindNotify)
	box := board.CatchMail()
	ann, ben := board.Seeker("ann"), board.Seeker("ben")
	board.Update(ben, map[string]any{"emailNotifications": []string{collections.KindJobClosed, collections.KindReportReady}})
	board.Update(ann, map[string]any{"emailNotifications": []string{collections.KindJobClosed, collections.KindReportReady}})
	write := func(kind, title string, users ...*core.Record) {
		for _, user := range users {
			if err := notify.Write(board.TestApp, notify.Notice{Kind: kind, Title: title, Body: "Line <one>\nLine two"}, user.Id); err != nil {
				t.Fatal(err)
			}
		}
	}
	write(collections.KindJobClosed, "First", ann, ben)
	write(collections.KindReportReady, "Second", ann)
	write(collections.KindReviewReceived, "Not wanted", ann)
	post(t, board.TestApp)
	box.MustBeEmpty(t) // all still have time to be read on the board

	if _, err := notify.MarkAllRead(board.TestApp, ben.Id); err != nil {
		t.Fatal(err)
	}
	due(t, board.TestApp)
	post(t, board.TestApp)
	mail := box.MustReceive(t)
	if mail.To != "ann@example.com" || !strings.HasPrefix(mail.Subject, "2 news from ") {
		t.Errorf("to %s: %s", mail.To, mail.Subject)
	}
	for _, part := range []string{mail.Text, mail.HTML} {
		if !strings.Contains(part, "First") || !strings.Contains(part, "Second") || strings.Contains(part, "Not wanted") {
			t.Errorf("the mail says:\n%s", part)
		}
	}
	if !strings.Contains(mail.HTML, "Line &lt;one&gt;") || !strings.Contains(mail.Text, "Line <one>") {
		t.Error("the body is not escaped in HTML, or is in text")
	}
	box.MustBeEmpty(t)
	if got := mailStates(t, board.TestApp); got["sent"] != 2 || got["none"] != 2 {
		t.Errorf("states: %v", got)
	}
}

func TestUnsubscribingIsOneClickAndGetChangesNothing(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, bindNotify)
	box := board.CatchMail()
	ann := board.Update(board.Seeker("ann"), map[string]any{"emailNotifications": []string{collections.KindJobClosed, collections.KindJobDigest}})
	for _, kind := range []string{collections.KindJobClosed, collections.KindAccount} {
		board.Update(ann, map[string]any{"emailNotifications+": kind})
		if err := notify.Write(board.TestApp, notify.Notice{Kind: kind, Title: kind}, ann.Id); err != nil {
			t.Fatal(err)
		}
	}
	due(t, board.TestApp)
	post(t, board.TestApp)
	var link string
	for range 2 {
		mail := box.MustReceive(t)
		header := mail.Header.Get("List-Unsubscribe")
		if mail.Subject == collections.KindAccount {
			if header != "" {
				t.Error("account mail can be unsubscribed from")
			}
			continue
		}
		link = strings.Trim(header, "<>")
		if mail.Header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
			t.Errorf("List-Unsubscribe-Post: %q", mail.Header.Get("List-Unsubscribe-Post"))
		}
	}
	path := strings.TrimPrefix(link, strings.TrimRight(board.Settings().Meta.AppURL, "/"))
	if !strings.HasPrefix(path, "/unsubscribe/") || strings.Contains(path, ann.Id) {
		t.Fatalf("link %q", link)
	}
	wants := func() int { return len(board.Reload(ann).GetStringSlice("emailNotifications")) }
	before := wants()
	page := board.Send(httptest.NewRequest("GET", path, nil))
	if page.Status != 200 || !strings.Contains(page.Raw, "<button") || wants() != before {
		t.Fatalf("GET: status %d, %d kinds wanted", page.Status, wants())
	}
	if got := board.Send(httptest.NewRequest("POST", path+"x", nil)); got.Status != 404 || wants() != before {
		t.Errorf("a forged token: status %d", got.Status)
	}
	form := httptest.NewRequest("POST", path, strings.NewReader("List-Unsubscribe=One-Click"))
	form.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if got := board.Send(form); got.Status != 200 || wants() != before-1 {
		t.Errorf("POST: status %d, %d kinds wanted", got.Status, wants())
	}
	multipart := httptest.NewRequest("POST", path, bytes.NewBufferString("--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n"))
	multipart.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	if got := board.Send(multipart); got.Status != 200 {
		t.Errorf("POST again, as multipart: status %d", got.Status)
	}
}

func TestInterviewsCarryACalendar(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, bindNotify)
	box := board.CatchMail()
	employer, _ := board.Employer("Acme")
	application := board.Application(board.Seeker("ann"), board.Job(employer, "Baker"))
	at := time.Now().Add(72 * time.Hour).UTC()
	application = board.Update(application, map[string]any{"status": "interview_scheduled", "interviewAt": at, "interviewLocation": "Room 1"})
	application = board.Update(application, map[string]any{"interviewAt": at.Add(time.Hour)})
	application = board.Update(application, map[string]any{"interviewLocation": "Room 2"})
	board.Update(application, map[string]any{"status": "rejected"})
	for i, want := range []struct{ method, sequence, place string }{
		{"REQUEST", "0", "Room 1"}, {"REQUEST", "1", "Room 1"}, {"REQUEST", "2", "Room 2"}, {"CANCEL", "3", "Room 2"},
	} {
		post(t, board.TestApp)
		calendar := box.MustReceive(t).Parts["text/calendar"]
		for _, line := range []string{"METHOD:" + want.method, "SEQUENCE:" + want.sequence, "LOCATION:" + want.place, "UID:interview-" + application.Id + "@"} {
			if !strings.Contains(calendar, line) {
				t.Errorf("mail %d lacks %s:\n%s", i, line, calendar)
			}
		}
	}
	box.MustBeEmpty(t)
}

// A crash after the server took the mail and before that was noted sends it again under the same Message-ID.
func TestARepeatedMailKeepsItsMessageID(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, bindNotify)
	box := board.CatchMail()
	ann := board.Seeker("ann")
	if err := notify.Write(board.TestApp, notify.Notice{Kind: collections.KindJobClosed, Title: "Closed"}, ann.Id); err != nil {
		t.Fatal(err)
	}
	due(t, board.TestApp)
	post(t, board.TestApp)
	first := box.MustReceive(t).Header.Get("Message-ID")
	if _, err := board.NonconcurrentDB().NewQuery("UPDATE notifications SET mail = 'pending'").Execute(); err != nil {
		t.Fatal(err)
	}
	due(t, board.TestApp)
	post(t, board.TestApp)
	if second := box.MustReceive(t).Header.Get("Message-ID"); first == "" || second != first {
		t.Errorf("Message-ID %q, then %q", first, second)
	}
}

func TestADeadMailServerLosesNothing(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, bindNotify)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := closed.Addr().(*net.TCPAddr).Port
	closed.Close()
	board.OnMailerSend().BindFunc(func(e *core.MailerEvent) error {
		e.Mailer = &mailer.SMTPClient{Host: "127.0.0.1", Port: port}
		return e.Next()
	})
	ann, ben := board.Seeker("ann"), board.Seeker("ben")
	if err := notify.Write(board.TestApp, notify.Notice{Kind: collections.KindJobClosed, Title: "Closed"}, ann.Id, ben.Id); err != nil {
		t.Fatal(err)
	}
	due(t, board.TestApp)
	post(t, board.TestApp)
	tried, err := board.CountRecords(collections.Notifications, dbx.HashExp{"mail": "pending", "mailAttempts": 1})
	if err != nil || tried != 1 {
		t.Errorf("%d mails were tried, want 1 and then a rest (%v)", tried, err)
	}
	if got := mailStates(t, board.TestApp); got["pending"] != 2 {
		t.Errorf("states: %v", got)
	}
	box := board.CatchMail() // it is back
	due(t, board.TestApp)
	post(t, board.TestApp)
	to := map[string]bool{box.MustReceive(t).To: true, box.MustReceive(t).To: true}
	if !to["ann@example.com"] || !to["ben@example.com"] {
		t.Errorf("mails came to %v", to)
	}
}
