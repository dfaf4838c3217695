package notify_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/notify"
	"jobboard/internal/realtime"
	"jobboard/internal/testapp"
)

// tell tells the seekers of all waiting jobs.
func tell(t testing.TB, app core.App) {
	t.Helper()
	for {
		more, err := notify.FanOutStep(app)
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return
		}
	}
}

// told returns the names of the users who have a notification of the kind, once for each notification.
func toldOf(t testing.TB, app core.App, kind string) []string {
	t.Helper()
	var names []string
	err := app.DB().NewQuery("SELECT u.name FROM {{notifications}} n JOIN {{users}} u ON u.id = n.user WHERE n.kind = {:kind} ORDER BY u.name").
		Bind(dbx.Params{"kind": kind}).Column(&names)
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func profile(t testing.TB, board *testapp.Board, user *core.Record, values map[string]any) {
	t.Helper()
	record, err := board.FindFirstRecordByData(collections.JobSeekers, "user", user.Id)
	if err != nil {
		t.Fatal(err)
	}
	board.Update(record, values)
}

func field(t testing.TB, app core.App, slug string) string {
	t.Helper()
	record, err := app.FindFirstRecordByData(collections.FieldsOfInterest, "slug", slug)
	if err != nil {
		t.Fatal(err)
	}
	return record.Id
}

func TestPublishingTellsWhomTheJobFits(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	banking := field(t, board.TestApp, "banking")
	interested, other := board.Seeker("interested"), board.Seeker("other-interest")
	board.Record(collections.JobSeekerInterests, map[string]any{"seeker": interested.Id, "field": banking})
	board.Record(collections.JobSeekerInterests, map[string]any{"seeker": other.Id, "field": field(t, board.TestApp, "music")})
	profile(t, board, board.Seeker("skilled"), map[string]any{"skills": []string{"go", "sql"}})
	profile(t, board, board.Seeker("part-time-only"), map[string]any{"skills": []string{"go"}, "preferredJobTypes": []string{"part_time"}})
	profile(t, board, board.Seeker("any-remote"), map[string]any{"preferredWorkplaces": []string{"remote"}})
	profile(t, board, board.Seeker("blank"), map[string]any{})
	searcher := board.Seeker("searcher")
	for _, query := range []string{`{"q":"engineers"}`, `{"q":"engineer","workplace":"remote"}`} {
		board.Record(collections.SavedSearches, map[string]any{"seeker": searcher.Id, "name": "Mine", "query": query, "frequency": "instant"})
	}
	board.Record(collections.SavedSearches, map[string]any{
		"seeker": board.Seeker("daily-searcher").Id, "name": "Daily", "query": `{"q":"engineer"}`, "frequency": "daily"})
	gone := board.Seeker("gone")
	profile(t, board, gone, map[string]any{"skills": []string{"go"}})
	board.Update(gone, map[string]any{"deactivatedAt": types.NowDateTime()})
	applicant := board.Seeker("applicant")
	profile(t, board, applicant, map[string]any{"skills": []string{"go"}})

	draft := board.Job(employer, "Draft Engineer", map[string]any{"status": "draft", "skills": []string{"go"}})
	tell(t, board.TestApp)
	if got := toldOf(t, board.TestApp, collections.KindJobPublished); len(got) != 0 {
		t.Fatalf("told of a draft: %v", got)
	}
	job := board.Update(draft, map[string]any{"status": "published", "publishedAt": types.NowDateTime(), "fields": []string{banking}})
	board.Application(applicant, job)
	tell(t, board.TestApp)
	want := []string{"any-remote", "interested", "searcher", "skilled"}
	if got := toldOf(t, board.TestApp, collections.KindJobPublished); !slices.Equal(got, want) {
		t.Fatalf("told %v, want %v", got, want)
	}
	notification, err := board.FindFirstRecordByData(collections.Notifications, "user", interested.Id)
	if err != nil {
		t.Fatal(err)
	}
	if notification.GetString("title") != "New job: Draft Engineer at Acme" || !strings.Contains(notification.GetString("body"), "Interests: Banking") {
		t.Errorf("notification: %q, %q", notification.GetString("title"), notification.GetString("body"))
	}

	// Republishing tells only who was not told yet.
	board.Update(job, map[string]any{"status": "closed"})
	profile(t, board, board.Seeker("newcomer"), map[string]any{"skills": []string{"go"}})
	board.Update(job, map[string]any{"status": "published"})
	tell(t, board.TestApp)
	want = []string{"any-remote", "interested", "newcomer", "searcher", "skilled"}
	if got := toldOf(t, board.TestApp, collections.KindJobPublished); !slices.Equal(got, want) {
		t.Errorf("after republishing %v, want %v", got, want)
	}
}

// seedSkilled makes n seekers with a skill by plain SQL.
func seedSkilled(t testing.TB, app core.App, n int, skill string) {
	t.Helper()
	err := app.RunInTransaction(func(tx core.App) error {
		for _, statement := range []string{`
			WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < {:n})
			INSERT INTO users (id, email, name, role, password, tokenKey, emailNotifications)
			SELECT printf('%s%010d', {:skill}, i), printf('%s%d@example.com', {:skill}, i), 'Seeker', 'job_seeker', 'x', printf('key%s%d', {:skill}, i), '[]' FROM c`, `
			INSERT INTO job_seekers (id, user, skills, visibility) SELECT id, id, json_array({:skill}), 'applied_only' FROM users WHERE id LIKE {:skill} || '%'`,
		} {
			if _, err := tx.NonconcurrentDB().NewQuery(statement).Bind(dbx.Params{"n": n, "skill": skill}).Execute(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Killed in the middle and started again, everyone is told exactly once.
func TestFanOutGoesOnAfterARestart(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind)
	const n = 3*notify.FanoutBatch + 7
	seedSkilled(t, board.TestApp, n, "python")
	employer, _ := board.Employer("Acme")
	board.Job(employer, "Developer", map[string]any{"skills": []string{"python"}})
	if more, err := notify.FanOutStep(board.TestApp); err != nil || !more {
		t.Fatal(more, err)
	}
	if got := len(toldOf(t, board.TestApp, collections.KindJobPublished)); got != notify.FanoutBatch {
		t.Fatalf("one step has told %d, want %d", got, notify.FanoutBatch)
	}
	board = board.Restart(hooks.Bind)
	tell(t, board.TestApp)
	var rows, users int
	err := board.DB().NewQuery("SELECT COUNT(*), COUNT(DISTINCT user) FROM {{notifications}} WHERE kind = 'job_published'").Row(&rows, &users)
	if err != nil {
		t.Fatal(err)
	}
	if rows != n || users != n {
		t.Errorf("%d notifications for %d users, want %d each", rows, users, n)
	}
}

func TestReadingAndRetention(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind)
	ann, ben := board.Seeker("ann"), board.Seeker("ben")
	for i := range 3 {
		if err := notify.Write(board.TestApp, notify.Notification{Kind: collections.KindAccount, Title: fmt.Sprint(i)}, ann.Id, ben.Id); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := notify.MarkAllRead(board.TestApp, ann.Id); err != nil || n != 3 {
		t.Fatalf("marked %d, %v", n, err)
	}
	if n, err := notify.MarkAllRead(board.TestApp, ann.Id); err != nil || n != 0 {
		t.Fatalf("marked %d again, %v", n, err)
	}
	for user, want := range map[*core.Record]int{ann: 0, ben: 3} {
		if n, err := notify.UnreadCount(board.TestApp, user.Id); err != nil || n != want {
			t.Errorf("%s has %d unread, want %d (%v)", user.GetString("name"), n, want, err)
		}
	}
	if _, err := board.NonconcurrentDB().NewQuery("UPDATE notifications SET created = '2020-01-01 00:00:00.000Z'").Execute(); err != nil {
		t.Fatal(err)
	}
	if err := notify.DeleteOldNotifications(board.TestApp, 365, time.Now()); err != nil {
		t.Fatal(err)
	}
	left, err := board.CountRecords(collections.Notifications)
	if err != nil || left != 3 {
		t.Errorf("%d notifications left, want ben's 3 unread (%v)", left, err)
	}
}

// Bulk reading and deletion go by batches, and a connected reader hears of every row, even when the line is slow.
func TestThousandsAreReadAndDeleted(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, realtime.Bind)
	const n = notify.MarkReadBatch + 500
	ann, ben := board.Seeker("ann"), board.Seeker("ben")
	for _, user := range []*core.Record{ann, ben} {
		_, err := board.NonconcurrentDB().NewQuery(`
			WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < {:n})
			INSERT INTO notifications (user, kind, title, body, data, read, mail, created)
			SELECT {:user}, 'account', i, printf('%1500d', i), 'null', FALSE, 'none', '2020-01-01 00:00:00.000Z' FROM c`).
			Bind(dbx.Params{"n": n, "user": user.Id}).Execute()
		if err != nil {
			t.Fatal(err)
		}
	}
	// The line is slow, and 1,500 notifications of 2 kB are three times of what may wait for it.
	board.OnRealtimeMessageSend().BindFunc(func(e *core.RealtimeMessageEvent) error {
		time.Sleep(300 * time.Microsecond)
		return e.Next()
	})
	listener := testapp.Listen(t, board.Serve(), board.Token(ann), "notifications/*")
	if got, err := notify.MarkAllRead(board.TestApp, ann.Id); err != nil || got != n {
		t.Fatalf("marked %d, %v", got, err)
	}
	seen := map[any]bool{}
	for range n {
		action, record := listener.MustReceive(t).Change(t)
		if action != "update" || record["read"] != true || record["user"] != ann.Id {
			t.Fatalf("got %s of %v", action, record)
		}
		seen[record["id"]] = true
	}
	if len(seen) != n {
		t.Errorf("heard of %d of %d", len(seen), n)
	}
	if got, err := notify.UnreadCount(board.TestApp, ben.Id); err != nil || got != n {
		t.Errorf("ben has %d unread (%v)", got, err)
	}

	if _, err := notify.MarkAllRead(board.TestApp, ben.Id); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ days, left int }{{0, 2 * n}, {36_500, 2 * n}, {365, 0}} {
		if err := notify.DeleteOldNotifications(board.TestApp, step.days, time.Now()); err != nil {
			t.Fatal(err)
		}
		if left, err := board.CountRecords(collections.Notifications); err != nil || int(left) != step.left {
			t.Errorf("keeping %d days leaves %d, want %d (%v)", step.days, left, step.left, err)
		}
	}
	for range n {
		if action, record := listener.MustReceive(t).Change(t); action != "delete" || !seen[record["id"]] {
			t.Fatalf("got %s of %v", action, record)
		}
	}
}
