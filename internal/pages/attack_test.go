package pages_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"jobboard/collections"
	"jobboard/internal/testapp"
)

// The texts that people write stand in pages as they wrote them, and never as markup, script or address.
var attacks = []string{
	`<script>alert(1)</script>`,
	`"><img src=x onerror=alert(1)>`,
	`' onmouseover='alert(1)`,
	"</title><svg onload=alert(1)>",
	`{{.Head}} {{printf "%s" 1}} ${alert(1)}`,
	`</script><script>alert(1)</script>`,
	"javascript:alert(1)",
	`&lt;script&gt;alert(1)&lt;/script&gt; <mark>x</mark> <mark><img src=x onerror=alert(1)></mark>`,
}

// mustBeHarmless fails the test where a page holds what only an attack can have put there.
func mustBeHarmless(t *testing.T, name, page string) {
	t.Helper()
	tree, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for node := range tree.Descendants() {
		if node.Type != html.ElementNode {
			continue
		}
		source, isData := "", false
		for _, attribute := range node.Attr {
			if strings.HasPrefix(attribute.Key, "on") || attribute.Key == "style" {
				t.Errorf("%s: %s has %s=%q", name, node.Data, attribute.Key, attribute.Val)
			}
			value := strings.ToLower(strings.TrimSpace(attribute.Val))
			if (attribute.Key == "href" || attribute.Key == "src" || attribute.Key == "action") &&
				(strings.HasPrefix(value, "javascript:") || strings.HasPrefix(value, "data:") || strings.HasPrefix(value, "vbscript:")) {
				t.Errorf("%s: %s leads to %q", name, node.Data, attribute.Val)
			}
			if attribute.Key == "src" {
				source = attribute.Val
			}
			isData = isData || node.Data == "script" && attribute.Key == "type" && attribute.Val == "application/ld+json"
		}
		switch {
		case isData && json.Valid([]byte(node.FirstChild.Data)):
		case node.Data == "script" && !strings.HasPrefix(source, "/assets/"):
			t.Errorf("%s: a script that is not the board's: %q", name, source)
		case node.Data == "img" && !strings.HasPrefix(source, "/assets/") && !strings.HasPrefix(source, "/api/files/"):
			t.Errorf("%s: a picture from %q", name, source)
		case node.Data == "iframe", node.Data == "object", node.Data == "base", node.Data == "style":
			t.Errorf("%s: an element %s", name, node.Data)
		}
	}
}

