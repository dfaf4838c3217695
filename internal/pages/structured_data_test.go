package pages_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"jobboard/internal/pages/pageurl"
	"jobboard/internal/testapp"
)

// dataOf reads the JSON-LD of a page by its type, as a search engine does.
func dataOf(t *testing.T, page string) map[string]map[string]any {
	t.Helper()
	tree, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]map[string]any{}
	for node := range tree.Descendants() {
		if node.Type != html.ElementNode || node.Data != "script" {
			continue
		}
		for _, attribute := range node.Attr {
			if attribute.Key != "type" || attribute.Val != "application/ld+json" {
				continue
			}
			var data map[string]any
			if err := json.Unmarshal([]byte(node.FirstChild.Data), &data); err != nil {
				t.Fatalf("the data is no JSON: %v\n%s", err, node.FirstChild.Data)
			}
			kind, _ := data["@type"].(string)
			if data["@context"] != "https://schema.org/" || kind == "" {
				t.Errorf("the data has no context or type: %v", data)
			}
			found[kind] = data
		}
	}
	return found
}

// at walks into decoded JSON by names and the first items of lists.
func at(value any, path ...string) any {
	for _, name := range path {
		if list, is := value.([]any); is && len(list) > 0 {
			value = list[0]
		}
		object, _ := value.(map[string]any)
		value = object[name]
	}
	return value
}

// mustHaveWhatGoogleRequires checks the required and the typed properties of
// https://developers.google.com/search/docs/appearance/structured-data/job-posting.
func mustHaveWhatGoogleRequires(t *testing.T, posting map[string]any) {
	t.Helper()
	for _, path := range [][]string{
		{"title"}, {"description"}, {"hiringOrganization", "name"}, {"identifier", "name"}, {"identifier", "value"},
	} {
		if text, _ := at(posting, path...).(string); text == "" {
			t.Errorf("%v is missing: %v", path, posting)
		}
	}
	for _, name := range []string{"datePosted", "validThrough"} {
		text, has := posting[name].(string)
		if _, err := time.Parse(time.RFC3339, text); err != nil && (has || name == "datePosted") {
			t.Errorf("%s is %q", name, text)
		}
	}
	country, _ := at(posting, "jobLocation", "address", "addressCountry").(string)
	if posting["jobLocationType"] == "TELECOMMUTE" {
		if name, _ := at(posting, "applicantLocationRequirements", "name").(string); name == "" && len(country) != 2 {
			t.Error("a remote job names no country")
		}
	} else if len(country) != 2 {
		t.Errorf("the country is %q", country)
	}
	if salary := posting["baseSalary"]; salary != nil {
		unit, _ := at(salary, "value", "unitText").(string)
		if currency, _ := at(salary, "currency").(string); len(currency) != 3 || !strings.Contains("HOUR DAY WEEK MONTH YEAR", unit) {
			t.Errorf("the salary is %v", salary)
		}
	}
}

func TestJobPagesDescribeThemselvesToSearchEngines(t *testing.T) {
	board := newBoard(t, "en")
	employer, _ := board.Employer("Acme Works")
	lyon := map[string]any{"workplace": "on_site", "locations": []string{"Lyon, France"}, "salaryMin": 50_000, "salaryMax": 60_000,
		"salaryCurrency": "EUR", "salaryPeriod": "year", "deadline": time.Now().Add(48 * time.Hour).UTC().Format(time.RFC3339)}
	page := func(path string) map[string]map[string]any {
		return dataOf(t, get(board, get(board, path).Header.Get("Location")).Raw)
	}

	job := board.Job(employer, "Gardener", lyon)
	data := page("/jobs/" + job.Id)
	posting := data["JobPosting"]
	mustHaveWhatGoogleRequires(t, posting)
	withClient := strings.Contains(get(board, "/jobs/"+job.Id+"/gardener").Raw, pageurl.Apply(job.Id))
	if posting["employmentType"] != "FULL_TIME" || posting["url"] != "https://jobs.example.org/jobs/"+job.Id+"/gardener" ||
		posting["validThrough"] == nil || posting["baseSalary"] == nil || posting["directApply"] != withClient {
		t.Errorf("the posting is %v", posting)
	}
	if last := data["BreadcrumbList"]["itemListElement"].([]any); len(last) != 3 || at(last, "item") != "https://jobs.example.org/" {
		t.Errorf("the breadcrumbs are %v", last)
	}
	for _, how := range []map[string]any{
		{"applyMethod": "url", "applyUrl": "https://acme.example/apply?id=1"}, {"applyMethod": "email", "applyEmail": "hr@acme.example"},
	} {
		maps.Copy(how, lyon)
		if posting := page("/jobs/" + board.Job(employer, "Elsewhere", how).Id)["JobPosting"]; posting["directApply"] != false {
			t.Errorf("%v: the posting is %v", how["applyMethod"], posting)
		}
	}
	remote := board.Job(employer, "Remote gardener", map[string]any{"applicantCountries": []string{"FR", "DE"}})
	mustHaveWhatGoogleRequires(t, page("/jobs/" + remote.Id)["JobPosting"])

	for name, values := range map[string]map[string]any{
		"remote without a country": nil, "on site without a known place": {"workplace": "on_site", "location": "Somewhere nice"},
	} {
		data := page("/jobs/" + board.Job(employer, "Incomplete", values).Id)
		if data["JobPosting"] != nil || data["BreadcrumbList"] == nil {
			t.Errorf("%s: %v", name, data)
		}
	}
	for _, status := range []string{"closed", "expired"} {
		over := ended(board, board.Job(employer, "Over", lyon), status)
		if data := page("/jobs/" + over.Id); len(data) != 0 {
			t.Errorf("%s: %v", status, data)
		}
	}
}

