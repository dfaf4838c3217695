package api_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/api"
	"jobboard/internal/problem"
	"jobboard/internal/search"
)

var pathParam = regexp.MustCompile(`\{\w+\}`)

// TestRoutesLetInWhomTheListNames checks that every route, with and without a slash at the end, lets in the callers that the list names
// and nobody else, and never answers 5xx.
func TestRoutesLetInWhomTheListNames(t *testing.T) {
	board := newBoard(t)
	_, owner := board.Employer("Acme")
	tokens := map[string]string{}
	for role, caller := range map[string]*core.Record{
		"job_seeker": board.Seeker("sara"), "employer": owner, "admin": board.Admin("ada"), "superuser": board.Superuser("root"),
	} {
		tokens[role] = board.Token(caller)
	}
	for _, line := range api.Lines() {
		if line.ID == "logout" || line.ID == "getOpenAPI" {
			continue // the one ends the session in use, the other is tested by itself
		}
		for _, slash := range []string{"", "/"} {
			path := pathParam.ReplaceAllString(line.Path, "aaaaaaaaaaaaaaa") + slash
			name := line.Method + " " + path
			guest := board.Call(nil, line.Method, path, nil)
			if (guest.Status == 401) != line.Login && line.ID != "changePassword" && line.ID != "replacePassword" {
				t.Errorf("%s as guest: %d", name, guest.Status)
			}
			dead := board.CallWithToken("dead", line.Method, path, nil)
			if !line.IgnoresToken && dead.Status != 401 {
				t.Errorf("%s with a dead token: %d", name, dead.Status)
			}
			for role, token := range tokens {
				got := board.CallWithToken(token, line.Method, path, nil)
				allowed := role == "superuser" || len(line.Roles) == 0 || slices.Contains(line.Roles, role)
				if allowed == (got.Status == 403) || got.Status == 401 || got.Status >= 500 {
					t.Errorf("%s as %s: %d %s", name, role, got.Status, got.Raw)
				}
				wrong := board.CallWithToken(token, line.Method, path, `["not an object"]`)
				if wrong.Status >= 500 {
					t.Errorf("%s as %s with a wrong body: %d", name, role, wrong.Status)
				}
			}
		}
	}
}

func TestUnlistedMethodsAndBodies(t *testing.T) {
	board := newBoard(t)
	if got := board.Call(nil, "PATCH", "/api/jobs", nil); got.Status != 405 || got.Header.Get("Allow") == "" {
		t.Errorf("PATCH /api/jobs: %d, Allow %q", got.Status, got.Header.Get("Allow"))
	}
	if got := board.Call(nil, "GET", "/api/jobs/a/b/c", nil); got.Status != 404 {
		t.Errorf("an unknown path: %d", got.Status)
	}
	if got := board.Call(nil, "POST", "/api/users/auth/login", `{"email":`); got.Code("body") != "validation_invalid_value" {
		t.Errorf("broken JSON: %d %s", got.Status, got.Raw)
	}
	if got := board.Call(nil, "GET", "/api/jobs?perPage=100000", nil); got.Body["perPage"] != 100.0 {
		t.Errorf("perPage is not clamped: %v", got.Body["perPage"])
	}
}

// An unknown parameter is refused everywhere, and the nearest known one is named.
func TestUnknownParametersAreRefused(t *testing.T) {
	board := newBoard(t)
	owner := board.User("employer", "owner")
	admin := board.Admin("ada")
	for _, c := range []struct {
		who         *core.Record
		method, url string
		field       string
		message     string
	}{
		{nil, "GET", "/api/jobs?jobtype=full_time", "jobtype", "Unknown parameter. Did you mean jobType?"},
		{nil, "GET", "/api/jobs/?jobType[]=full_time", "jobType[]", "Unknown parameter. Did you mean jobType?"},
		{nil, "GET", "/api/jobs/search/?per_page=5", "per_page", "Unknown parameter. Did you mean perPage?"},
		{nil, "GET", "/api/jobs/suggest/?query=go", "query", "Unknown parameter. Known here: q, fields."},
		{nil, "GET", "/api/employers/?utm_source=mail", "utm_source", "Unknown parameter. Known here: page, perPage, sort, filter, fields, " +
			"expand, skipTotal, q, industry, mine."},
		{owner, "POST", "/api/users/auth/logout/?everywhere=1", "everywhere", "Unknown parameter. None are known here."},
		{admin, "GET", "/api/users/?rol=admin", "rol", "Unknown parameter. Did you mean role?"},
		{admin, "GET", "/api/reports/summary/?From=2026-01-01", "From", "Unknown parameter. Did you mean from?"},
		{nil, "GET", "/api/jobs/?q=%zz", "query", "The address's query is not well formed: invalid URL escape \"%zz\"."},
	} {
		got := board.Call(c.who, c.method, c.url, nil)
		data, _ := got.Body["data"].(map[string]any)
		fault, _ := data[c.field].(map[string]any)
		if got.Status != 400 || fault["message"] != c.message {
			t.Errorf("%s %s: %d %s, want %q of %s", c.method, c.url, got.Status, got.Raw, c.message, c.field)
		}
	}
	both := board.Call(nil, "GET", "/api/jobs/?workplaces=remote&pages=2&q=go", nil)
	if both.Code("workplaces") != problem.UnknownParameter || both.Code("pages") != problem.UnknownParameter || both.Code("q") != "" {
		t.Errorf("of three, two are unknown: %s", both.Raw)
	}
	for url, status := range map[string]int{
		"/api/users/?rol=admin": 401, "/api/nowhere?rol=admin": 404, // who may not ask is told so first
		"/api/jobs/?q=go&page=&jobType=": 200, "/api/jobs/?page=1&page=2": 200,
		"/api/openapi.json?v=2": 200, "/api/docs?utm_source=mail": 200,
		"/api/collections/jobs/records?nosuch=1": 200, "/api/health?nosuch=1": 200,
	} {
		if got := board.Call(nil, "GET", url, nil); got.Status != status {
			t.Errorf("GET %s: %d %s, want %d", url, got.Status, got.Raw, status)
		}
	}
}

// Saved searches have the parameters of the job search.
func TestSavedSearchesKnowTheParametersOfTheSearch(t *testing.T) {
	names := api.QueryNames("searchJobs")
	slices.Sort(names)
	saved := slices.Sorted(slices.Values(search.JobParams))
	if !slices.Equal(names, saved) {
		t.Errorf("the search has %v, saved searches %v", names, saved)
	}
}

func TestRecordsTakeTheirParameters(t *testing.T) {
	if lacking := api.WithoutRecordParams(); len(lacking) > 0 {
		t.Errorf("without expand and fields: %v", lacking)
	}
}
