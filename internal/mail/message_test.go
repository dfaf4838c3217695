package mail_test

import (
	"flag"
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/mails"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/jobalerts"
	"jobboard/internal/notify"
	"jobboard/internal/testapp"
)

var saveMails = flag.String("mails", "", "a folder to save the mails of TestEveryKindOfMail in, to look at them in a browser")

func bindJobAlerts(app core.App) { jobalerts.Bind(app, jobalerts.Options{}) }

// wantAll makes a user want every kind of mail.
func wantAll(board *testapp.Board, users ...*core.Record) {
	for _, user := range users {
		board.Update(user, map[string]any{"emailNotifications": collections.NotificationKinds()})
	}
}

// dropPending deletes the pending fan-outs and mails.
func dropPending(t *testing.T, board *testapp.Board) {
	t.Helper()
	_, err := board.NonconcurrentDB().NewQuery("DELETE FROM fanouts; DELETE FROM notifications WHERE mail = 'pending'").Execute()
	if err != nil {
		t.Fatal(err)
	}
}

// Every kind of mail, triggered by changes on the board, with names and titles that are hard to lay out.
func TestEveryKindOfMail(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind, bindMail, bindJobAlerts)
	box := board.CatchMail()
	settings := board.Settings()
	settings.Meta.AppURL, settings.Meta.AppName, settings.Meta.SenderName = "https://jobs.example.org", "Job Board", "Jobs, Crafts & More"
	employer, owner := board.Employer("Acme")
	seeker, fan := board.Seeker("seeker"), board.Seeker("fan")
	board.Update(seeker, map[string]any{"name": "مريم الخوارزمي", "email": "maryam@example.com"})
	board.Update(employer, map[string]any{
		"name": "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz-Beratungsgesellschaft mbH & Co. KG <b>",
	})
	wantAll(board, owner, seeker, fan)
	board.SetProfile(fan, map[string]any{"skills": []string{"go", "sql"}})
	search := board.Record(collections.SavedSearches,
		map[string]any{"seeker": fan.Id, "name": "Go & SQL, remote", "query": `{"skills":"go"}`, "frequency": "daily"})
	testapp.SetColumn(t, board.TestApp, "saved_searches", "created", testapp.Ago(25*time.Hour))

	received := map[string]testapp.Mail{}
	// take stores the one mail that do causes under a name.
	take := func(name, kind string, do func()) {
		t.Helper()
		do()
		due(t, board.TestApp)
		post(t, board.TestApp)
		got := box.Received()
		if strings.HasPrefix(name, "interview") && len(got) == 2 { // the people are invited too
			slices.SortFunc(got, func(a, b testapp.Mail) int { return -strings.Compare(a.To, b.To) }) // maryam, acme-owner
			received[name+"_people"] = got[1]
			got = got[:1]
		}
		if len(got) != 1 {
			t.Fatalf("%s caused %d mails, want 1: %v", name, len(got), got)
		}
		received[name] = got[0]
		sent, err := board.FindFirstRecordByFilter(collections.Notifications, "kind = {:kind} && mail = 'sent'", dbx.Params{"kind": kind})
		if err != nil || sent == nil {
			t.Errorf("no notification of kind %s was mailed: %v", kind, err)
		}
	}
	publish := func() *core.Record {
		return board.Job(employer, "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamter (m/w/d) in "+
			"einer-sehr-lange-zusammengesetzten-Abteilung-ohne-Leerzeichen", map[string]any{"skills": []string{"go", "sql"}})
	}
	job := publish()
	take("job_digest", collections.KindJobDigest, func() {
		for i := range 11 {
			board.Job(employer, fmt.Sprintf("Go developer %d", i+1), map[string]any{"skills": []string{"go"}})
		}
		if _, err := board.NonconcurrentDB().NewQuery("DELETE FROM fanouts").Execute(); err != nil {
			t.Fatal(err)
		}
		board.RunCron("send_job_digests")
	})
	var application *core.Record
	take("application_submitted", collections.KindApplicationSubmitted, func() { application = board.Application(seeker, job) })
	take("status_in_review", collections.KindApplicationStatusChanged, func() {
		application = board.Update(application, map[string]any{"status": "in_review"})
	})
	take("interview", collections.KindApplicationStatusChanged, func() {
		application = board.Update(application, map[string]any{"status": "interview_scheduled",
			"interviewAt": time.Now().Add(72 * time.Hour), "interviewLocation": "https://meet.example.org/" + strings.Repeat("long", 30)})
	})
	take("interview_cancelled", collections.KindApplicationStatusChanged, func() {
		application = board.Update(application, map[string]any{"status": "rejected"})
	})
	take("deadline_reminder", collections.KindDeadlineReminder, func() {
		board.Record(collections.SavedJobs, map[string]any{"seeker": fan.Id, "job": job.Id})
		board.Update(job, map[string]any{"deadline": time.Now().Add(20 * time.Hour)})
		board.Update(owner, map[string]any{"emailNotifications-": collections.KindDeadlineReminder})
		board.RunCron("remind_of_deadlines")
	})
	take("review_received", collections.KindReviewReceived, func() {
		board.Record(collections.JobReviews, map[string]any{"author": seeker.Id, "job": job.Id, "rating": 4, "title": "شركة جيدة",
			"body": "Good people."})
	})
	take("report_ready", collections.KindReportReady, func() {
		write(t, board.TestApp, notify.Notification{Kind: collections.KindReportReady, Title: "Your report is ready: applications"}, owner)
	})
	take("job_closed", collections.KindJobClosed, func() { board.Update(job, map[string]any{"status": "closed"}) })
	take("application_withdrawn", collections.KindApplicationWithdrawn, func() {
		other := board.Job(employer, "Baker")
		second := board.Application(fan, other)
		dropPending(t, board)
		board.Update(second, map[string]any{"status": "withdrawn"})
	})
	take("account", collections.KindAccount, func() { board.Update(fan, map[string]any{"role": collections.RoleEmployer}) })
	take("grouped", collections.KindJobClosed, func() {
		for i := range 4 {
			write(t, board.TestApp, notify.Notification{Kind: collections.KindJobClosed, Title: fmt.Sprintf("Job closed: Baker %d", i+1),
				Body: "The job at Acme is no longer accepting applications."}, seeker)
		}
		write(t, board.TestApp, notify.Notification{Kind: collections.KindReviewReceived, Title: "تقييم جديد", Body: "كلمات طيبة"}, seeker)
	})

	take("job_published", collections.KindJobPublished, func() {
		board.Update(fan, map[string]any{"role": collections.RoleJobSeeker})
		dropPending(t, board)
		publish()
		board.Twin(hooks.Bind, bindJobAlerts).Handler() // starts the loops
		for range 1_000 {
			if testapp.Count(t, board.TestApp, "SELECT count(*) FROM fanouts") == 0 {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Fatal("nobody was notified of the job in ten seconds")
	})

	for name, send := range accountMails(board.TestApp, seeker) {
		if err := send(); err != nil {
			t.Fatal(err)
		}
		received[name] = box.MustReceive(t)
	}
	for name, got := range received {
		t.Run(name, func(t *testing.T) {
			_, err := mail.ParseAddressList(got.Header.Get("From"))
			if len(got.Header["From"]) != 1 || len(got.Header["To"]) != 1 || len(got.Header["Subject"]) != 1 || err != nil {
				t.Errorf("headers: %v (%v)", got.Header, err)
			}
			if !strings.Contains(got.HTML, `class="sheet"`) || strings.ContainsAny(got.Text, "{}") {
				t.Errorf("not the board's design:\n%s", got.HTML)
			}
			if got.Text == "" || !strings.Contains(got.HTML, "</html>") || strings.Contains(got.HTML, "<b>") {
				t.Errorf("text:\n%s\nHTML:\n%s", got.Text, got.HTML)
			}
			list, post := got.Header.Get("List-Unsubscribe"), got.Header.Get("List-Unsubscribe-Post")
			if strings.HasPrefix(name, "account") {
				if list+post != "" {
					t.Errorf("account mail can be unsubscribed from: %s", list)
				}
			} else if !strings.HasPrefix(list, "<https://jobs.example.org/unsubscribe/") || post != "List-Unsubscribe=One-Click" {
				t.Errorf("List-Unsubscribe: %q, List-Unsubscribe-Post: %q", list, post)
			}
			for header := range got.Header {
				if strings.HasPrefix(header, "X-") || header == "User-Agent" {
					t.Errorf("the stray header %s: %s", header, got.Header.Get(header))
				}
			}
		})
		if *saveMails != "" {
			saveMail(t, name, got)
		}
	}
	const link = "\nChoose a new password: https://jobs.example.org/account/reset?token="
	if reset := strings.ReplaceAll(received["account_reset"].Text, "\r\n", "\n"); !strings.Contains(reset, link) ||
		!strings.Contains(reset, "\n\nThe link works for 30 minutes. Your old password") {
		t.Errorf("the text of an account mail:\n%s", reset)
	}
	if digest := received["job_digest"]; strings.Count(digest.HTML, "https://jobs.example.org/jobs/") != 10 ||
		!strings.Contains(digest.Text, "and 2 more") {
		t.Errorf("the digest leads to %d jobs, want the ten it names:\n%s", strings.Count(digest.HTML, "https://jobs.example.org/jobs/"),
			digest.Text)
	}
	if fresh := board.Reload(search); fresh.GetDateTime("lastSentAt").IsZero() {
		t.Error("the digest was not noted")
	}
}

// accountMails returns what sends each of PocketBase's mails about an account.
func accountMails(app core.App, user *core.Record) map[string]func() error {
	return map[string]func() error{
		"account_verification": func() error { return mails.SendRecordVerification(app, user) },
		"account_reset":        func() error { return mails.SendRecordPasswordReset(app, user) },
		"account_email":        func() error { return mails.SendRecordChangeEmail(app, user, "new@example.com") },
		"account_code":         func() error { return mails.SendRecordOTP(app, user, "nosuchotp000000", "12345678") },
		"account_alert":        func() error { return mails.SendRecordAuthAlert(app, user, "Firefox, 192.0.2.1") },
	}
}

func saveMail(t *testing.T, name string, mail testapp.Mail) {
	t.Helper()
	text := fmt.Sprintf("%v\n\n%s\n\n%s\n%s", mail.Header, mail.Text, mail.ContentTypes, mail.Parts["text/calendar"])
	for ext, content := range map[string]string{".html": mail.HTML, ".txt": text} {
		if err := os.WriteFile(filepath.Join(*saveMails, name+ext), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// Names and titles can't inject headers into a mail or lines into a calendar.
func TestNamesAndTitlesStayInTheirHeader(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind, bindMail)
	box := board.CatchMail()
	const evil = "Eve\r\nBcc: victim@example.com\r\n\r\nHello"
	ann := board.Seeker("ann")
	// It bypasses the hooks that would normalize it.
	for column, table := range map[string]string{"name": "users", "title": "jobs"} {
		testapp.SetColumn(t, board.TestApp, table, column, evil)
	}
	employer, owner := board.Employer("Acme")
	board.Update(owner, map[string]any{"emailNotifications": []string{}})
	application := board.Application(ann, board.Job(employer, "Baker"))
	testapp.SetColumn(t, board.TestApp, "jobs", "title", evil)
	board.Update(application, map[string]any{"status": "interview_scheduled", "interviewAt": time.Now().Add(time.Hour),
		"interviewLocation": "Room 1\r\nATTENDEE:mailto:victim@example.com"})
	board.Settings().Meta.SenderName = evil
	due(t, board.TestApp)
	if _, err := board.NonconcurrentDB().NewQuery("DELETE FROM notifications WHERE kind = 'application_submitted'").Execute(); err != nil {
		t.Fatal(err)
	}
	post(t, board.TestApp)
	got := box.MustReceive(t)
	box.MustBeEmpty(t)
	if got.To != "ann@example.com" || len(got.Header["Bcc"]) > 0 || !strings.Contains(got.Subject, "Bcc: victim@example.com") {
		t.Errorf("to %s, headers %v", got.To, got.Header)
	}
	for line := range strings.Lines(got.Parts["text/calendar"]) {
		if strings.HasPrefix(line, "Bcc") || strings.HasPrefix(line, "ATTENDEE:") {
			t.Errorf("the calendar has the line %q", line)
		}
	}
}
