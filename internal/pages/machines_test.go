package pages_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/testapp"
)

// What programs read of the board: sitemaps, feeds and what leads to them.

const public = "https://jobs.example.org"

// fetch asks as a crawler does, with a host and an origin that are not the board's.
func fetch(board *testapp.Board, path string) testapp.Response {
	request := httptest.NewRequest("GET", path, nil)
	request.Host = "evil.example"
	request.Header.Set("X-Forwarded-Host", "evil.example")
	return board.Send(request)
}

// locations reads a sitemap or an index of sitemaps.
func locations(t *testing.T, board *testapp.Board, path string) (list []string, changed map[string]string) {
	t.Helper()
	got := fetch(board, path)
	if got.Status != 200 || !strings.HasPrefix(got.Header.Get("Content-Type"), "application/xml") {
		t.Fatalf("%s: %d %s\n%.300s", path, got.Status, got.Header.Get("Content-Type"), got.Raw)
	}
	type entry struct {
		Loc     string `xml:"loc"`
		Lastmod string `xml:"lastmod"`
	}
	var read struct {
		URLs     []entry `xml:"url"`
		Sitemaps []entry `xml:"sitemap"`
	}
	if err := xml.Unmarshal([]byte(got.Raw), &read); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	changed = map[string]string{}
	for _, one := range append(read.URLs, read.Sitemaps...) {
		address, ours := strings.CutPrefix(one.Loc, public)
		if !ours {
			t.Errorf("%s leads to %s", path, one.Loc)
		}
		list, changed[address] = append(list, address), one.Lastmod
	}
	return list, changed
}

// machineBoard has jobs in every status, two companies and a landing page of each kind.
func machineBoard(t *testing.T) (board *testapp.Board, open []*core.Record) {
	board = newBoard(t, "en")
	employer, _ := board.Employer("Acme Works")
	idle, _ := board.Employer("Idle Works")
	field, err := board.FindFirstRecordByData(collections.FieldsOfInterest, "slug", "backend-developer")
	if err != nil {
		t.Fatal(err)
	}
	industry, err := board.FindFirstRecordByData(collections.FieldsOfInterest, "kind", "industry")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		open = append(open, board.Job(employer, fmt.Sprintf("Développeur & <co> %d", i), map[string]any{
			"locations": []string{"Lyon, France"}, "fields": []string{field.Id}, "industry": industry.Id, "skills": []string{"go"},
			"description": "<p>Write ]]&gt; &amp; read.</p>",
		}))
	}
	board.Job(idle, "Draft", map[string]any{"status": "draft"})
	ended(board, board.Job(idle, "Closed"), "closed")
	return board, open
}

func TestEveryAddressInEverySitemapIsAPage(t *testing.T) {
	board, open := machineBoard(t)
	parts, _ := locations(t, board, "/sitemap.xml")
	if !slices.Equal(parts, []string{"/sitemaps/lists.xml", "/sitemaps/companies-1.xml", "/sitemaps/jobs-1.xml"}) {
		t.Fatalf("the index lists %v", parts)
	}
	all := map[string]string{}
	for _, part := range parts {
		list, changed := locations(t, board, part)
		for _, path := range list {
			if _, twice := all[path]; twice {
				t.Errorf("%s is listed twice", path)
			}
			all[path] = changed[path]
			if got := get(board, path); got.Status != 200 || got.Header.Get("X-Robots-Tag") != "" ||
				!strings.Contains(got.Raw, `<link rel="canonical" href="`+public+path+`">`) {
				t.Errorf("%s: %d, robots %q", path, got.Status, got.Header.Get("X-Robots-Tag"))
			}
		}
	}
	for _, path := range []string{"/", "/jobs", "/remote", "/jobs/in/lyon", "/jobs/in/france", "/jobs/field/backend-developer",
		"/jobs/field/backend-developer/in/lyon", "/companies/acme-works", "/jobs/" + open[0].Id + "/developpeur-and-co-0"} {
		if _, is := all[path]; !is {
			t.Errorf("%s is missing in %v", path, all)
		}
	}
	if _, is := all["/companies/idle-works"]; is {
		t.Error("a company without jobs is listed")
	}
	job := board.Reload(open[0])
	stamp := job.GetDateTime("updated").Time().UTC().Format(time.RFC3339)
	if got := all["/jobs/"+job.Id+"/developpeur-and-co-0"]; got != stamp {
		t.Errorf("the job was changed at %s, the sitemap says %s", stamp, got)
	}
	ended(board, open[1], "closed")
	if list, _ := locations(t, board, "/sitemaps/jobs-1.xml"); len(list) != 3 {
		t.Errorf("after closing one of four: %v", list)
	}
}

