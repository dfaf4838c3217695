package api_test

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/search"
	"jobboard/internal/testapp"
)

func titles(r testapp.Response) []string {
	found := []string{}
	for _, item := range r.Items() {
		found = append(found, item["title"].(string))
	}
	return found
}

func TestJobSearch(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, api.Bind, testapp.With(search.Bind, search.Options{}))
	acme, owner := board.Employer("Acme")
	bolt, _ := board.Employer("Bolt")
	board.Job(acme, "Senior Java Developer", map[string]any{"workplace": "on_site", "locations": []string{"Lyon, France"},
		"salaryMin": 5000, "salaryCurrency": "EUR", "salaryPeriod": "month", "skills": []string{"java", "sql"}})
	board.Job(bolt, "JavaScript Engineer", map[string]any{"jobType": "contract", "applicantCountries": []string{"FR"},
		"description": "<p>No coffee & no <b>java</b>nese: we write JS.</p>"})
	board.Job(bolt, "Night Nurse", map[string]any{"workplace": "on_site", "locations": []string{"Berlin, Germany"},
		"salaryMax": 40000, "salaryCurrency": "EUR", "salaryPeriod": "year"})
	board.Job(acme, "Secret Java Project", map[string]any{"status": "draft"})

	for _, c := range []struct {
		query string
		want  string
	}{
		{"q=java", "Senior Java Developer"},
		{"q=sr+dev", "Senior Java Developer"},
		{"q=js", "JavaScript Engineer"},
		{"q=%22night+nurse%22", "Night Nurse"},
		{"q=nurs", "Night Nurse"},
		{"q=company:bolt+-nurse", "JavaScript Engineer"},
		{"q=secret", ""},
		{"location=Lyon", "Senior Java Developer"},
		{"location=Lyon,+France", "Senior Java Developer"},
		{"location=Germany", "Night Nurse"},
		{"location=50+km+of+Lyon", "Senior Java Developer"},
		{"near=52.5,13.4&radius=30", "Night Nurse"},
		{"salaryMin=50000&salaryCurrency=EUR", "Senior Java Developer"},
		{"sort=salary&salaryCurrency=EUR", "Senior Java Developer,Night Nurse,JavaScript Engineer"},
		{"jobType=contract,internship", "JavaScript Engineer"},
		{"skills=SQL", "Senior Java Developer"},
		{"employer=" + acme.Id, "Senior Java Developer"},
	} {
		got := board.Call(nil, "GET", "/api/jobs/search/?"+c.query, nil)
		if list := strings.Join(titles(got), ","); got.Status != 200 || list != c.want {
			t.Errorf("%s: %d found %q, want %q", c.query, got.Status, list, c.want)
		}
	}

	remote := titles(board.Call(nil, "GET", "/api/jobs/?location=France", nil))
	slices.Sort(remote)
	if strings.Join(remote, ",") != "JavaScript Engineer,Senior Java Developer" {
		t.Errorf("a remote job open to people in France is not found there: %v", remote)
	}
	mine := titles(board.Call(owner, "GET", "/api/jobs/?mine=1", nil))
	if len(mine) != 2 || !slices.Contains(mine, "Secret Java Project") {
		t.Errorf("mine=1 found %v", mine)
	}
	member := board.User(collections.RoleEmployer, "member")
	board.Update(acme, map[string]any{"members": []string{member.Id}})
	for _, path := range []string{"/api/jobs/?mine=1", "/api/jobs/?mine=1&filter=title!=''", "/api/employers/?mine=1"} {
		want := map[bool]int{true: 1, false: 2}[strings.HasPrefix(path, "/api/employers")]
		if got := board.Call(member, "GET", path, nil); len(got.Items()) != want {
			t.Errorf("%s gives a member %s", path, got.Raw)
		}
	}
	if few := board.Call(nil, "GET", "/api/jobs/?q=java&fields=id,score", nil); len(few.Items()) != 1 || len(few.Items()[0]) != 2 {
		t.Errorf("fields gives %s", few.Raw)
	}

	marked := board.Call(nil, "GET", "/api/jobs/?q=javascript&facets=jobType,workplace", nil)
	item := marked.Items()[0]
	highlights := item["highlights"].(map[string]any)
	if highlights["title"] != "<mark>JavaScript</mark> Engineer" || item["score"].(float64) <= 0 {
		t.Errorf("highlights %v, score %v", highlights, item["score"])
	}
	facets := marked.Body["facets"].(map[string]any)
	if facets["jobType"].(map[string]any)["contract"] != 1.0 {
		t.Errorf("facets %v", facets)
	}
	typo := board.Call(nil, "GET", "/api/jobs/?q=nigth+nurce", nil)
	if typo.Body["didYouMean"] != "night nurse" || strings.Join(titles(typo), ",") != "Night Nurse" {
		t.Errorf("a typo gives %s", typo.Raw)
	}
	if leak := board.Call(nil, "GET", "/api/jobs/?q=secrat", nil); strings.Contains(leak.Raw, "ecret") {
		t.Errorf("a draft's word is suggested: %s", leak.Raw)
	}
}

