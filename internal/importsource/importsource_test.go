package importsource_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/importsource"
	"jobboard/internal/testapp"
	"jobboard/internal/transfer/formats"
)

func TestKindsAreTheFormats(t *testing.T) {
	if got, want := strings.Join(collections.ImportKinds(), " "), strings.Join(formats.Names(), " "); got != want {
		t.Errorf("the kinds are %s, the formats %s", got, want)
	}
}

func TestSchedule(t *testing.T) {
	now := time.Date(2026, 2, 27, 23, 59, 30, 0, time.UTC) // a Friday
	for text, want := range map[string]string{
		"hourly": "2026-02-28T00:59:30Z", "daily": "2026-02-28T23:59:30Z", "": "2026-02-28T23:59:30Z", "* * * * *": "2026-02-28T00:00:00Z",
		"30 6 * * 1-5": "2026-03-02T06:30:00Z", "0 0 29 2 *": "2028-02-29T00:00:00Z", "*/20 5 * * *": "2026-02-28T05:00:00Z",
		"off": "0001-01-01T00:00:00Z",
	} {
		schedule, err := importsource.ParseSchedule(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got := schedule.Next(now).Format(time.RFC3339); got != want || schedule.Off() != (text == "off") {
			t.Errorf("after %q comes %s, want %s", text, got, want)
		}
	}
	long := strings.Repeat("0,", 50) + "0 * * * *"
	for _, text := range []string{"weekly", "* * * *", "61 * * * *", "0 0 30 2 *", "x y z a b", long} {
		if _, err := importsource.ParseSchedule(text); err == nil {
			t.Errorf("%q is a schedule", text)
		}
	}
}

// feed is a server of jobs.
type feed struct {
	jobs   int
	rows   string // instead of jobs
	status int
}

func (f *feed) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	if f.status != 0 {
		w.WriteHeader(f.status)
		return
	}
	if f.rows != "" {
		_, _ = fmt.Fprint(w, f.rows)
		return
	}
	var list []string
	for n := range f.jobs {
		list = append(list, fmt.Sprintf(`{"id":"%d","text":"Job %[1]d","description":"<p>Work.</p>"}`, n))
	}
	_, _ = fmt.Fprintf(w, "[%s]", strings.Join(list, ","))
}

// scene is a board with a source that an admin has entered.
type scene struct {
	*testapp.Board
	t      *testing.T
	feed   *feed
	admin  *core.Record
	id     string
	source *core.Record
	step   func(ctx context.Context, app core.App) (bool, error)
}

func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{Board: testapp.NewBoard(t, hooks.Bind), t: t, feed: &feed{jobs: 4}}
	s.admin = s.Admin("ada")
	server := httptest.NewServer(s.feed)
	t.Cleanup(server.Close)
	employer, _ := s.Employer("Acme")
	answer := s.Call(s.admin, "POST", testapp.Records(collections.ImportSources), map[string]any{
		"kind": "lever", "url": server.URL + "/acme?mode=json", "employer": employer.Id, "closeMissing": true,
	})
	if answer.Status != http.StatusOK {
		t.Fatalf("the source is answered with %d: %v", answer.Status, answer.Body)
	}
	s.id = answer.Body["id"].(string)
	s.step = importsource.NewStep(importsource.Options{PrivateAddresses: true})
	return s
}

// run makes the source due and runs it, and checks how it ends.
func (s *scene) run(status, text string, told int64) {
	s.t.Helper()
	s.Call(s.admin, "PATCH", testapp.Records(collections.ImportSources, s.id), map[string]any{"nextRun": testapp.Ago(time.Minute)})
	s.steps()
	if s.source.GetString("lastStatus") != status || !strings.Contains(s.source.GetString("lastResult"), text) {
		s.t.Errorf("the run is %s: %s; want %s: %s", s.source.GetString("lastStatus"), s.source.GetString("lastResult"), status, text)
	}
	notified, err := s.CountRecords(collections.Notifications, dbx.HashExp{"kind": collections.KindImportFailed, "user": s.admin.Id})
	if err != nil || notified != told {
		s.t.Errorf("after %q the admin is told %d times, want %d (%v)", text, notified, told, err)
	}
}

func (s *scene) steps() {
	s.t.Helper()
	for more := true; more; {
		var err error
		if more, err = s.step(s.t.Context(), s.TestApp); err != nil {
			s.t.Fatal(err)
		}
	}
	source, err := s.FindRecordById(collections.ImportSources, s.id)
	if err != nil {
		s.t.Fatal(err)
	}
	s.source = source
}

