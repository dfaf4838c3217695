package pages_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/delivery"
	"jobboard/internal/headers"
	"jobboard/internal/pages"
	"jobboard/internal/search"
	"jobboard/internal/testapp"
	"jobboard/internal/throttle"
)

// newBoard serves the pages of a board in a language with all that they stand on.
func newBoard(t testing.TB, language string, more ...func(core.App)) *testapp.Board {
	t.Helper()
	public := os.DirFS("../../pb_public")
	bind := append([]func(core.App){headers.Bind, delivery.Bind, testapp.With(throttle.Bind, throttle.Options{}), hooks.Bind, api.Bind,
		testapp.With(search.Bind, search.Options{}), func(app core.App) {
			if err := pages.Bind(app, pages.Options{Language: language, Public: public, Embedded: public}); err != nil {
				t.Fatal(err)
			}
		}}, more...)
	board := testapp.NewBoard(t, bind...)
	board.Settings().Meta.AppURL = "https://jobs.example.org"
	board.Settings().Meta.AppName = "Example Jobs"
	return board
}

// get asks for a page as a browser does.
func get(board *testapp.Board, path string) testapp.Response {
	request := httptest.NewRequest("GET", path, nil)
	request.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	return board.Send(request)
}

// mustShow fails the test unless a page has a status and all of the texts.
func mustShow(t *testing.T, board *testapp.Board, path string, status int, texts ...string) testapp.Response {
	t.Helper()
	got := get(board, path)
	if got.Status != status || !strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") {
		t.Fatalf("%s: status %d (%s), want %d:\n%.400s", path, got.Status, got.Header.Get("Content-Type"), status, got.Raw)
	}
	for _, text := range texts {
		if !strings.Contains(got.Raw, text) {
			t.Errorf("%s does not show %q:\n%s", path, text, main(got.Raw))
		}
	}
	if n := strings.Count(got.Raw, "<h1"); n != 1 {
		t.Errorf("%s has %d h1", path, n)
	}
	return got
}

// main is what is particular to a page.
func main(page string) string {
	_, page, _ = strings.Cut(page, "<main")
	page, _, _ = strings.Cut(page, "</main>")
	return page
}

func ended(board *testapp.Board, job *core.Record, status string) *core.Record {
	return board.Update(job, map[string]any{"status": status})
}

func TestPagesAnswer(t *testing.T) {
	board := newBoard(t, "en")
	employer, _ := board.Employer("Acme Works")
	at := map[string]any{"locations": []string{"Berlin, Germany"}, "salaryMin": 50_000, "salaryMax": 60_000, "salaryCurrency": "EUR",
		"salaryPeriod": "year",
		"skills":       []string{"go"}, "deadline": time.Now().Add(20 * 24 * time.Hour).UTC().Format(time.RFC3339)}
	var job *core.Record
	for i := range 3 {
		job = board.Job(employer, fmt.Sprintf("Gardener %d", i), at)
	}
	for path, texts := range map[string][]string{
		"/":                      {"Find work that fits", "3 open jobs", "Gardener 2", "Acme Works"},
		"/jobs":                  {"3 jobs", `role="search"`, "Gardener 0", "<fieldset>", "<legend>Workplace</legend>"},
		"/jobs?q=gardener":       {"3 jobs for “gardener”", "<mark>Gardener</mark>", `value="gardener"`},
		"/jobs?q=gardner":        {"Did you mean", `href="/jobs?q=gardener"`},
		"/jobs?workplace=remote": {"Remove </span><bdi>Remote</bdi>", `value="remote" checked`},
		"/jobs/in/berlin":        {"Jobs in Berlin, Germany", "Gardener 1"},
		"/remote":                {"Remote jobs"},
		"/companies/acme-works":  {"Acme Works", "Open jobs", "Gardener 1"},
		"/developers":            {"/api/docs"},
		"/jobs/" + job.Id + "/gardener-2": {
			"Gardener 2</h1>", "€50,000 – €60,000", `<time datetime="`, "19 days left",
			`href="mailto:?subject=Gardener%202%20at%20Acme%20Works`,
			"Similar jobs", "Gardener 0",
			`href="/companies/acme-works"`, `href="/jobs/in/berlin"`, `href="/jobs?skills=go"`,
		},
	} {
		got := mustShow(t, board, path, 200, texts...)
		if policy := got.Header.Get("Content-Security-Policy"); policy != headers.Policy || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", path, policy)
		}
		if cache := got.Header.Get("Cache-Control"); cache != "public, max-age=60, stale-while-revalidate=600" {
			t.Errorf("%s: Cache-Control %q", path, cache)
		}
		indexable := !strings.Contains(path, "?")
		if robots := got.Header.Get("X-Robots-Tag"); (robots == "") != indexable {
			t.Errorf("%s: robots %q", path, robots)
		}
		canonical := "https://jobs.example.org" + strings.Split(path, "?")[0]
		if !strings.Contains(got.Raw, `<link rel="canonical" href="`+canonical+`">`) {
			t.Errorf("%s has no canonical address %s", path, canonical)
		}
		if inline := regexp.MustCompile(`<script>|<style|\sstyle=|\son[a-z]+="`).FindString(got.Raw); inline != "" {
			t.Errorf("%s has %q, which the policy forbids", path, inline)
		}
	}
}