func TestSitemapsAreCutByTheNumbersOfRows(t *testing.T) {
	board, open := machineBoard(t)
	if _, err := board.NonconcurrentDB().NewQuery("UPDATE jobs SET rowid = rowid + 29998").Execute(); err != nil {
		t.Fatal(err)
	}
	parts, _ := locations(t, board, "/sitemap.xml")
	if want := []string{"/sitemaps/jobs-3.xml", "/sitemaps/jobs-4.xml"}; !slices.Equal(parts[2:], want) {
		t.Errorf("the index lists %v, want %v", parts[2:], want)
	}
	third, _ := locations(t, board, "/sitemaps/jobs-3.xml")
	fourth, _ := locations(t, board, "/sitemaps/jobs-4.xml")
	if len(third) != 2 || len(fourth) != 2 || !strings.Contains(third[0], open[0].Id) || !strings.Contains(fourth[0], open[2].Id) {
		t.Errorf("the parts are %v and %v", third, fourth)
	}
	for _, path := range []string{"jobs-1.xml", "jobs-0.xml", "jobs--1.xml", "jobs-01.xml", "jobs.xml", "jobs-1", "users-1.xml",
		"lists-1.xml", "jobs-1.xml.gz",
		"jobs-99999999999999999999.xml", "jobs-1000000000.xml", "jobs-%F0%9F%8D%8F.xml", "..%2f..%2fx.xml", "jobs-1%0d%0aX-Evil:1.xml"} {
		got := fetch(board, "/sitemaps/"+path)
		if got.Status != 404 || !strings.HasPrefix(got.Header.Get("Content-Type"), "application/json") || got.Header.Get("X-Evil") != "" {
			t.Errorf("%s: %d %s", path, got.Status, got.Header.Get("Content-Type"))
		}
	}
}

func TestRobotsKeepCrawlersToPages(t *testing.T) {
	board := newBoard(t, "en")
	got := fetch(board, "/robots.txt")
	for _, line := range []string{"User-agent: *", "Disallow: /jobs?", "Disallow: /api/", "Allow: /api/files/",
		"Sitemap: " + public + "/sitemap.xml"} {
		if !slices.Contains(strings.Split(got.Raw, "\n"), line) {
			t.Errorf("no line %q in\n%s", line, got.Raw)
		}
	}
	if got.Status != 200 || !strings.HasPrefix(got.Header.Get("Content-Type"), "text/plain") {
		t.Errorf("%d %s", got.Status, got.Header.Get("Content-Type"))
	}
}

