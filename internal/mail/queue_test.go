package mail_test

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/mailer"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/mail"
	"jobboard/internal/notify"
	"jobboard/internal/pages"
	"jobboard/internal/testapp"
)

func bindMail(app core.App) { mail.Bind(app, mail.Options{}) }

// bindPages serves the pages that mails lead to.
func bindPages(app core.App) {
	public := os.DirFS("../../pb_public")
	if err := pages.Bind(app, pages.Options{Public: public, Embedded: public}); err != nil {
		panic(err)
	}
}

// write stores a notification for users.
func write(t testing.TB, app core.App, notification notify.Notification, users ...*core.Record) {
	t.Helper()
	for _, user := range users {
		if err := notify.Write(app, notification, user.Id); err != nil {
			t.Fatal(err)
		}
	}
}

func notificationOf(kind string) notify.Notification {
	return notify.Notification{Kind: kind, Title: kind}
}

// due makes every pending mail due, and moves the times of sent ones into the past.
func due(t testing.TB, app core.App) {
	t.Helper()
	_, err := app.NonconcurrentDB().NewQuery("UPDATE notifications SET mailAt = '2020-01-01 00:00:00.000Z' WHERE mail != 'none'").Execute()
	if err != nil {
		t.Fatal(err)
	}
}

// post sends all mails that are due.
func post(t testing.TB, app core.App) {
	t.Helper()
	step := mail.NewWorker()
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

func mailStatuses(t testing.TB, app core.App) map[string]int {
	t.Helper()
	var rows []struct {
		Mail string
		N    int
	}
	if err := app.DB().NewQuery("SELECT mail, COUNT(*) AS n FROM notifications GROUP BY mail").All(&rows); err != nil {
		t.Fatal(err)
	}
	statuses := map[string]int{}
	for _, row := range rows {
		statuses[row.Mail] = row.N
	}
	return statuses
}

func TestMailsGroupWhatWaitsAndSpareQuickReaders(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind, bindMail)
	box := board.CatchMail()
	ann, ben := board.Seeker("ann"), board.Seeker("ben")
	board.Update(ben, map[string]any{"emailNotifications": []string{collections.KindJobClosed, collections.KindReportReady}})
	board.Update(ann, map[string]any{"emailNotifications": []string{collections.KindJobClosed, collections.KindReportReady}})
	write := func(kind, title string, users ...*core.Record) {
		for _, user := range users {
			err := notify.Write(board.TestApp, notify.Notification{Kind: kind, Title: title, Body: "Line <one>\nLine two"}, user.Id)
			if err != nil {
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
	if mail.To != "ann@example.com" || !strings.HasPrefix(mail.Subject, "2 updates from ") {
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
	if got := mailStatuses(t, board.TestApp); got["sent"] != 2 || got["none"] != 2 {
		t.Errorf("statuses: %v", got)
	}
}

func TestUnsubscribingIsOneClickAndGetChangesNothing(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind, bindMail, bindPages)
	box := board.CatchMail()
	ann := board.Update(board.Seeker("ann"), map[string]any{
		"emailNotifications": []string{collections.KindJobClosed, collections.KindJobDigest},
	})
	for _, kind := range []string{collections.KindJobClosed, collections.KindAccount} {
		board.Update(ann, map[string]any{"emailNotifications+": kind})
		if err := notify.Write(board.TestApp, notify.Notification{Kind: kind, Title: kind}, ann.Id); err != nil {
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
	prefetch := httptest.NewRequest("GET", path, nil)
	prefetch.Header.Set("Sec-Purpose", "prefetch")
	for _, request := range []*http.Request{httptest.NewRequest("HEAD", path, nil), prefetch, httptest.NewRequest("OPTIONS", path, nil)} {
		if got := board.Send(request); got.Status >= 500 || wants() != before {
			t.Errorf("%s: status %d, %d kinds wanted", request.Method, got.Status, wants())
		}
	}
	token := strings.TrimPrefix(path, "/unsubscribe/")
	flipped := []byte(token)
	flipped[len(flipped)/2] ^= 1
	for _, forged := range []string{token + "x", token[:len(token)-2], string(flipped), "x", ann.Id, "%00", strings.Repeat("A", 10_000)} {
		if got := board.Send(httptest.NewRequest("POST", "/unsubscribe/"+forged, nil)); got.Status != 404 || wants() != before {
			t.Errorf("the forged token %.80q: status %d", forged, got.Status)
		}
	}
	form := httptest.NewRequest("POST", path, strings.NewReader("List-Unsubscribe=One-Click"))
	form.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if got := board.Send(form); got.Status != 200 || wants() != before-1 {
		t.Errorf("POST: status %d, %d kinds wanted", got.Status, wants())
	}
	multipart := httptest.NewRequest("POST", path,
		bytes.NewBufferString("--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n"))
	multipart.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	if got := board.Send(multipart); got.Status != 200 {
		t.Errorf("POST again, as multipart: status %d", got.Status)
	}
}

func TestInterviewsCarryACalendar(t *testing.T) {
	t.Parallel()
	for _, method := range []string{mailer.SMTPAuthPlain, mailer.SMTPAuthLogin} {
		t.Run("login by "+method, func(t *testing.T) {
			box := testapp.NewMailbox(t)
			testInterviews(t, box, &mailer.SMTPClient{Host: "127.0.0.1", Port: box.Port, Username: "board",
				Password: "secret", AuthMethod: method})
		})
	}
}

func testInterviews(t *testing.T, box *testapp.Mailbox, server *mailer.SMTPClient) {
	board := testapp.NewBoard(t, hooks.Bind, bindMail)
	board.SendBy(server)
	employer, owner := board.Employer("Acme")
	board.Update(owner, map[string]any{"emailNotifications": []string{}})
	application := board.Application(board.Seeker("ann"), board.Job(employer, "Baker"))
	at := time.Now().Add(72 * time.Hour).UTC()
	for i, want := range []struct {
		change                  map[string]any
		method, sequence, place string
	}{
		{map[string]any{"status": "interview_scheduled", "interviewAt": at, "interviewLocation": "Room 1"}, "REQUEST", "0", "Room 1"},
		{map[string]any{"interviewAt": at.Add(time.Hour)}, "REQUEST", "1", "Room 1"},
		{map[string]any{"interviewLocation": "Room 2"}, "REQUEST", "2", "Room 2"},
		{map[string]any{"status": "rejected"}, "CANCEL", "3", "Room 2"},
	} {
		if want.method == "CANCEL" {
			board.Settings().Meta.SenderAddress = "another@example.com" // changes nothing about the event
		}
		application = board.Update(application, want.change)
		due(t, board.TestApp)
		post(t, board.TestApp)
		mail := box.MustReceive(t)
		calendar := mail.Parts["text/calendar"]
		if got := mail.ContentTypes["text/calendar"]; got != "text/calendar; method="+want.method+"; charset=UTF-8" {
			t.Errorf("mail %d: the calendar is of type %q", i, got)
		}
		if mail.Login != "board" || mail.Parts["application/ics"] != calendar {
			t.Errorf("mail %d was sent by %q, with the file\n%s", i, mail.Login, mail.Parts["application/ics"])
		}
		for _, line := range []string{"METHOD:" + want.method, "SEQUENCE:" + want.sequence, "LOCATION:" + want.place,
			"UID:interview-" + application.Id + "@jobboard"} {
			if !strings.Contains(calendar, line) {
				t.Errorf("mail %d lacks %s:\n%s", i, line, calendar)
			}
		}
	}
	box.MustBeEmpty(t)
}

// After a crash between sending a mail and storing that, it is sent again with the same Message-ID.
func TestARepeatedMailKeepsItsMessageID(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind, bindMail)
	box := board.CatchMail()
	ann := board.Seeker("ann")
	if err := notify.Write(board.TestApp, notify.Notification{Kind: collections.KindJobClosed, Title: "Closed"}, ann.Id); err != nil {
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

// If the mail server can't be reached, hangs or refuses the board, there is one attempt and then a pause, and nothing is lost.
func TestAMailServerInTroubleLosesNothing(t *testing.T) {
	t.Parallel()
	for name, server := range map[string]func(t *testing.T) *mailer.SMTPClient{
		"closed": func(t *testing.T) *mailer.SMTPClient { return listen(t, nil) },
		"goes away": func(t *testing.T) *mailer.SMTPClient {
			return listen(t, func(line net.Conn) { line.Close() })
		},
		"not now": func(t *testing.T) *mailer.SMTPClient {
			return listen(t, func(line net.Conn) { _, _ = line.Write([]byte("421 too busy\r\n")); line.Close() })
		},
	} {
		t.Run(name, func(t *testing.T) {
			board := testapp.NewBoard(t, hooks.Bind, bindMail)
			ann, ben := board.Seeker("ann"), board.Seeker("ben")
			write(t, board.TestApp, notify.Notification{Kind: collections.KindJobClosed, Title: "Closed"}, ann, ben)
			due(t, board.TestApp)
			board.SendBy(server(t))
			post(t, board.TestApp)
			tried, err := board.CountRecords(collections.Notifications, dbx.HashExp{"mail": "pending", "mailAttempts": 1})
			if err != nil || tried != 1 {
				t.Errorf("%d mails were tried, want 1 and then a rest (%v)", tried, err)
			}
			if got := mailStatuses(t, board.TestApp); got["pending"] != 2 {
				t.Errorf("statuses: %v", got)
			}
			box := board.CatchMail() // it is back
			due(t, board.TestApp)
			post(t, board.TestApp)
			to := map[string]bool{box.MustReceive(t).To: true, box.MustReceive(t).To: true}
			if !to["ann@example.com"] || !to["ben@example.com"] {
				t.Errorf("mails came to %v", to)
			}
		})
	}
}

// listen is a mail server that answers each connection so; nil refuses them.
func listen(t *testing.T, answer func(net.Conn)) *mailer.SMTPClient {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	if answer == nil {
		listener.Close()
	} else {
		go func() {
			for {
				line, err := listener.Accept()
				if err != nil {
					return
				}
				answer(line)
			}
		}()
	}
	return &mailer.SMTPClient{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port}
}

// A hanging mail server blocks neither requests nor notifications.
func TestAHangingMailServerHoldsUpNobody(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind, bindMail)
	reached, release := make(chan struct{}), make(chan struct{})
	board.SendBy(listen(t, func(line net.Conn) { reached <- struct{}{}; <-release; line.Close() }))
	ann := board.Seeker("ann")
	write(t, board.TestApp, notify.Notification{Kind: collections.KindJobClosed, Title: "Closed"}, ann)
	due(t, board.TestApp)
	sent := make(chan error)
	go func() { _, err := mail.NewWorker()(board.TestApp); sent <- err }()
	<-reached
	if got := board.Call(ann, "GET", testapp.Records(collections.Notifications), nil); got.Status != 200 || len(got.Items()) != 1 {
		t.Errorf("reading meanwhile: %d %s", got.Status, got.Raw)
	}
	write(t, board.TestApp, notify.Notification{Kind: collections.KindJobClosed, Title: "Closed too"}, ann) // takes the write lock
	select {
	case <-sent:
		t.Error("the mail server did not hang")
	default:
	}
	close(release)
	if err := <-sent; err != nil {
		t.Error(err)
	}
	if got := mailStatuses(t, board.TestApp); got["pending"] != 2 {
		t.Errorf("statuses: %v", got)
	}
}

func TestAHangingMailServerIsGivenUp(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind, testapp.With(mail.Bind, mail.Options{SendTimeout: 100 * time.Millisecond}))
	board.SendBy(listen(t, func(net.Conn) {})) // and never says a word
	write(t, board.TestApp, notify.Notification{Kind: collections.KindJobClosed, Title: "Closed"}, board.Seeker("ann"))
	due(t, board.TestApp)
	post(t, board.TestApp)
	if got := mailStatuses(t, board.TestApp); got["pending"] != 1 {
		t.Errorf("statuses: %v", got)
	}
}

// A refusal of one mail does not affect the others.
func TestARefusedMailKeepsNoOtherWaiting(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind, bindMail)
	box := board.CatchMail()
	box.Refuse(func(to string) error {
		switch to {
		case "unknown@example.com":
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
		case "greylisted@example.com":
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "later"}
		}
		return nil
	})
	for _, name := range []string{"unknown", "greylisted", "fine"} {
		write(t, board.TestApp, notify.Notification{Kind: collections.KindJobClosed, Title: "Closed"}, board.Seeker(name))
	}
	due(t, board.TestApp)
	post(t, board.TestApp)
	if got := box.MustReceive(t); got.To != "fine@example.com" {
		t.Errorf("a mail came to %s", got.To)
	}
	if got := mailStatuses(t, board.TestApp); got["failed"] != 1 || got["pending"] != 1 || got["sent"] != 1 {
		t.Errorf("statuses: %v", got)
	}
	box.Refuse(func(string) error { return nil })
	due(t, board.TestApp)
	post(t, board.TestApp)
	if got := box.MustReceive(t); got.To != "greylisted@example.com" {
		t.Errorf("tried again, a mail came to %s", got.To)
	}
	box.MustBeEmpty(t)
}

// A mail is retried for four days and then fails.
func TestAMailIsGivenUpInTheEnd(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind, bindMail)
	box := board.CatchMail()
	box.Refuse(func(string) error { return &smtp.SMTPError{Code: 452, Message: "mailbox full"} })
	ann := board.Seeker("ann")
	write(t, board.TestApp, notify.Notification{Kind: collections.KindJobClosed, Title: "Closed"}, ann)
	var waited time.Duration
	attempts := 0
	for mailStatuses(t, board.TestApp)["pending"] > 0 && attempts < 100 {
		due(t, board.TestApp)
		post(t, board.TestApp)
		attempts++
		row, err := board.FindFirstRecordByData(collections.Notifications, "user", ann.Id)
		if err != nil {
			t.Fatal(err)
		}
		if row.GetString("mail") == collections.MailPending {
			waited += time.Until(row.GetDateTime("mailAt").Time()).Round(time.Minute)
		}
	}
	if attempts != 10 || waited < 96*time.Hour {
		t.Errorf("%d attempts over %s", attempts, waited)
	}
}

// Two processes that send mails at once, such as during an upgrade, send each mail once.
func TestTwoProcessesSendEachMailOnce(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind, bindMail)
	box := board.CatchMail()
	twin := board.Twin(hooks.Bind, bindMail)
	twin.SendBy(&mailer.SMTPClient{Host: "127.0.0.1", Port: box.Port})
	const n = 15
	for i := range n {
		write(t, board.TestApp, notify.Notification{Kind: collections.KindJobClosed, Title: "Closed"},
			board.Seeker(fmt.Sprintf("seeker%d", i)))
	}
	due(t, board.TestApp)
	var both sync.WaitGroup
	for _, app := range []core.App{board.TestApp, twin.TestApp} {
		both.Go(func() { post(t, app) })
	}
	both.Wait()
	got := map[string]int{}
	for _, mail := range box.Received() {
		got[mail.To]++
	}
	for to, times := range got {
		if times != 1 {
			t.Errorf("%s got %d mails", to, times)
		}
	}
	if statuses := mailStatuses(t, board.TestApp); len(got) != n || statuses["sent"] != n {
		t.Errorf("%d got a mail; statuses %v", len(got), statuses)
	}
}