// isWellFormed reports whether an answer is JSON or XML, as it says.
func isWellFormed(got testapp.Response) bool {
	if strings.Contains(got.Header.Get("Content-Type"), "json") {
		return json.Valid([]byte(got.Raw))
	}
	for decoder := xml.NewDecoder(strings.NewReader(got.Raw)); ; {
		if _, err := decoder.Token(); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

func TestTextsOfUsersAreOnlyTexts(t *testing.T) {
	for _, attack := range attacks {
		t.Run(attack, func(t *testing.T) {
			board := newBoard(t, "en")
			employer, _ := board.Employer("Acme Works")
			field, err := board.FindFirstRecordByData(collections.FieldsOfInterest, "kind", "industry")
			if err != nil {
				t.Fatal(err)
			}
			board.Update(field, map[string]any{"name": attack})
			board.Update(employer, map[string]any{"industry": field.Id, "name": attack, "about": attack, "location": attack})
			job := board.Job(employer, "gardener "+attack, map[string]any{"description": "<p>gardener</p>" + attack,
				"skills": []string{attack}, "location": attack, "workplace": "on_site", "industry": field.Id})
			board.Job(employer, "gardener "+attack, map[string]any{"skills": []string{attack}})
			seeker := board.Seeker("ann")
			board.Application(seeker, job)
			board.Record(collections.JobReviews, map[string]any{"author": seeker.Id, "job": job.Id, "rating": 5,
				"title": attack, "body": attack})
			board.Settings().Meta.AppName = attack
			slug := board.Reload(employer).GetString("slug")
			page := get(board, "/jobs/"+job.Id)
			escaped := url.QueryEscape(attack)
			for name, path := range map[string]string{
				"home": "/", "list": "/jobs", "search": "/jobs?q=gardener", "words": "/jobs?q=" + escaped,
				"place":  "/jobs?location=" + escaped + "&radius=" + escaped,
				"choice": "/jobs?skills=" + escaped + "&field=" + escaped + "&jobType=" + escaped,
				"wrong":  "/jobs?salaryMin=" + escaped + "&" + escaped + "=x",
				"job":    page.Header.Get("Location"), "company": "/companies/" + slug, "unknown": "/" + url.PathEscape(attack),
				"landing": "/jobs/in/" + url.PathEscape(attack),
				"account": "/account/reset?token=" + escaped + ".b.c", "unsubscribe": "/unsubscribe/" + url.PathEscape(attack),
			} {
				got := get(board, path)
				if got.Status >= 500 || got.Status >= 300 && got.Status < 400 {
					t.Errorf("%s (%s): %d", name, path, got.Status)
				}
				mustBeHarmless(t, name, got.Raw)
			}
			for _, path := range []string{"/feed.xml", "/feed.json", "/feed/indeed.xml", "/opensearch.xml", "/sitemaps/jobs-1.xml",
				"/feed.xml?q=gardener&skills=" + escaped} {
				got := get(board, path)
				if got.Status != 200 || strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") || !isWellFormed(got) {
					t.Errorf("%s: %d %s\n%s", path, got.Status, got.Header.Get("Content-Type"), got.Raw)
				}
			}
			ended(board, job, "closed")
			gone := get(board, page.Header.Get("Location"))
			if gone.Status != 410 {
				t.Errorf("the closed job: %d", gone.Status)
			}
			mustBeHarmless(t, "closed job", gone.Raw)
		})
	}
}

func TestDirectionAndLinesOfTextsStayInside(t *testing.T) {
	board := newBoard(t, "en")
	employer, _ := board.Employer("Acme Works")
	job := board.Job(employer, "evil\u202Ereneddrag")
	got := get(board, get(board, "/jobs/"+job.Id).Header.Get("Location"))
	_, title, _ := strings.Cut(got.Raw, "<title>")
	title, _, _ = strings.Cut(title, "</title>")
	if strings.ContainsRune(title, '\u202E') || !strings.Contains(title, "evil") {
		t.Errorf("the title turns what follows: %q", title)
	}
	if !strings.Contains(got.Raw, `<h1 dir="auto">evil`) {
		t.Error("the heading is not held together")
	}
	if got := get(board, "/jobs?q=a%0d%0aSet-Cookie:%20x=1&sort=newest"); got.Status != 200 || got.Header.Get("Set-Cookie") != "" {
		t.Errorf("lines in a query: %d, %v", got.Status, got.Header)
	}
	if got := get(board, "/jobs/in/berlin%0d%0aX-Evil:%20x"); got.Header.Get("X-Evil") != "" || got.Status >= 500 {
		t.Errorf("lines in a path: %d, %v", got.Status, got.Header)
	}
}

func TestLinksOfUsersLeadToWebPages(t *testing.T) {
	board := newBoard(t, "en")
	board.Employer("Acme Works")
	for _, website := range []string{"javascript:alert(1)", "data:text/html,x", "//evil.example",
		"https://acme.example/?a=1&b=\"><script>"} {
		if _, err := board.NonconcurrentDB().Update("employers", map[string]any{"website": website}, nil).Execute(); err != nil {
			t.Fatal(err)
		}
		page := get(board, "/companies/acme-works").Raw
		mustBeHarmless(t, website, page)
		if shown := strings.Contains(main(page), `rel="nofollow noopener"`); shown != strings.HasPrefix(website, "https://") {
			t.Errorf("%s is shown: %t", website, shown)
		}
	}
}