func TestFeedsOfASearch(t *testing.T) {
	board, open := machineBoard(t)
	board.Settings().Meta.AppName = "B <&> \u202e Jobs"
	var atom struct {
		Links []struct {
			Rel  string `xml:"rel,attr"`
			Href string `xml:"href,attr"`
		} `xml:"link"`
		Entries []struct {
			ID   string `xml:"id"`
			Link struct {
				Href string `xml:"href,attr"`
			} `xml:"link"`
			Content string `xml:"content"`
			Author  string `xml:"author>name"`
		} `xml:"entry"`
	}
	got := fetch(board, "/feed.xml?location=Lyon&utm_source=x")
	if err := xml.Unmarshal([]byte(got.Raw), &atom); err != nil || got.Header.Get("Content-Type") != "application/atom+xml; charset=utf-8" {
		t.Fatalf("%v, %s:\n%s", err, got.Header.Get("Content-Type"), got.Raw)
	}
	if len(atom.Entries) != 4 || atom.Entries[0].ID != public+"/jobs/"+open[3].Id || atom.Entries[0].Author != "Acme Works" ||
		!strings.Contains(atom.Entries[0].Content, "<p>Write ]]&gt; &amp; read.</p>") {
		t.Errorf("the entries are %+v", atom.Entries)
	}
	for _, entry := range atom.Entries {
		if page := get(board, strings.TrimPrefix(entry.Link.Href, public)); page.Status != 200 {
			t.Errorf("%s: %d", entry.Link.Href, page.Status)
		}
		if page := get(board, strings.TrimPrefix(entry.ID, public)); page.Status != 301 {
			t.Errorf("%s: %d", entry.ID, page.Status)
		}
	}
	if atom.Links[0].Href != public+"/feed.xml?location=Lyon" || atom.Links[1].Href != public+"/jobs?location=Lyon" {
		t.Errorf("the links are %v", atom.Links)
	}
	var feed struct {
		Items []struct {
			ID  string `json:"id"`
			URL string `json:"url"`
		} `json:"items"`
	}
	got = fetch(board, "/feed.json?q=developpeur")
	if err := json.Unmarshal([]byte(got.Raw), &feed); err != nil || len(feed.Items) != 4 ||
		got.Header.Get("Content-Type") != "application/feed+json; charset=utf-8" {
		t.Errorf("%v, %s: %.300s", err, got.Header.Get("Content-Type"), got.Raw)
	}
	for path, feed := range map[string]string{
		"/": "/feed.xml", "/jobs": "/feed.xml", "/jobs?q=go": "/feed.xml?q=go", "/jobs/in/lyon": "/feed.json?location=Lyon",
		"/remote":               "/feed.json?workplace=remote",
		"/companies/acme-works": "/feed.xml?employer=" + open[0].GetString("employer"),
	} {
		page := html.UnescapeString(get(board, path).Raw) // the template escapes a + too
		if !strings.Contains(page, `href="`+feed) ||
			!strings.Contains(page, `<link rel="search" type="application/opensearchdescription+xml"`) {
			t.Errorf("%s does not lead to %s", path, feed)
		}
		if got := fetch(board, feed); got.Status != 200 || !strings.Contains(got.Raw, "veloppeur") {
			t.Errorf("%s: %d", feed, got.Status)
		}
	}
}

func TestFeedsGoOnPageByPage(t *testing.T) {
	board := newBoard(t, "en")
	employer, _ := board.Employer("Acme Works")
	for i := range 53 {
		board.Job(employer, fmt.Sprintf("Baker %02d", i))
	}
	first, second := fetch(board, "/feed.xml"), fetch(board, "/feed.xml?page=2")
	if !strings.Contains(first.Raw, `<link rel="next" type="application/atom+xml" href="`+public+`/feed.xml?page=2">`) ||
		strings.Contains(second.Raw, `rel="next"`) ||
		strings.Count(second.Raw, "<entry>") != 3 {
		t.Errorf("the second page:\n%.2000s", second.Raw)
	}
	if got := fetch(board, "/feed.xml?page=1000000"); got.Status != 200 || strings.Contains(got.Raw, "<entry>") {
		t.Errorf("a page behind the end: %d", got.Status)
	}
}

func TestFeedsNameWrongParameters(t *testing.T) {
	board := newBoard(t, "en")
	for _, feed := range []string{"/feed.xml", "/feed.json"} {
		for query, names := range map[string][]string{
			"radius=x&location=Lyon&colour=red": {"radius", "colour"}, "page=0": {"page"}, "radius=NaN": {"radius"},
			"page=99999999999999999999": {"page"},
			"q=%zz":                     {"address"},
			"filter=status%3D'draft'":   {"filter"}, "sort=best": {"sort"}, "near=north": {"near"}, "q=" + strings.Repeat("a", 300): {"q"},
		} {
			request := httptest.NewRequest("GET", feed+"?"+query, nil)
			request.Header.Set("Accept", "text/html") // a browser's: the answer is a program's all the same
			got := board.Send(request)
			if got.Status != 400 || !strings.HasPrefix(got.Header.Get("Content-Type"), "application/json") {
				t.Errorf("%s?%.60s: %d %s", feed, query, got.Status, got.Header.Get("Content-Type"))
			}
			for _, name := range names {
				if got.Code(name) == "" {
					t.Errorf("%s?%.60s does not name %s: %s", feed, query, name, got.Raw)
				}
			}
		}
		for _, query := range []string{"q=%00", "q=%F0%9F%8D%8F", "q=a%0d%0aX-Evil:%201", "location=%E2%80%AE"} {
			if got := fetch(board, feed+"?"+query); got.Status != 200 || got.Header.Get("X-Evil") != "" {
				t.Errorf("%s?%s: %d", feed, query, got.Status)
			}
		}
	}
}

