package queryguard_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/queryguard"
	"jobboard/internal/testapp"
)

// A request whose time is up before it asks is told so, by what it asked for.
func TestSlowQueries(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, api.Bind)
	acme, owner := board.Employer("Acme")
	job := board.Job(acme, "Baker")
	board.Application(board.Seeker("ann"), job)
	root := board.Superuser("root")
	applications := "/api/jobs/" + job.Id + "/applications"
	queryguard.SetPatience(t, time.Nanosecond)
	for _, c := range []struct {
		who    *core.Record
		path   string
		status int
		field  string
	}{
		{nil, testapp.Records(collections.Jobs), 503, ""},
		{nil, testapp.Records(collections.Jobs, job.Id), 503, ""},
		{nil, testapp.Records(collections.Jobs) + "?filter=title='x'", 400, "filter"},
		{nil, testapp.Records(collections.Jobs) + "?sort=title", 400, "sort"},
		{nil, testapp.Records(collections.Jobs, job.Id) + "?expand=employer", 400, "expand"},
		{owner, applications, 503, ""},
		{owner, applications + "?filter=status='x'", 400, "filter"},
		{nil, "/api/employers?sort=name", 400, "sort"},
		{nil, "/api/jobs/" + job.Id, 503, ""},
		{root, testapp.Records(collections.Jobs) + "?sort=title", 200, ""},
		{nil, "/api/health", 200, ""},
	} {
		got := board.Call(c.who, "GET", c.path, nil)
		if got.Status != c.status || c.field != "" && got.Code(c.field) == "" ||
			(c.status == 503) != (got.Header.Get("Retry-After") != "") {
			t.Errorf("%s: %d %v %s, want %d %s", c.path, got.Status, got.Header, got.Raw, c.status, c.field)
		}
	}
}