func (s *scene) open() int64 {
	s.t.Helper()
	n, err := s.CountRecords(collections.Jobs, dbx.HashExp{"status": "published"})
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

func TestASourceIsImportedAndItsFailuresAreTold(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.steps() // a new source is due at once
	next := s.source.GetDateTime("nextRun").Time()
	if s.open() != 4 || s.source.GetString("lastStatus") != "ok" || s.source.GetString("schedule") != "daily" ||
		time.Until(next) < 23*time.Hour || s.source.GetDateTime("lastRun").IsZero() {
		t.Fatalf("%d jobs; the source is %v", s.open(), s.source.PublicExport())
	}
	s.run("ok", "4 rows: 0 created, 0 updated, 4 unchanged", 0)

	s.feed.status = http.StatusBadGateway
	s.run("failed", "502 Bad Gateway", 1)
	s.run("failed", "502 Bad Gateway", 1) // not each time
	s.feed.status, s.feed.jobs = 0, 3
	s.run("ok", "1 jobs closed that no row names", 1)
	s.feed.status = http.StatusNotFound
	s.run("failed", "404 Not Found", 2)

	s.feed.status, s.feed.jobs = 0, 1
	s.run("asks", "It names 1 of the 3 open jobs", 3)
	if s.open() != 3 {
		t.Errorf("%d jobs are open while the source asks, want 3", s.open())
	}
	s.Call(s.admin, "PATCH", testapp.Records(collections.ImportSources, s.id), map[string]any{"closeAnyway": true})
	s.run("ok", "2 jobs closed", 3)
	if s.open() != 1 || s.source.GetBool("closeAnyway") {
		t.Errorf("%d jobs are open, want 1; closeAnyway is %v", s.open(), s.source.GetBool("closeAnyway"))
	}
	s.feed.jobs = 0
	s.run("asks", "It names 0 of the 1 open jobs", 4)

	// Jobs that come back are published again, but not those that people have closed.
	s.feed.jobs = 3
	mine, err := s.FindFirstRecordByData(collections.Jobs, "externalId", "2")
	if err != nil {
		t.Fatal(err)
	}
	s.Update(mine, map[string]any{"status": "published"})
	s.Update(mine, map[string]any{"status": "closed"})
	if _, err := s.NonconcurrentDB().Update(collections.Jobs, dbx.Params{"closedAt": types.NowDateTime().Add(time.Second)},
		dbx.HashExp{"id": mine.Id}).Execute(); err != nil {
		t.Fatal(err)
	}
	s.run("ok", "3 rows: 0 created, 1 updated, 2 unchanged", 4)
	if s.open() != 2 {
		t.Errorf("%d jobs are open, want 2", s.open())
	}
}

func TestAFeedCanNotChangeTheJobsOfOthers(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	bolt, _ := s.Employer("Bolt")
	s.Update(bolt, map[string]any{"verified": true}) // so that imports may give it jobs
	theirs := s.Job(bolt, "Welder", map[string]any{"source": "elsewhere", "externalId": "1"})
	s.feed.rows = fmt.Sprintf(`{"source": "elsewhere", "externalId": "1", "employer": %q, "title": "Baker", "description": "<p>Bake.</p>",
		"workplace": "on_site", "jobType": "full_time"}`, bolt.Id)
	s.feed.rows = strings.Join(strings.Fields(s.feed.rows), " ")
	s.Call(s.admin, "PATCH", testapp.Records(collections.ImportSources, s.id), map[string]any{"kind": "jsonl"})
	s.run("ok", "1 rows: 1 created", 0)
	after, err := s.FindRecordById(collections.Jobs, theirs.Id)
	if err != nil || after.GetString("title") != "Welder" || after.GetString("status") != "published" {
		t.Errorf("the job of another source is %v (%v)", after.PublicExport(), err)
	}
	made, err := s.FindFirstRecordByData(collections.Jobs, "title", "Baker")
	if err != nil || made.GetString("employer") != s.source.GetString("employer") || made.GetString("source") == "elsewhere" {
		t.Errorf("the feed's job is %v (%v)", made.PublicExport(), err)
	}
}

func TestASourceWithoutAddressOrScheduleIsRefused(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	for field, value := range map[string]string{"url": "file:///etc/passwd", "schedule": "sometimes", "kind": "fax"} {
		answer := s.Call(s.admin, "PATCH", testapp.Records(collections.ImportSources, s.id), map[string]any{field: value})
		if answer.Status != http.StatusBadRequest || answer.Code(field) == "" {
			t.Errorf("%s %q is answered with %d: %v", field, value, answer.Status, answer.Body)
		}
	}
	answer := s.Call(s.admin, "PATCH", testapp.Records(collections.ImportSources, s.id), map[string]any{"lastStatus": "ok"})
	if answer.Status != http.StatusBadRequest || answer.Code("lastStatus") == "" {
		t.Errorf("the result is written by an admin: %d %v", answer.Status, answer.Body)
	}
	off := s.Call(s.admin, "PATCH", testapp.Records(collections.ImportSources, s.id), map[string]any{"schedule": "off"})
	if off.Status != http.StatusOK || off.Body["nextRun"] != "" {
		t.Errorf("a source that is off is answered with %d: %v", off.Status, off.Body)
	}
	if s.steps(); s.open() != 0 {
		t.Error("a source that is off was imported")
	}
}

func TestAPrivateAddressIsNotRequested(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.step = importsource.NewStep(importsource.Options{})
	s.run("failed", "its address is not public", 1)
}

func TestAnInterruptedSourceRunsAgain(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := s.step(stopped, s.TestApp); err != nil {
		t.Fatal(err)
	}
	if s.steps(); s.open() != 4 {
		t.Fatalf("%d jobs after a run that was stopped, want 4", s.open())
	}
	crash := func(attempts int) {
		_, err := s.NonconcurrentDB().Update(collections.ImportSources, dbx.Params{
			"startedAt": types.NowDateTime(), "attempts": attempts, "nextRun": types.NowDateTime().Add(time.Hour), "lastStatus": "",
		}, dbx.HashExp{"id": s.id}).Execute()
		if err != nil {
			t.Fatal(err)
		}
		s.step = importsource.NewStep(importsource.Options{PrivateAddresses: true})
		s.steps()
	}
	if crash(1); s.source.GetString("lastStatus") != "ok" || !s.source.GetDateTime("startedAt").IsZero() ||
		s.source.GetInt("attempts") != 0 {
		t.Errorf("after a crash the source is %v", s.source.PublicExport())
	}
	if crash(3); s.source.GetString("lastStatus") != "failed" || !strings.Contains(s.source.GetString("lastResult"), "stopped 3 times") {
		t.Errorf("after three crashes the source is %v", s.source.PublicExport())
	}
}