func TestJobSearchFollowsEveryChange(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, api.Bind, testapp.With(search.Bind, search.Options{}))
	acme, _ := board.Employer("Acme")
	job := board.Job(acme, "Baker")
	total := func(q string) any {
		return board.Call(nil, "GET", "/api/jobs/?q="+url.QueryEscape(q), nil).Body["totalItems"]
	}
	if total("baker") != 1.0 {
		t.Fatal("a new job is not found")
	}
	board.Update(job, map[string]any{"title": "Butcher"})
	if total("baker") != 0.0 || total("butcher") != 1.0 {
		t.Error("a new title is not found, or the old one still is")
	}
	board.Update(acme, map[string]any{"name": "Zenith"})
	if total("company:zenith") != 1.0 {
		t.Error("a company's new name is not found")
	}
	board.Update(job, map[string]any{"status": "closed"})
	if total("butcher") != 0.0 {
		t.Error("a closed job is found")
	}
	board.Update(job, map[string]any{"status": "published"})
	if total("butcher") != 1.0 {
		t.Error("a job published again is not found")
	}
	if _, err := board.DB().NewQuery("UPDATE jobs SET title = 'Candlemaker', skills = NULL, locations = NULL").Execute(); err != nil {
		t.Fatal(err)
	}
	if total("candlemaker") != 1.0 {
		t.Error("a change by plain SQL is not found")
	}
	found, err := board.FindRecordById(collections.Jobs, job.Id)
	if err != nil {
		t.Fatal(err)
	}
	if err := board.Delete(found); err != nil {
		t.Fatal(err)
	}
	if total("candlemaker") != 0.0 {
		t.Error("a deleted job is found")
	}
}

func TestJobSearchRefusesNonsense(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, api.Bind, testapp.With(search.Bind, search.Options{}))
	for field, query := range map[string]string{"near": "near=x", "sort": "sort=best", "salaryMin": "salaryMin=NaN",
		"cursor": "cursor=zz", "facets": "facets=secret", "postedWithin": "postedWithin=soon"} {
		if got := board.Call(nil, "GET", "/api/jobs/?"+query, nil); got.Status != 400 || got.Code(field) == "" {
			t.Errorf("%s: %d %s", query, got.Status, got.Raw)
		}
	}
}

// Jobs by their ids, such as those that somebody has looked at: only what can be found, and together with everything else.
func TestJobsByIDs(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, api.Bind, testapp.With(search.Bind, search.Options{}))
	acme, owner := board.Employer("Acme")
	one, two := board.Job(acme, "Go Developer"), board.Job(acme, "Go Tester")
	draft := board.Job(acme, "Go Draft", map[string]any{"status": "draft"})
	board.Job(acme, "Go Manager")
	for query, want := range map[string][]string{
		"ids=" + one.Id + "," + two.Id:                        {one.Id, two.Id},
		"ids=" + one.Id + "&ids=" + two.Id + "&ids=" + one.Id: {one.Id, two.Id},
		"ids=" + one.Id + "," + draft.Id + ",nobody":          {one.Id},
		"mine=1&ids=" + one.Id + "," + draft.Id:               {one.Id, draft.Id},
		"q=tester&ids=" + one.Id + "," + two.Id:               {two.Id},
		"filter=title~'Dev'&ids=" + one.Id + "," + two.Id:     {one.Id},
		"filter=title~'Manager'&ids=" + one.Id + "," + two.Id: {},
		"ids=nobody": {},
		"perPage=1&sort=newest&page=2&ids=" + two.Id + ",nobody": {},
	} {
		got := board.Call(owner, "GET", "/api/jobs/?"+strings.ReplaceAll(query, "'", "%27"), nil)
		var ids []string
		for _, item := range got.Items() {
			ids = append(ids, item["id"].(string))
		}
		slices.Sort(ids)
		slices.Sort(want)
		if got.Status != 200 || !slices.Equal(ids, want) {
			t.Errorf("%s: %d %v, want %v", query, got.Status, ids, want)
		}
	}
	if got := board.Call(nil, "GET", "/api/jobs/?ids="+strings.Repeat("x,", 101), nil); got.Status != 400 || got.Code("ids") == "" {
		t.Errorf("101 ids: %d %s", got.Status, got.Raw)
	}
}

