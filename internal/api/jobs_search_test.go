package api_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

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
	board := testapp.NewBoard(t, hooks.Bind, api.Mount, search.Bind)
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
		{"sort=salary&salaryCurrency=EUR", "Senior Java Developer,Night Nurse"},
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
	board := testapp.NewBoard(t, hooks.Bind, api.Mount, search.Bind)
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
	board := testapp.NewBoard(t, hooks.Bind, api.Mount, search.Bind)
	for field, query := range map[string]string{"near": "near=x", "sort": "sort=best", "salaryMin": "salaryMin=NaN",
		"cursor": "cursor=zz", "facets": "facets=secret", "postedWithin": "postedWithin=soon"} {
		if got := board.Call(nil, "GET", "/api/jobs/?"+query, nil); got.Status != 400 || got.Code(field) == "" {
			t.Errorf("%s: %d %s", query, got.Status, got.Raw)
		}
	}
}

func TestSuggest(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, api.Mount, search.Bind)
	acme, owner := board.Employer("Acme Gold")
	board.Job(acme, "Go Developer", map[string]any{"skills": []string{"go", "sql"}})
	board.Job(acme, "Golem Maker", map[string]any{"status": "draft", "skills": []string{"golem making"}})
	closed := board.Job(acme, "Gondolier", map[string]any{"skills": []string{"gondolas"}})
	board.Update(closed, map[string]any{"status": "closed"})
	for q, want := range map[string]string{
		"go":  `{"titles":["Go Developer"],"skills":["go"],"companies":["Acme Gold"]}`,
		"dev": `{"titles":["Go Developer"],"skills":[],"companies":[]}`,
		"gon": `{"titles":[],"skills":[],"companies":[]}`,
		"":    `{"titles":[],"skills":[],"companies":[]}`,
	} {
		for _, who := range []*core.Record{nil, owner} {
			got := board.Call(who, "GET", "/api/jobs/suggest/?mine=1&q="+q, nil)
			if got.Status != 200 || strings.TrimSpace(got.Raw) != want {
				t.Errorf("%s: %d %s, want %s", q, got.Status, got.Raw, want)
			}
		}
	}
}
