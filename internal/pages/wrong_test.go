package pages_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWrongParametersAreNamedAndTheFormIsKept(t *testing.T) {
	board := newBoard(t, "en")
	for query, texts := range map[string][]string{
		"q=go&salaryMin=lots":           {"Minimum per year", "(salaryMin)", "Must be a number, at least 0.", `value="go"`, `value="lots"`},
		"location=Lyon&radius=-3":       {"Within", "(radius)", "Must be a number of kilometres, above 0 and at most 20100.", `value="Lyon"`},
		"radius=x":                      {"Within", "(radius)", "Must be a number of kilometres, above 0 and at most 20100.", `value="x"`},
		"postedWithin=soon":             {"Posted", "Must be a whole number of days, from 0 to 36500."},
		"sort=best":                     {"Sort by", "(sort)"},
		"sort=distance":                 {"(sort)"},
		"near=north":                    {"(near)", "latitude"},
		"page=0":                        {"Page", "whole number"},
		"page=x&q=go":                   {"Page", `value="go"`},
		"colour=red&jobType=full_time":  {"colour", "Is not a filter of this board.", `value="full_time" checked`},
		"filter=status%3D'draft'":       {"filter", "for programs"},
		"expand=employer.owner":         {"expand", "for programs"},
		"mine=1":                        {"mine", "for programs"},
		"q=%zz":                         {"Address of the page", "can’t be read"},
		"q=" + strings.Repeat("a", 300): {"What", "at most 200 characters"},
		"salaryMin=x&radius=y&location=Lyon&colour=": {"salaryMin"},
		"colour=red&salaryMin=lots":                  {"colour", "(salaryMin)"},
		"salaryMin=much&workplace=moon,remote&postedWithin=soon&q=go": {"(salaryMin)", "(postedWithin)", "(workplace)",
			"Must be one of on_site, hybrid, remote.", `value="remote" checked`, `value="go"`, `value="much"`},
		"near=north&radius=far&sort=distance": {"(near)", "(radius)"},
	} {
		got := mustShow(t, board, "/jobs?"+query, 400, append(texts, "There is a problem with this search", `role="search"`)...)
		if strings.Contains(got.Raw, "moon") {
			t.Errorf("%s: what no filter has is offered as a choice", query)
		}
		if !strings.Contains(got.Raw, "<title>Error: ") || got.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: the title is no error's, or it is cached", query)
		}
	}
	for _, query := range []string{"", "q=&location=&radius=", "utm_source=x&gclid=y", "q=%F0%9F%8D%8F", "skills=none,such&workplace=",
		"q=a&q=b", "page=", "salaryCurrency=eur&salaryMin=5"} {
		mustShow(t, board, "/jobs?"+query, 200)
	}
}

func FuzzSearchPage(f *testing.F) {
	for _, query := range []string{"q=go&page=2", "near=1,2&radius=5", "location=50+km+of+Lyon", "skills=%00&field=,,,", "a=b&a=c;d=%zz",
		"q=\"x -y\"~"} {
		f.Add(query)
	}
	board := newBoard(f, "en")
	employer, _ := board.Employer("Acme Works")
	board.Job(employer, "Go developer")
	handler := board.Handler()
	f.Fuzz(func(t *testing.T, query string) {
		path := (&url.URL{Path: "/jobs", RawQuery: query}).RequestURI()
		if strings.ContainsAny(path, " \x00\r\n\t#") || !utf8.ValidString(path) {
			return // no HTTP client can send it
		}
		request := httptest.NewRequest("GET", path, nil)
		request.Header.Set("Accept", "text/html")
		got := httptest.NewRecorder()
		handler.ServeHTTP(got, request)
		if got.Code != 200 && got.Code != 400 && got.Code != 302 {
			t.Errorf("%q: %d", path, got.Code)
		}
	})
}