// What a request asks of a collection ends with the request.
func TestQueriesEndWithTheRequest(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, api.Bind)
	acme, owner := board.Employer("Acme")
	job := board.Job(acme, "Baker")
	board.Application(board.Seeker("ann"), job)
	token := board.Token(owner)
	var mu sync.Mutex
	asked, endless := 0, []string{}
	stop := testapp.OnStatement(t, board.TestApp, func(ctx context.Context, text string) {
		mu.Lock()
		defer mu.Unlock()
		if !strings.Contains(text, "FROM `jobs`") && !strings.Contains(text, "FROM `applications`") {
			return
		}
		asked++
		if ctx == nil {
			endless = append(endless, text)
		} else if until, ends := ctx.Deadline(); !ends || time.Until(until) > 6*time.Second {
			endless = append(endless, text)
		}
	})
	defer stop()
	count := func() int {
		mu.Lock()
		defer mu.Unlock()
		return asked
	}
	for _, path := range []string{
		testapp.Records(collections.Jobs) + "?filter=title='Baker'&sort=-publishedAt", testapp.Records(collections.Jobs, job.Id),
		testapp.Records(collections.Applications) + "?expand=job", "/api/jobs/" + job.Id + "/",
		"/api/users/" + owner.Id + "/applications?filter=status='x'",
	} {
		before := count()
		if got := board.CallWithToken(token, "GET", path, nil); got.Status >= 500 || count() == before {
			t.Errorf("%s: %d, and nothing was asked", path, got.Status)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if len(endless) > 0 {
		t.Errorf("these may take longer: %s", strings.Join(endless, "\n"))
	}
}

// large fills a board with many jobs of a few employers, past PocketBase.
func large(t *testing.T, board *testapp.Board, employers, jobsEach, bytesEach int) {
	t.Helper()
	for i := range employers {
		acme, _ := board.Employer(fmt.Sprint("Acme ", i))
		_, err := board.DB().NewQuery(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {:jobs})
			INSERT INTO jobs (id, employer, title, description, workplace, jobType, status)
			SELECT printf('job%03d%09d', {:i}, i), {:employer}, 'Job ' || i, {:description}, 'remote', 'full_time', 'published' FROM n`).
			Bind(dbx.Params{"jobs": jobsEach, "i": i, "employer": acme.Id, "description": strings.Repeat("x", bytesEach)}).Execute()
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestAnswersAreBounded(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, api.Bind)
	large(t, board, 3, 30, 50_000) // 4.5 MB
	seeker, admin := board.Seeker("ann"), board.Admin("admin")
	first := func(collection string) string {
		record, err := board.FindFirstRecordByFilter(collection, "id != ''")
		if err != nil {
			t.Fatal(err)
		}
		return record.Id
	}
	employer := first(collections.Employers)
	jobs, employers := testapp.Records(collections.Jobs), testapp.Records(collections.Employers)
	for _, c := range []struct {
		who   *core.Record
		path  string
		field string // that is named; "" where the answer comes
	}{
		{nil, jobs + "?perPage=90", "perPage"},
		{nil, jobs + "?perPage=1000&fields=description", "perPage"},
		{nil, jobs + "?perPage=20", ""},
		{seeker, jobs + "?perPage=90", ""},
		{admin, jobs + "?perPage=90", ""},
		{nil, employers + "?expand=jobs_via_employer", "expand"},
		{nil, employers + "?expand=jobs_via_employer&perPage=1", ""},
		{nil, employers + "/" + employer + "?expand=jobs_via_employer", ""},
		// Each of the jobs would show all jobs of its employer.
		{seeker, jobs + "?perPage=30&expand=employer.jobs_via_employer", "expand"},
		{seeker, "/api/employers?expand=jobs_via_employer", ""},
		{nil, "/api/employers?expand=jobs_via_employer", "expand"},
	} {
		got := board.Call(c.who, "GET", c.path, nil)
		switch {
		case c.field == "" && (got.Status != 200 || len(got.Raw) < 500_000):
			t.Errorf("%s: %d, %d bytes: %.300s", c.path, got.Status, len(got.Raw), got.Raw)
		case c.field != "" && (got.Status != 400 || got.Code(c.field) == ""):
			t.Errorf("%s: %d, %d bytes: %.300s", c.path, got.Status, len(got.Raw), got.Raw)
		}
	}
}

func TestExpansionsAreBounded(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, api.Bind)
	large(t, board, 3, 900, 10)
	for _, path := range []string{testapp.Records(collections.Employers), "/api/employers"} {
		if got := board.Call(nil, "GET", path+"?expand=jobs_via_employer", nil); got.Status != 400 || got.Code("expand") == "" {
			t.Errorf("%s: %d, %d bytes: %.300s", path, got.Status, len(got.Raw), got.Raw)
		}
		if got := board.Call(nil, "GET", path+"?expand=jobs_via_employer&perPage=2", nil); got.Status != 200 {
			t.Errorf("%s for two: %d %.300s", path, got.Status, got.Raw)
		}
	}
}

// Fields of a list's items are named with and without "items.", at both doors.
func TestFieldsOfItems(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, api.Bind)
	board.Employer("Acme")
	for _, path := range []string{testapp.Records(collections.Employers), "/api/employers"} {
		for fields, want := range map[string]string{
			"name": "map[name:Acme]", "items.name": "map[name:Acme]", "page,items.name,totalItems": "map[name:Acme]",
			"items.name:excerpt(2)": "map[name:Ac]", "items.name,slug": "map[name:Acme slug:acme]",
		} {
			got := board.Call(nil, "GET", path+"?fields="+fields, nil)
			if len(got.Items()) != 1 || fmt.Sprint(got.Items()[0]) != want || got.Body["totalItems"] != 1.0 {
				t.Errorf("%s?fields=%s: %d %s, want %s", path, fields, got.Status, got.Raw, want)
			}
		}
		if got := board.Call(nil, "GET", path+"?fields=items", nil); len(got.Items()) != 1 || got.Items()[0]["slug"] != "acme" {
			t.Errorf("%s?fields=items: %s", path, got.Raw)
		}
	}
}
