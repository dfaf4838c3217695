package jobalerts_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/jobalerts"
	"jobboard/internal/testapp"
	"jobboard/internal/transfer"
	"jobboard/internal/transfer/formats"
)

// digests returns the bodies of all digests, in the order in which they were written.
func digests(t testing.TB, app core.App) []string {
	t.Helper()
	bodies := []string{}
	err := app.DB().NewQuery("SELECT body FROM {{notifications}} WHERE kind = 'job_digest' ORDER BY rowid").Column(&bodies)
	if err != nil {
		t.Fatal(err)
	}
	return bodies
}

// saveSearch saves a search whose digest is due at once.
func saveSearch(t testing.TB, board *testapp.Board, seeker *core.Record, query, frequency string) *core.Record {
	t.Helper()
	search := board.Record(collections.SavedSearches, map[string]any{
		"seeker": seeker.Id, "name": "Mine", "query": query, "frequency": frequency})
	_, err := board.NonconcurrentDB().Update(collections.SavedSearches, dbx.Params{"created": testapp.Ago(8 * 24 * time.Hour)},
		dbx.HashExp{"id": search.Id}).Execute()
	if err != nil {
		t.Fatal(err)
	}
	return search
}

// days sends the digests of successive days.
type days struct {
	board *testapp.Board
	now   time.Time
}

func (d *days) next(t testing.TB) {
	t.Helper()
	d.now = d.now.Add(24 * time.Hour)
	if err := jobalerts.SendDigests(d.board.TestApp, d.now); err != nil {
		t.Fatal(err)
	}
}

// rawJob publishes a job by plain SQL.
func rawJob(t testing.TB, app core.App, employer *core.Record, id, title, publishedAt string) {
	t.Helper()
	_, err := app.NonconcurrentDB().Insert(collections.Jobs, dbx.Params{"id": id, "employer": employer.Id, "title": title,
		"description": "<p>Do.</p>", "workplace": "remote", "jobType": "full_time", "status": "published", "publishedAt": publishedAt}).
		Execute()
	if err != nil {
		t.Fatal(err)
	}
}

// However a job is created and whatever its time, it is in exactly one digest: the next one after it became visible.
func TestDigestsListWhatBecameVisible(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind, api.Bind)
	employer, owner := board.Employer("Acme")
	saveSearch(t, board, board.Seeker("ann"), `{"q":"go"}`, "daily")
	body := map[string]any{"employer": employer.Id, "description": "<p>Do.</p>", "workplace": "remote", "jobType": "full_time",
		"status": "published"}
	clock := days{board, time.Now()}
	create := func(path, title string) {
		body["title"] = title
		if got := board.Call(owner, "POST", path, body); got.Status != http.StatusOK && got.Status != http.StatusCreated {
			t.Fatalf("%s: %d %s", title, got.Status, got.Raw)
		}
	}
	for _, step := range []struct {
		title   string
		publish func(title string)
	}{
		{"Go by a hook", func(title string) { board.Job(employer, title) }},
		{"Go by the SDK", func(title string) { create(testapp.Records(collections.Jobs), title) }},
		{"Go by REST", func(title string) { create("/api/jobs/", title) }},
		{"Go committed late", func(title string) {
			rawJob(t, board.TestApp, employer, "late00000000001", title, testapp.Ago(30*time.Second))
		}},
		{"Go of weeks ago", func(title string) {
			rawJob(t, board.TestApp, employer, "old000000000001", title, testapp.Ago(60*24*time.Hour))
		}},
		{"Go without a time", func(title string) { rawJob(t, board.TestApp, employer, "none00000000001", title, "") }},
		{"Go of tomorrow", func(title string) {
			rawJob(t, board.TestApp, employer, "ahead0000000001", title, testapp.Ago(-48*time.Hour))
		}},
		{"Go by an import", func(title string) {
			row := fmt.Sprintf(`{"externalId":"1","source":"feed","title":%q,"description":"<p>Do.</p>","company":"Bolt",
				"workplace":"remote","jobType":"full_time","publishedAt":%q}`, title,
				time.Now().AddDate(0, -1, 0).UTC().Format(time.RFC3339))
			format, err := formats.Find("jsonl")
			if err != nil {
				t.Fatal(err)
			}
			importer := transfer.NewImporter(board.TestApp)
			if err := importer.File(t.Context(), "jobs.jsonl", format, strings.NewReader(strings.ReplaceAll(row, "\n", " "))); err != nil {
				t.Fatal(err)
			}
		}},
		{"Go drafted first", func(title string) {
			job := board.Job(employer, title, map[string]any{"status": "draft"})
			clock.next(t)
			board.Update(job, map[string]any{"status": "published"})
		}},
	} {
		step.publish(step.title)
		before := len(digests(t, board.TestApp))
		clock.next(t)
		got := digests(t, board.TestApp)
		if len(got) != before+1 || !strings.HasPrefix(got[before], step.title+", ") || strings.Contains(got[before], "\n") {
			t.Errorf("%s: the digest after it is %q", step.title, got[before:])
		}
	}
	before := len(digests(t, board.TestApp))
	clock.next(t)
	if got := digests(t, board.TestApp); len(got) != before {
		t.Errorf("nothing was new, but %q", got[before:])
	}
}