func TestPagesAreTheSameForEverybody(t *testing.T) {
	board := newBoard(t, "en")
	employer, owner := board.Employer("Acme Works")
	draft := board.Job(employer, "Secret plan", map[string]any{"status": "draft"})
	request := httptest.NewRequest("GET", "/jobs/"+draft.Id+"/secret-plan", nil)
	request.Header.Set("Authorization", board.Token(owner))
	request.Header.Set("Accept", "text/html")
	if got := board.Send(request); got.Status != 404 || strings.Contains(got.Raw, "Secret") {
		t.Errorf("the draft's page for its owner: %d", got.Status)
	}
	for _, path := range []string{"/", "/jobs", "/jobs?q=secret", "/companies/acme-works"} {
		if got := get(board, path); got.Status != 200 || strings.Contains(main(got.Raw), "Secret plan") {
			t.Errorf("%s shows the draft: %d", path, got.Status)
		}
	}
	if got := get(board, "/"); got.Header.Get("Set-Cookie") != "" || strings.Contains(got.Header.Get("Vary"), "Cookie") {
		t.Error("the page depends on cookies")
	}
}

func TestJobsHaveOneAddress(t *testing.T) {
	board := newBoard(t, "en")
	employer, _ := board.Employer("Acme Works")
	job := board.Job(employer, "Gärtner & Söhne")
	right := "/jobs/" + job.Id + "/gartner-and-sohne"
	mustShow(t, board, right, 200)
	for _, path := range []string{"/jobs/" + job.Id, "/jobs/" + job.Id + "/wrong", "/jobs/" + job.Id + "/%22%3E%3Cscript%3E"} {
		if got := get(board, path); got.Status != 301 || got.Header.Get("Location") != right {
			t.Errorf("%s: %d to %q", path, got.Status, got.Header.Get("Location"))
		}
	}
	nameless := board.Job(employer, "???")
	mustShow(t, board, "/jobs/"+nameless.Id+"/job", 200)
	for _, path := range []string{"/jobs/abc/x", "/jobs/" + strings.Repeat("a", 200), "/jobs/..%2f..%2fusers/x", "/jobs/in/nowhere-at-all",
		"/jobs/field/none", "/companies/none", "/companies/..%2f", "/nothing"} {
		mustShow(t, board, path, 404, "There is no such page", `role="search"`)
	}
}

func TestEndedJobsSaySoAndLeadOn(t *testing.T) {
	board := newBoard(t, "en")
	employer, _ := board.Employer("Acme Works")
	board.Job(employer, "Rose gardener", map[string]any{"skills": []string{"roses", "hedges"}})
	for _, status := range []string{"closed", "expired"} {
		job := board.Job(employer, "Gardener", map[string]any{"skills": []string{"roses", "hedges"},
			"description": "<p>Cut the hedges.</p>"})
		ended(board, job, status)
		got := mustShow(t, board, "/jobs/"+job.Id+"/gardener", 410, "takes no more applications", "Cut the hedges.", "Rose gardener",
			`content="noindex`)
		if got.Header.Get("X-Robots-Tag") == "" || strings.Contains(got.Raw, "ld+json") || strings.Contains(got.Raw, "Share by e-mail") {
			t.Errorf("%s: the page invites: %v", status, got.Header)
		}
	}
	late := board.Job(employer, "Late gardener", map[string]any{"deadline": time.Now().Add(time.Hour).UTC().Format(time.RFC3339)})
	if _, err := board.NonconcurrentDB().Update("jobs", map[string]any{"deadline": "2020-01-01 00:00:00.000Z"}, nil).Execute(); err != nil {
		t.Fatal(err)
	}
	mustShow(t, board, "/jobs/"+late.Id+"/late-gardener", 410)
}

