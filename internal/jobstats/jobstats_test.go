package jobstats_test

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/jobstats"
	"jobboard/internal/testapp"
	"jobboard/internal/throttle"
)

const browser = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

// scene is a board with a job and the people around it.
type scene struct {
	*testapp.Board
	t                                             *testing.T
	employer, owner, member, rival, seeker, admin *core.Record
	job                                           *core.Record
}

func newScene(t *testing.T) *scene {
	board := testapp.NewBoard(t, testapp.With(throttle.Bind, throttle.Options{}), hooks.Bind,
		testapp.With(jobstats.Bind, jobstats.Options{}), api.Bind)
	s := &scene{Board: board, t: t, seeker: board.Seeker("sara"), admin: board.Admin("ada"),
		member: board.User(collections.RoleEmployer, "member")}
	s.employer, s.owner = board.Employer("Acme")
	s.employer = board.Update(s.employer, map[string]any{"members": []string{s.member.Id}})
	_, s.rival = board.Employer("Bolt")
	s.job = board.Job(s.employer, "Gopher", map[string]any{"applyMethod": "url", "applyUrl": "https://acme.example/1"})
	return s
}

// request is a call as a user from an address with a user agent.
func (s *scene) request(who *core.Record, method, path, address, agent string) testapp.Response {
	request := httptest.NewRequest(method, path, nil)
	request.RemoteAddr = address + ":1234"
	request.Header.Set("User-Agent", agent)
	if who != nil {
		request.Header.Set("Authorization", s.Token(who))
	}
	return s.Send(request)
}

// stopLoop keeps what is counted in memory until somebody asks.
func (s *scene) stopLoop() {
	s.t.Helper()
	s.Handler() // starts it
	if err := s.OnTerminate().Trigger(&core.TerminateEvent{App: s.TestApp}); err != nil {
		s.t.Fatal(err)
	}
}

// figures are a job's of today, as the people see them.
func (s *scene) figures(job *core.Record) string {
	s.t.Helper()
	answer := s.Call(s.owner, "GET", "/api/jobs/"+job.Id+"/stats", nil)
	totals, _ := answer.Body["totals"].(map[string]any)
	if answer.Status != 200 {
		s.t.Fatalf("the figures: %d %s", answer.Status, answer.Raw)
	}
	return fmt.Sprint(totals["views"], totals["visitors"], totals["applyClicks"], totals["saves"], totals["applications"])
}