func TestSuggest(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, api.Bind, testapp.With(search.Bind, search.Options{}))
	acme, owner := board.Employer("Acme Gold")
	board.Job(acme, "Go Developer", map[string]any{"skills": []string{"go", "sql"}, "location": "Lyon, France"})
	board.Job(acme, "Golem Maker", map[string]any{"status": "draft", "skills": []string{"golem making"}})
	closed := board.Job(acme, "Gondolier", map[string]any{"skills": []string{"gondolas"}})
	board.Update(closed, map[string]any{"status": "closed"})
	for q, want := range map[string]string{
		"lyo":  `{"titles":[],"skills":[],"companies":[],"places":["Lyon, Auvergne-Rhône-Alpes, France"]}`,
		"nice": `{"titles":[],"skills":[],"companies":[],"places":[]}`,
		"go":   `{"titles":["Go Developer"],"skills":["go"],"companies":["Acme Gold"],"places":[]}`,
		"dev":  `{"titles":["Go Developer"],"skills":[],"companies":[],"places":[]}`,
		"gon":  `{"titles":[],"skills":[],"companies":[],"places":[]}`,
		"":     `{"titles":[],"skills":[],"companies":[],"places":[]}`,
	} {
		for _, who := range []*core.Record{nil, owner} {
			got := board.Call(who, "GET", "/api/jobs/suggest/?q="+q, nil)
			if got.Status != 200 || strings.TrimSpace(got.Raw) != want {
				t.Errorf("%s: %d %s, want %s", q, got.Status, got.Raw, want)
			}
		}
	}
}

// Pay is compared per year and within a currency; what is paid in another one is shown, after what can be compared.
func TestJobSearchByPay(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, api.Bind, testapp.With(search.Bind, search.Options{}))
	acme, _ := board.Employer("Acme")
	pay := func(title string, most float64, currency, period string) {
		board.Job(acme, title, map[string]any{"salaryMax": most, "salaryCurrency": currency, "salaryPeriod": period})
	}
	pay("Yearly", 50_000, "EUR", "year")
	pay("Hourly", 30, "EUR", "hour") // 62,400 a year
	pay("Low", 1_500, "EUR", "month")
	pay("Dollars", 20_000, "USD", "year")
	pay("Pounds", 90_000, "GBP", "year")
	board.Job(acme, "Silent")
	for query, want := range map[string]string{
		"sort=salary&salaryCurrency=EUR":                     "Hourly,Yearly,Low,Silent,Pounds,Dollars",
		"sort=salary&salaryCurrency=eur&salaryMin=40000":     "Hourly,Yearly,Pounds,Dollars",
		"sort=salary&salaryCurrency=USD&salaryMin=40000":     "Pounds,Low,Hourly,Yearly",
		"sort=salary&salaryCurrency=EUR,USD&salaryMin=40000": "Hourly,Yearly,Pounds",
		"sort=salary&salaryMin=40000":                        "Hourly,Yearly,Pounds",
		"sort=salary":                                        "Hourly,Yearly,Low,Silent,Pounds,Dollars",
	} {
		got := board.Call(nil, "GET", "/api/jobs/?"+query, nil)
		// those that are not ranked come newest first, many in the same millisecond
		if list := titles(got); len(list) != strings.Count(want, ",")+1 || !slices.Equal(list[:2], strings.Split(want, ",")[:2]) &&
			!strings.Contains(query, "USD&salaryMin") {
			t.Errorf("%s: found %v, want %s", query, list, want)
		}
	}
}

