package leadership_test

import (
	"context"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/background"
	"jobboard/internal/backup"
	"jobboard/internal/checks"
	"jobboard/internal/database"
	"jobboard/internal/events"
	"jobboard/internal/importsource"
	"jobboard/internal/jobalerts"
	"jobboard/internal/jobstats"
	"jobboard/internal/leadership"
	"jobboard/internal/logs"
	"jobboard/internal/mail"
	"jobboard/internal/metrics"
	"jobboard/internal/notify"
	"jobboard/internal/realtime"
	"jobboard/internal/search"
	"jobboard/internal/session"
	"jobboard/internal/testapp"
	"jobboard/internal/throttle"
	"jobboard/internal/webhook"
)

// everything binds what runs by itself, as the program does.
func everything(app core.App) {
	background.BindPocketBase(app)
	database.Bind(app)
	logs.Bind(app, logs.Options{Successes: true})
	throttle.Bind(app, throttle.Options{})
	hooks.Bind(app)
	realtime.Bind(app, realtime.Options{})
	notify.Bind(app, notify.Options{KeepDays: 1})
	mail.Bind(app, mail.Options{})
	jobalerts.Bind(app, jobalerts.Options{})
	importsource.Bind(app, importsource.Options{})
	jobstats.Bind(app, jobstats.Options{})
	events.Bind(app)
	webhook.Bind(app, webhook.Options{PrivateAddresses: true})
	api.Bind(app)
	search.Bind(app, search.Options{})
	metrics.Bind(app, metrics.Options{Token: "token"})
	backup.Bind(app)
	checks.Bind(app, checks.Options{})
}

// leave leaves something to do for every loop and scheduled job.
func leave(t *testing.T, board *testapp.Board) (job *core.Record) {
	t.Helper()
	past, now := "2020-01-01 00:00:00.000Z", types.NowDateTime()
	employer, _ := board.Employer("Acme")
	admin := board.Admin("ada")
	ann := board.Update(board.Seeker("ann"), map[string]any{"emailNotifications": []string{collections.KindJobClosed}})
	board.Record(collections.WebhookEndpoints, map[string]any{"employer": employer.Id, "url": "http://127.0.0.1:9/", "active": true})
	job = board.Job(employer, "Baker", map[string]any{"deadline": now.Add(time.Hour)})
	expired := board.Job(employer, "Butcher", map[string]any{"deadline": now.Add(time.Hour)})
	scheduled := board.Job(employer, "Smith", map[string]any{"status": "draft"})
	board.Record(collections.SavedJobs, map[string]any{"seeker": ann.Id, "job": job.Id})
	board.Record(collections.Reports, map[string]any{"kind": "users", "format": "csv", "requestedBy": admin.Id})
	running := board.Record(collections.Reports, map[string]any{"kind": "users", "format": "csv", "requestedBy": admin.Id})
	source := board.Record(collections.ImportSources, map[string]any{"kind": "csv", "url": "https://jobs.invalid/jobs.csv"})
	if err := session.Revoke(board.TestApp, board.Token(ann)); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{collections.KindJobClosed, collections.KindReviewReceived} {
		if err := notify.Write(board.TestApp, notify.Notification{Kind: kind, Title: "A mail"}, ann.Id); err != nil {
			t.Fatal(err)
		}
	}
	for _, statement := range []string{
		"UPDATE jobs SET deadline = {:past} WHERE id = {:expired}",
		"UPDATE jobs SET publishAt = {:past} WHERE id = {:scheduled}",
		"UPDATE reports SET status = 'running', attempts = 1 WHERE id = {:running}",
		"UPDATE import_sources SET nextRun = {:past} WHERE id = {:source}",
		"UPDATE revoked_sessions SET expires = {:past}",
		"UPDATE notifications SET mailAt = {:past} WHERE mail != 'none'",
		"UPDATE notifications SET [[read]] = TRUE, created = {:past} WHERE kind = 'review_received'",
		"INSERT INTO known_addresses (id, fingerprint, seen, created, updated) VALUES ('known0000000001', 'x', {:past}, {:past}, {:past})",
	} {
		_, err := board.NonconcurrentDB().NewQuery(statement).Bind(dbx.Params{
			"past": past, "expired": expired.Id, "scheduled": scheduled.Id, "running": running.Id, "source": source.Id}).Execute()
		if err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	return job
}

func runCrons(t *testing.T, board *testapp.Board) {
	t.Helper()
	for _, job := range board.Cron().Jobs() {
		job.Run()
	}
}

func eventually(t *testing.T, board *testapp.Board, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within thirty seconds; logged: %q", what, quiet(t, board))
		}
	}
}