func TestIndeedReadsEveryOpenJob(t *testing.T) {
	board, open := machineBoard(t)
	board.Update(open[0], map[string]any{"locations": []string{"Lyon, France", "Berlin, Germany"}})
	got := fetch(board, "/feed/indeed.xml")
	var file struct {
		Jobs []struct {
			Requisition string `xml:"requisitionid"`
			Reference   string `xml:"referencenumber"`
			URL         string `xml:"url"`
			Country     string `xml:"country"`
			Description string `xml:"description"`
		} `xml:"job"`
	}
	if err := xml.Unmarshal([]byte(got.Raw), &file); err != nil || len(file.Jobs) != 5 ||
		got.Header.Get("Content-Type") != "application/xml; charset=utf-8" {
		t.Fatalf("%v, %d jobs, %s\n%s", err, len(file.Jobs), got.Header.Get("Content-Type"), got.Raw)
	}
	seen := map[string]bool{}
	for _, job := range file.Jobs {
		if page := get(board, strings.TrimPrefix(job.URL, public)); page.Status != 200 || job.Country == "" ||
			job.Description != "<p>Write ]]&gt; &amp; read.</p>" {
			t.Errorf("%+v: %d", job, page.Status)
		}
		if seen[job.Reference] {
			t.Errorf("the reference %s is there twice", job.Reference)
		}
		seen[job.Reference] = true
	}
	request := httptest.NewRequest("HEAD", "/feed/indeed.xml", nil)
	if got := board.Send(request); got.Status != 200 || got.Raw != "" {
		t.Errorf("HEAD: %d", got.Status)
	}
}

func TestBrowsersCanSearchTheBoard(t *testing.T) {
	board, _ := machineBoard(t)
	got := fetch(board, "/opensearch.xml")
	var read struct {
		XMLName xml.Name
		Name    string `xml:"ShortName"`
		URLs    []struct {
			Type     string `xml:"type,attr"`
			Template string `xml:"template,attr"`
		} `xml:"Url"`
	}
	err := xml.Unmarshal([]byte(got.Raw), &read)
	if err != nil || got.Header.Get("Content-Type") != "application/opensearchdescription+xml" {
		t.Fatalf("%v, %s:\n%s", err, got.Header.Get("Content-Type"), got.Raw)
	}
	if read.XMLName.Space != "http://a9.com/-/spec/opensearch/1.1/" || read.Name != "Example Jobs" || len(read.URLs) != 3 {
		t.Errorf("read %+v", read)
	}
	for _, one := range read.URLs {
		path := strings.NewReplacer(public, "", "{searchTerms}", "developpeur", "{startPage?}", "1").Replace(one.Template)
		if got := get(board, path); got.Status != 200 || !strings.HasPrefix(got.Header.Get("Content-Type"), one.Type) {
			t.Errorf("%s: %d %s", path, got.Status, got.Header.Get("Content-Type"))
		}
	}
}

func TestProgramsAreToldToComeBackLater(t *testing.T) {
	board, open := machineBoard(t)
	board.Settings().RateLimits.Enabled = true
	board.Settings().RateLimits.Rules = []core.RateLimitRule{{Label: "/api/", MaxRequests: 2, Duration: 60}}
	for _, path := range []string{"/feed.xml", "/feed.json", "/pictures/" + open[0].Id + ".png"} {
		var got testapp.Response
		for range 3 {
			request := httptest.NewRequest("GET", path, nil)
			request.Header.Set("Accept", "text/html")
			got = board.Send(request)
		}
		if got.Status != 429 || got.Header.Get("Retry-After") == "" ||
			!strings.HasPrefix(got.Header.Get("Content-Type"), "application/json") ||
			got.Header.Get("Cache-Control") != "" {
			t.Errorf("the third call of two of %s: %d, %v", path, got.Status, got.Header)
		}
	}
}