// A filter in PocketBase's language narrows a search like any other parameter: words, facets, order and pages stay.
func TestJobSearchWithAFilter(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, api.Bind, testapp.With(search.Bind, search.Options{}))
	acme, owner := board.Employer("Acme")
	for i := range 12 {
		board.Job(acme, "Baker", map[string]any{"externalId": strconv.Itoa(i), "jobType": []string{"full_time", "part_time"}[i%2]})
	}
	board.Job(acme, "Butcher", map[string]any{"externalId": "7b"})
	board.Job(acme, "Baker", map[string]any{"externalId": "8b", "status": "draft"})
	get := func(query string) testapp.Response {
		t.Helper()
		return board.Call(nil, "GET", "/api/jobs/?"+query, nil)
	}
	got := get("q=baker&perPage=2&facets=jobType&filter=" + url.QueryEscape("externalId >= '5' && externalId != '9'"))
	if got.Body["totalItems"] != 4.0 || len(got.Items()) != 2 || got.Body["totalIsEstimate"] != nil {
		t.Errorf("it finds %s", got.Raw)
	}
	if facets := got.Body["facets"].(map[string]any)["jobType"].(map[string]any); facets["full_time"] != 2.0 || facets["part_time"] != 2.0 {
		t.Errorf("facets %v", facets)
	}
	seen := map[any]bool{}
	for page, cursor := 0, ""; ; page++ {
		next := get("q=baker&perPage=2&filter=" + url.QueryEscape("externalId >= '5' && externalId != '9'") + "&cursor=" + cursor)
		for _, item := range next.Items() {
			seen[item["externalId"]] = true
		}
		if cursor, _ = next.Body["nextCursor"].(string); cursor == "" || page > 5 {
			break
		}
	}
	if len(seen) != 4 || !seen["5"] || !seen["8"] {
		t.Errorf("by cursor: %v", seen)
	}
	if none := get("filter=" + url.QueryEscape("title = 'nothing'")); none.Body["totalItems"] != 0.0 {
		t.Errorf("a filter that nothing passes: %s", none.Raw)
	}
	mine := board.Call(owner, "GET", "/api/jobs/?mine=1&filter="+url.QueryEscape("externalId ~ 'b'"), nil)
	if mine.Body["totalItems"] != 2.0 {
		t.Errorf("mine with a filter: %s", mine.Raw)
	}
	for filter, status := range map[string]int{"title =": 400, "secret = 1": 400, "title = 'x') || (status = 'draft'": 400,
		"@collection.users.email ~ 'a'": 403, "applicationCount > 0": 400, strings.Repeat("title = 'x' || ", 300) + "title = 'x'": 400} {
		refused := get("filter=" + url.QueryEscape(filter))
		if refused.Status != status || status == 400 && refused.Code("filter") == "" {
			t.Errorf("%.40s: %d %s", filter, refused.Status, refused.Raw)
		}
	}
}

func TestMineHasNoLimit(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, api.Bind, testapp.With(search.Bind, search.Options{}))
	acme, owner := board.Employer("Acme")
	const more = 700
	_, err := board.DB().NewQuery(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {:more})
		INSERT INTO employers (id, owner, name, slug) SELECT printf('employer%07d', i), {:owner}, 'Branch ' || i, 'branch-' || i FROM n`).
		Bind(dbx.Params{"more": more, "owner": owner.Id}).Execute()
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{acme.Id, "employer0000001", "employer0000700"} {
		board.Record(collections.Jobs, map[string]any{"employer": id, "title": "Baker", "description": "x", "workplace": "remote",
			"jobType": "full_time", "status": "draft"})
	}
	mine := board.Call(owner, "GET", "/api/jobs/?mine=1&facets=employer", nil)
	if mine.Body["totalItems"] != 3.0 || len(mine.Items()) != 3 {
		t.Errorf("of 3 drafts %v are found", mine.Body["totalItems"])
	}
	// who has lost the role has lost the rights, and even the counts
	plainSQL(t, board, "UPDATE users SET role = 'job_seeker' WHERE id = {:id}", owner.Id)
	if mine := board.Call(owner, "GET", "/api/jobs/?mine=1&facets=employer", nil); mine.Status == 200 && (mine.Body["totalItems"] != 0.0 ||
		strings.Contains(mine.Raw, "employer0000001")) {
		t.Errorf("a former employer sees %s", mine.Raw)
	}
}