// A follower's database refuses every write. With everything bound nothing is even tried, and nothing is lost: the reads of its clients
// are counted by the leader, and once it leads, it does all that was left.
func TestAFollowerWritesNothingAndALeaderDoesWhatIsLeft(t *testing.T) {
	testapp.Slow(t, "waits for every loop of a board")
	board := testapp.NewBoard(t, everything)
	box := board.CatchMail()
	job := leave(t, board)
	node := testapp.Join(board.TestApp, false)
	calls := make(chan string, 100)
	leadership.SetCall(board.TestApp, func(_ context.Context, name string, _ []byte) ([]byte, error) {
		calls <- name
		return nil, nil
	})
	testapp.Freeze(t, board.TestApp, true)
	before := testapp.Version(t, board.TestApp)
	board.Handler()
	if answer := board.Call(nil, "GET", "/api/jobs/"+job.Id+"/", nil); answer.Status != 200 {
		t.Errorf("a follower answers a read with %d: %s", answer.Status, answer.Raw)
	}
	request := httptest.NewRequest("GET", "/metrics", nil)
	request.Header.Set("Authorization", "Bearer token")
	const documents = `jobboard_search_documents{kind="jobs"} 3`
	if answer := board.Send(request); answer.Status != 200 || !strings.Contains(answer.Raw, documents) {
		t.Errorf("a follower's metrics: %d, without %s of its own index", answer.Status, documents)
	}
	if called := <-calls; called != "count-views" {
		t.Errorf("the leader is asked to %s", called)
	}
	runCrons(t, board)
	time.Sleep(1200 * time.Millisecond) // all loops that poll have done so
	leadership.Applied(board.TestApp)
	time.Sleep(100 * time.Millisecond)
	if testapp.Version(t, board.TestApp) != before {
		t.Error("a follower writes to the database")
	}
	if failures := quiet(t, board); len(failures) > 0 {
		t.Errorf("a follower logs %q", failures)
	}
	box.MustBeEmpty(t)

	testapp.Freeze(t, board.TestApp, false)
	node.Lead(true)
	runCrons(t, board)
	remains := func(query string) func() bool {
		return func() bool {
			t.Helper()
			var n int
			if err := board.DB().NewQuery(query).Row(&n); err != nil {
				t.Fatal(err)
			}
			return n == 0
		}
	}
	for what, query := range map[string]string{
		"reports":          "SELECT count(*) FROM reports WHERE status != 'done'",
		"imports":          "SELECT count(*) FROM import_sources WHERE lastStatus = ''",
		"fan-outs":         "SELECT count(*) FROM fanouts",
		"jobs to expire":   "SELECT count(*) FROM jobs WHERE status = 'published' AND deadline BETWEEN '2' AND '2021'",
		"jobs to publish":  "SELECT count(*) FROM jobs WHERE publishAt != '' AND publishAt < '2021'",
		"mails":            "SELECT count(*) FROM notifications WHERE mail = 'pending' AND mailAt < '2021'",
		"webhooks":         "SELECT count(*) = 0 FROM webhook_deliveries WHERE attempts > 0",
		"reminders":        "SELECT count(*) = 0 FROM deadline_reminders WHERE audience = 'savers'",
		"sessions":         "SELECT count(*) FROM revoked_sessions",
		"old addresses":    "SELECT count(*) FROM known_addresses",
		"old notices":      "SELECT count(*) FROM notifications WHERE kind = 'review_received'",
		"states of search": "SELECT count(*) != 2 FROM search_states",
	} {
		eventually(t, board, what, remains(query))
	}
	if got := box.MustReceive(t); got.Subject != "A mail" {
		t.Errorf("the mail is about %s", got.Subject)
	}

	node.Lead(false)
	testapp.Freeze(t, board.TestApp, true)
	eventually(t, board, "the end of what was under way", func() bool {
		before := testapp.Version(t, board.TestApp)
		time.Sleep(50 * time.Millisecond)
		return testapp.Version(t, board.TestApp) == before
	})
	before = testapp.Version(t, board.TestApp)
	runCrons(t, board)
	time.Sleep(1200 * time.Millisecond)
	if testapp.Version(t, board.TestApp) != before {
		t.Error("a node that has ceased to lead writes to the database")
	}
	if failures := quiet(t, board); len(failures) > 0 {
		t.Errorf("logged: %q", failures)
	}
}

// quiet returns what a board has logged as errors and warnings, but for what is wrong with the set-up of a test's board.
func quiet(t *testing.T, board *testapp.Board) []string {
	t.Helper()
	return slices.DeleteFunc(testapp.LoggedErrors(t, board.TestApp), func(line string) bool {
		return strings.HasPrefix(line, "The board's set-up needs attention.")
	})
}