func TestLandingPagesNeedThreeJobs(t *testing.T) {
	board := newBoard(t, "en")
	employer, _ := board.Employer("Acme Works")
	field, err := board.FindFirstRecordByData(collections.FieldsOfInterest, "slug", "backend-developer")
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]any{"locations": []string{"Lyon, France"}, "fields": []string{field.Id}}
	paths := []string{"/jobs/in/lyon", "/jobs/field/backend-developer", "/jobs/field/backend-developer/in/lyon", "/remote"}
	for n := range 3 {
		for _, path := range paths {
			status := 404
			if path == "/remote" { // every page links to it
				status = 200
			}
			got := mustShow(t, board, path, status)
			if got.Header.Get("X-Robots-Tag") == "" {
				t.Errorf("%s may be indexed with %d jobs", path, n)
			}
		}
		board.Job(employer, fmt.Sprintf("Developer %d", n), at)
	}
	for _, path := range paths {
		if got := mustShow(t, board, path, 200, "Developer 0"); got.Header.Get("X-Robots-Tag") != "" {
			t.Errorf("%s may not be indexed", path)
		}
	}
	for from, to := range map[string]string{
		"/jobs/in/Lyon": "/jobs/in/lyon", "/jobs/in/lyon-france": "/jobs/in/lyon",
		"/jobs/field/backend-developer/in/LYON": "/jobs/field/backend-developer/in/lyon",
	} {
		if got := get(board, from); got.Status != 301 || got.Header.Get("Location") != to {
			t.Errorf("%s: %d to %q, want %s", from, got.Status, got.Header.Get("Location"), to)
		}
	}
	if got := get(board, "/remote?q=go"); got.Status != 302 || got.Header.Get("Location") != "/jobs?q=go&workplace=remote" {
		t.Errorf("narrowing a landing page: %d to %q", got.Status, got.Header.Get("Location"))
	}
	if got := get(board, "/remote?utm_source=mail"); got.Status != 200 {
		t.Errorf("a tracker: %d", got.Status)
	}
}

func TestNothingFoundOffersMore(t *testing.T) {
	board := newBoard(t, "en")
	employer, _ := board.Employer("Acme Works")
	board.Job(employer, "Baker", map[string]any{"locations": []string{"Potsdam, Germany"}, "workplace": "on_site"})
	page := main(mustShow(t, board, "/jobs?q=baker&location=Berlin&jobType=contract", 200, "0 jobs for “baker” in Berlin",
		"No job matches all of this").Raw)
	if strings.Contains(page, "Without <bdi>Contract") {
		t.Error("a filter is offered to be dropped, without anything to find")
	}
	page = main(mustShow(t, board, "/jobs?q=baker&location=Berlin", 200).Raw)
	for _, want := range []string{"Search a wider area",
		`href="/jobs?location=Berlin&amp;q=baker&amp;radius=50">50 km <span class="count">1 job`, "Without <bdi>Berlin</bdi>"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in:\n%s", want, page)
		}
	}
	mustShow(t, board, "/jobs?q=baker&location=Berlin&radius=50", 200, "1 job for “baker” in Berlin", "50 km around Berlin", "Nearest")
}

func TestPagesOfALongList(t *testing.T) {
	board := newBoard(t, "en")
	employer, _ := board.Employer("Acme Works")
	for i := range 45 {
		board.Job(employer, fmt.Sprintf("Baker %02d", i))
	}
	first := mustShow(t, board, "/jobs", 200, `rel="next" href="/jobs?page=2"`, "<title>45 jobs · Example Jobs</title>").Raw
	if strings.Contains(first, `rel="prev"`) {
		t.Error("the first page has a previous one")
	}
	mustShow(t, board, "/jobs?page=2", 200, "21–40 of 45")
	last := mustShow(t, board, "/jobs?page=3", 200, "41–45 of 45",
		`rel="prev" href="/jobs?page=2"`, "<title>45 jobs, page 3 of 3 · Example Jobs</title>",
		`aria-current="page" aria-label="Page 3"`).Raw
	if strings.Contains(last, `rel="next"`) {
		t.Error("the last page has a next one")
	}
	if got := get(board, "/jobs?page=9"); got.Status != 302 || got.Header.Get("Location") != "/jobs" {
		t.Errorf("a page that is gone: %d to %q", got.Status, got.Header.Get("Location"))
	}
	mustShow(t, board, "/companies/acme-works?page=2", 200, "Baker")
}