func TestNoTextEndsTheDataItStandsIn(t *testing.T) {
	board := newBoard(t, "en")
	employer, _ := board.Employer("Acme Works")
	for _, attack := range append(attacks, "<!--<script>", "</SCRIPT\t>", "\u2028\u2029") {
		job := board.Job(employer, attack+" x", map[string]any{"locations": []string{"Lyon, France"}, "skills": []string{attack}})
		for table, column := range map[string]string{"jobs": "description", "employers": "name"} { // past what sanitises them
			if _, err := board.NonconcurrentDB().Update(table, map[string]any{column: attack + " x"}, nil).Execute(); err != nil {
				t.Fatal(err)
			}
		}
		for _, path := range []string{get(board, "/jobs/"+job.Id).Header.Get("Location"), "/companies/acme-works"} {
			page := get(board, path).Raw
			head, _, _ := strings.Cut(page, "</head>")
			mustBeHarmless(t, path, head)
			data := dataOf(t, page)
			if data["BreadcrumbList"] == nil || data["JobPosting"] == nil && data["Organization"] == nil {
				t.Fatalf("%q at %s: %v", attack, path, data)
			}
			if posting := data["JobPosting"]; posting != nil && (posting["description"] != attack+" x" ||
				posting["title"] != job.GetString("title")) {
				t.Errorf("%q became %q", attack, posting["description"])
			}
		}
	}
}

func TestCompaniesShowSearchEnginesWhatEnoughPeopleRated(t *testing.T) {
	board := newBoard(t, "en")
	board.Employer("Acme Works")
	rate := func(count int) map[string]map[string]any {
		values := map[string]any{"ratingAverage": 4.5, "ratingCount": count}
		if _, err := board.NonconcurrentDB().Update("employers", values, nil).Execute(); err != nil {
			t.Fatal(err)
		}
		return dataOf(t, get(board, "/companies/acme-works").Raw)
	}
	if data := rate(2); data["EmployerAggregateRating"] != nil || at(data["Organization"], "name") != "Acme Works" {
		t.Errorf("with two reviews: %v", data)
	}
	rating := rate(3)["EmployerAggregateRating"]
	if rating["ratingValue"] != 4.5 || rating["ratingCount"] != 3.0 || rating["bestRating"] != 5.0 ||
		at(rating, "itemReviewed", "@type") != "Organization" || at(rating, "itemReviewed", "name") != "Acme Works" {
		t.Errorf("with three: %v", rating)
	}
}

func TestLandingPagesShowTheWay(t *testing.T) {
	board := newBoard(t, "en")
	employer, _ := board.Employer("Acme Works")
	for range 3 {
		board.Job(employer, "Gardener", map[string]any{"locations": []string{"Lyon, France"}})
	}
	mustHaveWay := func(board *testapp.Board, path string) {
		steps, _ := dataOf(t, get(board, path).Raw)["BreadcrumbList"]["itemListElement"].([]any)
		if len(steps) != 3 || at(steps[2], "item") != "https://jobs.example.org"+path || at(steps[2], "position") != 3.0 {
			t.Errorf("%s: %v", path, steps)
		}
	}
	mustHaveWay(board, "/jobs/in/lyon")
	mustHaveWay(board, "/remote")
}