// Only the kinds that a user wants are mailed; the notification is written in any case.
func TestOnlyWantedKindsAreMailed(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind, bindMail)
	box := board.CatchMail()
	for i, wanted := range collections.NotificationKinds() {
		user := board.Update(board.Seeker(fmt.Sprintf("seeker%d", i)), map[string]any{"emailNotifications": []string{wanted}})
		for _, kind := range collections.NotificationKinds() {
			write(t, board.TestApp, notify.Notification{Kind: kind, Title: kind}, user)
		}
		due(t, board.TestApp)
		post(t, board.TestApp)
		mails := box.Received()
		if len(mails) != 1 || mails[0].Subject != wanted {
			t.Errorf("who wants %s got %d mails: %v", wanted, len(mails), mails)
		}
		n, err := notify.UnreadCount(board.TestApp, user.Id)
		if err != nil || n != len(collections.NotificationKinds()) {
			t.Errorf("who wants %s has %d notifications (%v)", wanted, n, err)
		}
	}
	// A user who opts out while a mail is pending does not get it.
	user := board.Update(board.Seeker("fickle"), map[string]any{"emailNotifications": []string{collections.KindJobClosed}})
	write(t, board.TestApp, notify.Notification{Kind: collections.KindJobClosed, Title: "Closed"}, user)
	board.Update(user, map[string]any{"emailNotifications": []string{}})
	due(t, board.TestApp)
	post(t, board.TestApp)
	box.MustBeEmpty(t)
}
