package notify_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/notify"
	"jobboard/internal/realtime"
	"jobboard/internal/testapp"
)

// Closing a job notifies all live applicants with one statement. The rows, mails and pushes are the same as those of notifications that
// are saved one by one, and a rollback leaves nothing.
func TestClosingTellsManyAsIfOneByOne(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, testapp.With(realtime.Bind, realtime.DefaultOptions()))
	employer, owner := board.Employer("Acme")
	job := board.Job(employer, "Baker")
	var applicants []*core.Record
	for _, name := range []string{"ann", "ben", "gone", "withdrawn"} {
		seeker := board.Seeker(name)
		applicants = append(applicants, seeker)
		application := board.Application(seeker, job)
		if name == "withdrawn" {
			board.Update(application, map[string]any{"status": "withdrawn"})
		}
	}
	ann, ben := applicants[0], applicants[1]
	board.Update(ann, map[string]any{"emailNotifications": []string{collections.KindJobClosed}})
	board.Update(ben, map[string]any{"emailNotifications": []string{}})
	board.Update(applicants[2], map[string]any{"deactivatedAt": types.NowDateTime()})
	url := board.Serve()
	listeners := []*testapp.Listener{
		testapp.Listen(t, url, board.Token(ann), "notifications/*"), testapp.Listen(t, url, board.Token(ben), "notifications/*"),
	}
	closing := map[string]any{"method": "PATCH", "url": testapp.Records(collections.Jobs, job.Id),
		"body": map[string]any{"status": "closed"}}
	refused := map[string]any{"method": "PATCH", "url": testapp.Records(collections.Jobs, job.Id), "body": map[string]any{"title": ""}}
	answer := board.Call(owner, "POST", "/api/batch", map[string]any{"requests": []any{closing, refused}})
	if answer.Status != http.StatusBadRequest || len(testapp.NotifiedUsers(t, board.TestApp, collections.KindJobClosed)) != 0 {
		t.Fatalf("a batch that fails: %d %s", answer.Status, answer.Raw)
	}
	for _, listener := range listeners {
		listener.MustReceiveNothing(t, board.TestApp)
	}

	began := time.Now()
	answer = board.Call(owner, "POST", "/api/batch", map[string]any{"requests": []any{closing}})
	got, want := testapp.NotifiedUsers(t, board.TestApp, collections.KindJobClosed), []string{"ann", "ben"}
	if answer.Status != http.StatusOK || !slices.Equal(got, want) {
		t.Fatalf("notified %v, want %v: %d %s", got, want, answer.Status, answer.Raw)
	}
	data := map[string]any{"job": job.Id, "employer": employer.Id}
	one := notify.Notification{Kind: collections.KindJobClosed, Title: "Baker is no longer accepting applications",
		Body: "The employer has closed it. Your application stays on record.", Data: data}
	for i, user := range []*core.Record{ann, ben} {
		action, pushed := listeners[i].MustReceive(t).Change(t)
		if action != "create" || pushed["user"] != user.Id || pushed["kind"] != collections.KindJobClosed || pushed["mail"] != nil {
			t.Errorf("%s hears of %s %v", user.GetString("name"), action, pushed)
		}
		if err := notify.Write(board.TestApp, one, user.Id); err != nil {
			t.Fatal(err)
		}
		listeners[i].MustReceive(t)
		rows, err := board.FindRecordsByFilter(collections.Notifications, "user = {:user} && kind = 'job_closed'", "@rowid", 0, 0,
			map[string]any{"user": user.Id})
		if err != nil || len(rows) != 2 {
			t.Fatal(len(rows), err)
		}
		for _, field := range rows[0].Collection().Fields {
			name := field.GetName()
			if a, b := fmt.Sprint(rows[0].Get(name)), fmt.Sprint(rows[1].Get(name)); a != b &&
				!slices.Contains([]string{"id", "created", "updated", "mailAt", "dedupe"}, name) {
				t.Errorf("%s of %s: %s among many, %s alone", name, user.GetString("name"), a, b)
			}
		}
		for _, row := range rows {
			mailed := row.GetString("mail") == collections.MailPending
			wait := row.GetDateTime("mailAt").Time().Sub(began)
			if mailed != (user == ann) || mailed != (wait > 25*time.Second && wait < time.Minute) || row.GetDateTime("created").IsZero() {
				t.Errorf("%s: mail %s at %s", user.GetString("name"), row.GetString("mail"), row.GetString("mailAt"))
			}
		}
	}
}

// Repeatedly closing and publishing a job notifies its applicants once a day.
func TestClosingAgainAndAgainTellsOnce(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	job := board.Job(employer, "Baker")
	board.Application(board.Seeker("ann"), job)
	for i := range 4 {
		if i == 3 {
			board.Application(board.Seeker("ben"), job) // has not heard of it yet
		}
		board.Update(job, map[string]any{"status": "closed"})
		board.Update(job, map[string]any{"status": "published"})
	}
	notified := testapp.NotifiedUsers(t, board.TestApp, collections.KindJobClosed)
	if before := slices.Compact(slices.Clone(notified)); len(before) != 2 || len(notified) > 3 { // three over midnight
		t.Errorf("notified %v", notified)
	}
}

// Notifications that nobody wants by mail are not queued.
func TestNoMailWaitsForAnUnverifiedAddress(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind)
	stranger := board.Update(board.Seeker("stranger"), map[string]any{"verified": false})
	ann := board.Seeker("ann")
	closed := notify.Notification{Kind: collections.KindJobClosed, Title: "Closed"}
	if err := notify.Write(board.TestApp, closed, stranger.Id, ann.Id); err != nil {
		t.Fatal(err)
	}
	if err := notify.WriteMany(board.TestApp, closed, stranger.Id, ann.Id); err != nil {
		t.Fatal(err)
	}
	for user, want := range map[string]string{stranger.Id: "none", ann.Id: "pending"} {
		query := fmt.Sprintf("SELECT count(*) FROM notifications WHERE user = '%s' AND mail = '%s'", user, want)
		if n := testapp.Count(t, board.TestApp, query); n != 2 {
			t.Errorf("%d of 2 notifications are %s", n, want)
		}
	}
}