func TestGermanPages(t *testing.T) {
	board := newBoard(t, "de")
	employer, _ := board.Employer("Acme Werke")
	job := board.Job(employer, "Gärtnerin", map[string]any{"salaryMin": 40_000, "salaryCurrency": "EUR", "salaryPeriod": "year"})
	mustShow(t, board, "/jobs", 200, `<html lang="de">`, "1 Stelle", "ab 40.000\u00a0€")
	mustShow(t, board, "/jobs/"+job.Id+"/gartnerin", 200, "Über die Stelle")
	for i := range 3 {
		board.Job(employer, fmt.Sprintf("Bäckerin %d", i), map[string]any{"locations": []string{"Berlin, Germany"}})
	}
	mustShow(t, board, "/jobs/in/berlin", 200, "Stellen in Berlin, Deutschland</h1>", "Bäckerin 2", `value="Berlin, Deutschland"`)
	mustShow(t, board, "/jobs?salaryMin=1000&salaryCurrency=EUR&postedWithin=1", 200, "Ab 1.000\u00a0€ pro Jahr", "Letzte 24 Stunden")
	mustShow(t, board, "/jobs?radius=x&location=Berlin", 400, "Muss eine Zahl in Kilometern sein.")
	mustShow(t, board, "/nirgendwo", 404, "Diese Seite gibt es nicht")
}

func TestProgramsGetErrorsAsJSON(t *testing.T) {
	board := newBoard(t, "en")
	for path, accept := range map[string]string{"/api/nowhere": "text/html", "/nowhere": "application/json", "/assets/x/y": "text/html"} {
		request := httptest.NewRequest("GET", path, nil)
		request.Header.Set("Accept", accept)
		if got := board.Send(request); got.Status != 404 || !strings.HasPrefix(got.Header.Get("Content-Type"), "application/json") {
			t.Errorf("%s for %s: %d %s", path, accept, got.Status, got.Header.Get("Content-Type"))
		}
	}
}

func TestTooManyAndTooBusyAreExplained(t *testing.T) {
	board := newBoard(t, "en", func(app core.App) {
		app.OnServe().BindFunc(func(e *core.ServeEvent) error {
			e.Router.GET("/busy", func(e *core.RequestEvent) error {
				e.Response.Header().Set("Retry-After", "2")
				return e.Error(503, "", nil)
			})
			e.Router.GET("/broken", func(e *core.RequestEvent) error {
				return e.InternalServerError("", fmt.Errorf("secret of the database"))
			})
			return e.Next()
		})
	})
	got := mustShow(t, board, "/busy", 503, "very busy", "in 2 seconds")
	if got.Header.Get("Retry-After") != "2" || got.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", got.Header)
	}
	if got := mustShow(t, board, "/broken", 500, "on our side"); strings.Contains(got.Raw, "secret") {
		t.Error("the page tells what broke")
	}
	board.Settings().RateLimits.Enabled = true
	board.Settings().RateLimits.Rules = []core.RateLimitRule{{Label: "/api/", MaxRequests: 2, Duration: 60}}
	for range 3 {
		got = get(board, "/jobs")
	}
	if got.Status != 429 || got.Header.Get("Retry-After") == "" || !strings.Contains(got.Raw, "slower, please") {
		t.Errorf("the third page of two: %d, %v", got.Status, got.Header)
	}
}

func TestSizesOfCompaniesAreWrittenWithADash(t *testing.T) {
	board := newBoard(t, "en")
	employer, _ := board.Employer("Acme Works")
	board.Update(employer, map[string]any{"size": "201-1000"})
	job := board.Job(employer, "Gardener")
	mustShow(t, board, "/companies/acme-works", 200, "201–1,000 people")
	mustShow(t, board, get(board, "/jobs/"+job.Id).Header.Get("Location"), 200, "201–1,000 people")
}

// What every page's foot and the home page show is counted by whoever comes first. A reader who is over the limit then must not leave
// the others a list without companies.
func TestOneReadersLimitHidesNoCompanies(t *testing.T) {
	board := newBoard(t, "en")
	employer, _ := board.Employer("Acme Works")
	board.Job(employer, "Gardener")
	board.Settings().RateLimits.Enabled = true
	board.Settings().RateLimits.Rules = []core.RateLimitRule{{Label: "/api/", MaxRequests: 1, Duration: 60}}
	if got := mustShow(t, board, "/", 200); strings.Contains(got.Raw, "Hiring now") {
		t.Fatal("the limit does not reach what is popular")
	}
	board.Settings().RateLimits.Enabled = false
	mustShow(t, board, "/", 200, "Hiring now", `href="/companies/acme-works"`)
}