func TestWhoCounts(t *testing.T) {
	s := newScene(t)
	rest, record := "/api/jobs/"+s.job.Id, testapp.Records(collections.Jobs, s.job.Id)
	views, visitors := 0, 0
	for _, c := range []struct {
		what            string
		who             *core.Record
		method, path    string
		address, agent  string
		views, visitors int
	}{
		{"a guest", nil, "GET", rest, "192.0.2.1", browser, 1, 1},
		{"again", nil, "GET", rest + "/", "192.0.2.1", browser, 1, 0},
		{"at the other door", nil, "GET", record, "192.0.2.1", browser, 1, 0},
		{"another address", nil, "GET", record + "?fields=title", "192.0.2.2", browser, 1, 1},
		{"another browser", nil, "GET", rest + "?expand=industry", "192.0.2.1", "node", 1, 1},
		{"a seeker", s.seeker, "GET", rest, "192.0.2.1", browser, 1, 1},
		{"the seeker elsewhere", s.seeker, "GET", record, "192.0.2.3", "node", 1, 0},
		{"another employer", s.rival, "GET", rest, "192.0.2.4", browser, 1, 1},
		{"without a user agent", nil, "GET", rest, "192.0.2.5", "", 1, 1},
		{"the owner", s.owner, "GET", rest, "192.0.2.9", browser, 0, 0},
		{"the member", s.member, "GET", record, "192.0.2.9", browser, 0, 0},
		{"an admin", s.admin, "GET", record, "192.0.2.9", browser, 0, 0},
		{"HEAD", nil, "HEAD", rest, "192.0.2.9", browser, 0, 0},
		{"HEAD at the other door", nil, "HEAD", record, "192.0.2.9", browser, 0, 0},
		{"HEAD of more", nil, "HEAD", rest + "?expand=industry", "192.0.2.9", browser, 0, 0},
		{"a search engine", nil, "GET", rest, "192.0.2.9", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", 0, 0},
		{"a preview", nil, "GET", record, "192.0.2.9", "facebookexternalhit/1.1", 0, 0},
		{"a list", nil, "GET", testapp.Records(collections.Jobs), "192.0.2.9", browser, 0, 0},
		{"for search engines", nil, "GET", rest + "/jsonld", "192.0.2.9", browser, 0, 0},
		{"nothing", nil, "GET", rest + "x", "192.0.2.9", browser, 0, 0},
	} {
		s.request(c.who, c.method, c.path, c.address, c.agent)
		views, visitors = views+c.views, visitors+c.visitors
		if got, want := s.figures(s.job), fmt.Sprintf("%d %d 0 0 0", views, visitors); got != want {
			t.Fatalf("%s: %s, want %s", c.what, got, want)
		}
	}
	if closed := s.Update(s.job, map[string]any{"status": "closed"}); s.request(s.admin, "GET", rest, "192.0.2.1", browser).Status != 200 {
		t.Error(closed)
	}
	s.Call(s.rival, "GET", rest, nil)
	if got := s.figures(s.job); !strings.HasPrefix(got, fmt.Sprint(views, " ")) {
		t.Errorf("a closed job: %s", got)
	}
}

// Readers behind a proxy have its address; who they are is in a header, which is believed only where the settings say so.
func TestVisitorsBehindAProxyAreToldApart(t *testing.T) {
	s := newScene(t)
	visit := func(address string) {
		request := httptest.NewRequest("GET", "/api/jobs/"+s.job.Id, nil)
		request.Header.Set("User-Agent", browser)
		request.Header.Set("X-Forwarded-For", address)
		s.Send(request)
	}
	visit("192.0.2.1")
	visit("192.0.2.2")
	if got := s.figures(s.job); got != "2 1 0 0 0" {
		t.Errorf("without a trusted proxy: %s", got)
	}
	s.Settings().TrustedProxy.Headers = []string{"X-Forwarded-For"}
	visit("192.0.2.3")
	visit("192.0.2.4")
	visit("192.0.2.3")
	if got := s.figures(s.job); got != "5 3 0 0 0" {
		t.Errorf("behind a trusted proxy: %s", got)
	}
}

func TestOneAddressIsFewVisitors(t *testing.T) {
	s := newScene(t)
	for n := range 200 {
		s.request(nil, "GET", "/api/jobs/"+s.job.Id, "192.0.2.1", fmt.Sprint(browser, " ", n))
	}
	if got := s.figures(s.job); got != "200 32 0 0 0" {
		t.Errorf("200 user agents of one address: %s", got)
	}
}

func TestClicksSavesAndApplicationsCount(t *testing.T) {
	s := newScene(t)
	path := "/api/jobs/" + s.job.Id + "/apply-click"
	for _, who := range []*core.Record{nil, nil, s.seeker, s.owner, s.admin} {
		answer := s.request(who, "POST", path+"/", "192.0.2.1", browser)
		if answer.Status != 200 || answer.Body["url"] != "https://acme.example/1" {
			t.Errorf("%d %s", answer.Status, answer.Raw)
		}
	}
	s.request(nil, "POST", path, "192.0.2.1", "AhrefsBot")
	if got := s.figures(s.job); got != "0 0 3 0 0" {
		t.Errorf("clicks: %s", got)
	}
	onBoard := s.Job(s.employer, "On the board")
	s.Application(s.seeker, onBoard)
	first := s.Record(collections.SavedJobs, map[string]any{"seeker": s.seeker.Id, "job": onBoard.Id})
	if got := s.figures(onBoard); got != "0 0 0 1 1" {
		t.Errorf("saved and applied: %s", got)
	}
	if err := s.Delete(first); err != nil {
		t.Fatal(err)
	}
	if got := s.figures(onBoard); got != "0 0 0 0 1" {
		t.Errorf("taken back on the same day: %s", got)
	}
	kept := s.Record(collections.SavedJobs, map[string]any{"seeker": s.seeker.Id, "job": onBoard.Id})
	earlier := dbx.Params{"created": "2026-01-31 10:00:00.000Z"}
	if _, err := s.DB().Update(collections.SavedJobs, earlier, dbx.HashExp{"id": kept.Id}).Execute(); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(s.Reload(s.seeker)); err != nil { // with all applications
		t.Fatal(err)
	}
	if got := s.figures(onBoard); got != "0 0 0 1 1" {
		t.Errorf("after the account is gone: %s", got)
	}
	// Nobody makes up the figures.
	s.Settings().RateLimits.Enabled = true
	limited := 0
	for range 70 {
		if s.request(nil, "POST", path, "192.0.2.7", browser).Status == 429 {
			limited++
		}
	}
	s.Settings().RateLimits.Enabled = false
	if got := s.figures(s.job); limited != 10 || got != "0 0 63 0 0" {
		t.Errorf("%d of 70 calls were refused: %s", limited, got)
	}
}

func TestOnADeletedJobNothingIsCounted(t *testing.T) {
	s := newScene(t)
	other := s.Job(s.employer, "Another")
	for _, job := range []*core.Record{s.job, other} {
		s.request(nil, "GET", "/api/jobs/"+job.Id, "192.0.2.1", browser)
		s.request(s.rival, "GET", "/api/jobs/"+job.Id, "192.0.2.1", browser)
	}
	if err := s.Delete(s.job); err != nil {
		t.Fatal(err)
	}
	if got := s.figures(other); got != "2 2 0 0 0" {
		t.Errorf("another job has %s", got)
	}
	if rows, err := s.CountRecords(collections.JobDays, dbx.HashExp{"job": s.job.Id}); err != nil || rows != 0 {
		t.Errorf("%d rows of a deleted job (%v)", rows, err)
	}
}

func TestVisitorsOfADayAreForgotten(t *testing.T) {
	s := newScene(t)
	visit := func() { s.request(nil, "GET", "/api/jobs/"+s.job.Id, "192.0.2.1", browser) }
	visit()
	if got := s.figures(s.job); got != "1 1 0 0 0" {
		t.Fatal(got)
	}
	s.stopLoop() // it would bring today back
	kept := func() (salt string, hashes []string) {
		t.Helper()
		if err := s.DB().NewQuery("SELECT day || ' ' || salt FROM visitor_salts").Row(&salt); err != nil {
			t.Fatal(err)
		}
		if err := s.DB().NewQuery("SELECT hash FROM job_visitors").Column(&hashes); err != nil {
			t.Fatal(err)
		}
		return salt, hashes
	}
	salt, hashes := kept()
	if !strings.HasPrefix(salt, time.Now().UTC().Format(time.DateOnly)) || len(hashes) != 1 {
		t.Fatalf("kept: %s, %v", salt, hashes)
	}
	if err := jobstats.FlushAt(s.TestApp, time.Now().Add(24*time.Hour)); err != nil { // though nobody comes
		t.Fatal(err)
	}
	if next, hashes := kept(); next == salt || len(hashes) != 0 {
		t.Errorf("the day after: %s, %v", next, hashes)
	}
	visit()
	if err := jobstats.FlushAt(s.TestApp, time.Now().Add(24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, again := kept(); len(again) != 1 || again[0] == hashes[0] {
		t.Errorf("the visitor is known by the same hash the day after: %v, %v", again, hashes)
	}
	rows, err := s.FindAllRecords(collections.JobDays, dbx.HashExp{"job": s.job.Id, "views": 1, "visitors": 1})
	if err != nil || len(rows) != 2 {
		t.Errorf("%d days with a visitor (%v)", len(rows), err)
	}
}

// What does not fit into the table, and what can't be written, must not be felt by those who read.
func TestCountingGivesWay(t *testing.T) {
	s := newScene(t)
	const readers = 200
	jobstats.SetMaxPending(t, readers/2)
	s.stopLoop()
	var all sync.WaitGroup
	atOnce := make(chan struct{}, 8) // more would be turned away on a slow machine
	for n := range readers {
		atOnce <- struct{}{}
		all.Go(func() {
			defer func() { <-atOnce }()
			if answer := s.request(nil, "GET", "/api/jobs/"+s.job.Id, fmt.Sprintf("192.0.2.%d", n), browser); answer.Status != 200 {
				t.Errorf("a read fails: %d %s", answer.Status, answer.Raw)
			}
		})
	}
	all.Wait()
	if _, err := s.NonconcurrentDB().NewQuery("ALTER TABLE job_visitors RENAME TO gone").Execute(); err != nil {
		t.Fatal(err)
	}
	if answer := s.Call(s.owner, "GET", "/api/jobs/"+s.job.Id+"/stats", nil); answer.Status != 200 {
		t.Errorf("the figures can't be shown: %d %s", answer.Status, answer.Raw)
	}
	if _, err := s.NonconcurrentDB().NewQuery("ALTER TABLE gone RENAME TO job_visitors").Execute(); err != nil {
		t.Fatal(err)
	}
	if got, want := s.figures(s.job), fmt.Sprintf("%d %d 0 0 0", readers/2, readers/2); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestStatsAreReadByDay(t *testing.T) {
	s := newScene(t)
	for day, views := range map[string]int{"2026-01-01": 1, "2026-01-03": 2, "2026-01-04": 4} {
		s.Record(collections.JobDays, map[string]any{"job": s.job.Id, "day": day, "views": views, "visitors": 1})
	}
	path := "/api/jobs/" + s.job.Id + "/stats/"
	answer := s.Call(s.owner, "GET", path+"?from=2026-01-01&to=2026-01-03", nil)
	if got := fmt.Sprint(answer.Body["days"], answer.Body["totals"]); got != "[map[applications:0 applyClicks:0 day:2026-01-01 saves:0 "+
		"views:1 visitors:1] map[applications:0 applyClicks:0 day:2026-01-02 saves:0 views:0 visitors:0] map[applications:0 applyClicks:0 "+
		"day:2026-01-03 saves:0 views:2 visitors:1]] map[applications:0 applyClicks:0 saves:0 views:3 visitors:2]" {
		t.Errorf("got %s", got)
	}
	for query, days := range map[string]int{
		"": 1, "to=2026-01-04": 30, "from=2026-01-04&to=2026-01-04": 1, "from=2025-01-01&to=2026-01-01": 366,
	} {
		if answer := s.Call(s.owner, "GET", path+"?"+query, nil); answer.Status != 200 || len(answer.Body["days"].([]any)) != days {
			t.Errorf("%q: %d %s, want %d days", query, answer.Status, answer.Raw, days)
		}
	}
	for query, field := range map[string]string{
		"from=yesterday": "from", "to=2026-02-30": "to", "from=2026-01-02&to=2026-01-01": "from", "from=2025-01-01&to=2026-01-02": "from",
		"from=0001-01-01": "from", "from=2026-01-01T00:00:00Z": "from",
	} {
		answer := s.Call(s.owner, "GET", path+"?"+url.PathEscape(query), nil)
		data, _ := answer.Body["data"].(map[string]any)
		if answer.Status != 400 || data[field] == nil {
			t.Errorf("%q: %d %s", query, answer.Status, answer.Raw)
		}
	}
	for accept, csv := range map[string]bool{
		"text/csv": true, "text/csv;q=0.9, */*": true, "application/json, text/csv": false, "*/*": false, "text/csv;q=0": false, "": false,
	} {
		request := httptest.NewRequest("GET", path+"?from=2026-01-03&to=2026-01-04", nil)
		request.Header.Set("Authorization", s.Token(s.member))
		request.Header.Set("Accept", accept)
		got := s.Send(request)
		isCSV := got.Raw == "day,views,visitors,applyClicks,saves,applications\n2026-01-03,2,1,0,0,0\n2026-01-04,4,1,0,0,0\n" &&
			strings.HasPrefix(got.Header.Get("Content-Type"), "text/csv")
		if got.Status != 200 || isCSV != csv || (got.Body != nil) == csv {
			t.Errorf("%q: %d %v %s", accept, got.Status, got.Header, got.Raw)
		}
	}
}
