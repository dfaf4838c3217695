package api_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/search"
	"jobboard/internal/testapp"
)

// What was understood, how many jobs hold all words, and which words the others lack.
func TestSearchSaysWhatItUnderstoodAndWhatIsMissing(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, api.Bind, testapp.With(search.Bind, search.Options{}))
	acme, _ := board.Employer("Acme Clinics")
	for title, place := range map[string]string{
		"Night Nurse": "Lyon, France", "Night Nurse, Ward 7": "Paris, France", "Ward Nurse": "Lyon, France", "Cook": "Lyon, France",
	} {
		board.Job(acme, title, map[string]any{"location": place})
	}
	find := func(query string) string {
		t.Helper()
		got := board.Call(nil, "GET", "/api/jobs/search?"+query, nil)
		if got.Status != 200 {
			t.Fatalf("%s: %d %s", query, got.Status, got.Raw)
		}
		var out []string
		for _, one := range got.Body["items"].([]any) {
			item := one.(map[string]any)
			line := fmt.Sprint(item["title"])
			if missing := item["missingWords"]; missing != nil {
				line += fmt.Sprint(" without ", missing)
			}
			out = append(out, line)
		}
		list := fmt.Sprintf("%v of %v: %s", got.Body["matchedAllWords"], got.Body["totalItems"], strings.Join(out, "; "))
		if understood, ok := got.Body["interpretation"].(map[string]any); ok {
			list += fmt.Sprint(" | ", understood["text"])
			for _, one := range understood["filters"].([]any) {
				filter := one.(map[string]any)
				list += fmt.Sprintf(", %s=%s by %s, or %s", filter["field"], filter["value"], filter["words"], filter["plain"])
			}
		}
		return list
	}
	lyon := "location=Lyon, Auvergne-Rhône-Alpes, France by %s, or %s"
	for q, want := range map[string]string{
		"night nurse in lyon": "1 of 3: Night Nurse; Night Nurse, Ward 7 without [lyon]; Ward Nurse without [night] | night nurse, " +
			fmt.Sprintf(lyon, "in lyon", `night nurse "lyon"`),
		`cook "lyon" -nurse`: `1 of 1: Cook | cook "lyon" -nurse`,
		"cook qwertzuio":     "0 of 1: Cook without [qwertzuio] | cook qwertzuio",
	} {
		if got := find("q=" + url.QueryEscape(q)); got != want {
			t.Errorf("%s:\n got %s\nwant %s", q, got, want)
		}
	}
	if got := find("location=Lyon&sort=newest"); strings.Contains(got, "|") || !strings.HasPrefix(got, "<nil> of 3") {
		t.Errorf("without words: %s", got)
	}
	if got := find("sort=newest&q=" + url.QueryEscape("night nurse in lyon")); !strings.HasPrefix(got, "1 of 1: Night Nurse |") {
		t.Errorf("in another order than by relevance: %s", got)
	}
}

// Values are read leniently, and what is none of them is named with those that are.
func TestSearchChecksFixedValues(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, api.Bind, testapp.With(search.Bind, search.Options{}))
	acme, _ := board.Employer("Acme")
	board.Job(acme, "Baker", map[string]any{"jobType": "full_time", "workplace": "on_site", "experienceLevel": "entry"})
	for query, want := range map[string]float64{
		"jobType=Full-Time": 1, "jobType=fulltime": 1, "workplace=onsite,remote": 1, "experienceLevel=Entry": 1, "jobType=part_time": 0,
	} {
		if got := board.Call(nil, "GET", "/api/jobs/search?"+query, nil); got.Status != 200 || got.Body["totalItems"] != want {
			t.Errorf("%s: %d %v, want %v", query, got.Status, got.Body["totalItems"], want)
		}
	}
	for query, field := range map[string]string{
		"jobType=x": "jobType", "workplace=office": "workplace", "experienceLevel=remote,x": "experienceLevel",
	} {
		got := board.Call(nil, "GET", "/api/jobs/?"+query, nil)
		if got.Status != 400 || got.Code(field) == "" || !strings.Contains(got.Raw, "Must be one of ") {
			t.Errorf("%s: %d %s", query, got.Status, got.Raw)
		}
	}
}