// A job whose transaction is still open when a digest is sent is in the next one, even if its time is earlier.
func TestDigestsBesideATransaction(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	saveSearch(t, board, board.Seeker("ann"), `{"q":"go"}`, "daily")
	clock := days{board, time.Now()}
	twin := board.Twin(hooks.Bind)
	undone := errors.New("undone")
	for _, outcome := range []error{undone, nil} {
		written := make(chan struct{})
		var publishing sync.WaitGroup
		publishing.Go(func() {
			err := twin.RunInTransaction(func(tx core.App) error {
				rawJob(t, tx, employer, "slow00000000001", "Go slowly", testapp.Ago(time.Minute))
				close(written)
				time.Sleep(100 * time.Millisecond) // the digest has looked for what is new, and waits to write
				return outcome
			})
			if !errors.Is(err, outcome) {
				t.Error(err)
			}
		})
		<-written
		clock.next(t)
		publishing.Wait()
	}
	clock.next(t)
	clock.next(t)
	if got, want := digests(t, board.TestApp), []string{"Go slowly, Acme"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A job that is published again is new again, but only once per digest; a job that is no longer published is in none.
func TestRepublishedJobsAreNewAgain(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	saveSearch(t, board, board.Seeker("ann"), `{"q":"go"}`, "daily")
	clock := days{board, time.Now()}
	job := board.Job(employer, "Go developer")
	again := func() {
		board.Update(job, map[string]any{"status": "closed"})
		board.Update(job, map[string]any{"status": "published"})
	}
	again()
	clock.next(t) // once, though it was published twice
	board.Update(job, map[string]any{"title": "Go lead"})
	clock.next(t) // a change is no publication
	again()
	clock.next(t)
	again()
	board.Update(job, map[string]any{"status": "closed"})
	clock.next(t)
	want := []string{"Go developer, Acme", "Go lead, Acme"}
	if got := digests(t, board.TestApp); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Two processes send digests while two others publish, and every job is in one digest of each search.
func TestTwinsSendEachJobOnce(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	const searches, jobs = 3, 40
	for i := range searches {
		saveSearch(t, board, board.Seeker(fmt.Sprint("seeker", i)), `{"q":"go"}`, "daily")
	}
	twin := board.Twin(hooks.Bind)
	start := time.Now()
	var all sync.WaitGroup
	for n, app := range []core.App{board.TestApp, twin.TestApp} {
		all.Go(func() {
			for i := range jobs / 2 {
				rawJob(t, app, employer, fmt.Sprintf("job%d%011d", n, i), fmt.Sprintf("Go %d.%d", n, i),
					testapp.Ago(time.Duration(i)*time.Hour))
			}
		})
		all.Go(func() {
			for day := range 8 {
				_ = jobalerts.SendDigests(app, start.AddDate(0, 0, day)) // the slower may fail, and try again ten minutes later
			}
		})
	}
	all.Wait()
	for _, day := range []int{20, 21} {
		if err := jobalerts.SendDigests(board.TestApp, start.AddDate(0, 0, day)); err != nil {
			t.Fatal(err)
		}
	}
	var notified, twice int
	err := board.DB().NewQuery(`SELECT total(json_extract(data, '$.count')), (SELECT count(*) FROM (
			SELECT 1 FROM notifications n, json_each(n.data, '$.jobs') j WHERE n.kind = 'job_digest'
				GROUP BY n.user, j.value HAVING count(*) > 1))
		FROM notifications WHERE kind = 'job_digest'`).Row(&notified, &twice)
	if err != nil {
		t.Fatal(err)
	}
	if notified != searches*jobs || twice != 0 {
		t.Errorf("%d jobs in digests, want %d; %d twice", notified, searches*jobs, twice)
	}
}

// Digests begin with jobs that are new when a seeker turns them on, and leave out jobs that the seeker has applied to. An invalid search
// does not block others.
func TestDigestsOfOneSeeker(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	ann := board.Seeker("ann")
	search := saveSearch(t, board, ann, `{"q":"go"}`, "instant")
	broken := saveSearch(t, board, ann, `{"q":"go"}`, "daily")
	if _, err := board.NonconcurrentDB().Update(collections.SavedSearches, dbx.Params{"query": `{"near":"x"}`},
		dbx.HashExp{"id": broken.Id}).Execute(); err != nil {
		t.Fatal(err)
	}
	board.Job(employer, "Go at once")
	board.Update(search, map[string]any{"frequency": "daily"})
	clock := days{board, time.Now()}
	clock.next(t)
	if got := digests(t, board.TestApp); len(got) != 0 {
		t.Errorf("notified at once and by digest: %q", got)
	}
	applied := board.Job(employer, "Go applied to")
	board.Job(employer, "Go not applied to")
	board.Application(ann, applied)
	clock.next(t)
	want := []string{"Go not applied to, Acme"}
	if got := digests(t, board.TestApp); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	// Deactivated users and those who are no longer seekers get no digest, and do not get it later when they return.
	for _, away := range []map[string]any{{"deactivatedAt": time.Now()}, {"role": collections.RoleEmployer}} {
		board.Update(ann, away)
		board.Job(employer, "Go while away")
		clock.next(t)
		board.Update(ann, map[string]any{"deactivatedAt": "", "role": collections.RoleJobSeeker})
		clock.next(t)
	}
	if got := digests(t, board.TestApp); !slices.Equal(got, want) {
		t.Errorf("away: got %q, want %q", got, want)
	}
	// Publications that every digest has passed are forgotten, and numbers are not given again.
	board.Update(broken, map[string]any{"query": `{"q":"go"}`, "frequency": "weekly"})
	clock.next(t)
	clock.now = clock.now.AddDate(0, 0, 7)
	clock.next(t)
	left := 0
	if err := board.DB().NewQuery("SELECT count(*) FROM publications").Row(&left); err != nil || left != 0 {
		t.Errorf("%d publications are kept (%v)", left, err)
	}
	board.Job(employer, "Go later")
	clock.next(t)
	if got := digests(t, board.TestApp); !slices.Equal(got, append(want, "Go later, Acme")) {
		t.Errorf("after forgetting: %q", got)
	}
}
