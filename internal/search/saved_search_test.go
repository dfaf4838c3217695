package search

import (
	"errors"
	"fmt"
	"testing"

	"github.com/pocketbase/dbx"

	"jobboard/collections"
	"jobboard/internal/search/engine"
	"jobboard/internal/testapp"
)

// savedQueries are queries in all forms in which people and programs save them.
var savedQueries = []string{
	`{"q":""}`, `{"q":"engineers"}`, `{"q":"go acme"}`, `{"q":"go baker"}`, `{"q":"\"go engineer\""}`, `{"q":"\"engineer go\""}`,
	`{"q":"go -senior"}`, `{"q":"baker OR engineer"}`, `{"q":"eng*"}`, `{"q":"engin"}`, `{"q":"java"}`, `{"q":"javas"}`, `{"q":"sr dev"}`,
	`{"q":"enginere"}`, `{"q":"title:go"}`, `{"q":"company:acme"}`, `{"q":"skill:sql"}`, `{"q":"c++"}`, `{"q":"的"}`,
	`{"jobType":"part_time,full_time"}`, `{"jobType":["part_time"]}`, `{"skills":["SQL"]}`, `{"skills":"java"}`,
	`{"workplace":["remote","hybrid"]}`,
	`{"location":"Berlin, Germany"}`, `{"location":"Germany"}`, `{"location":"France"}`, `{"location":["France","Germany"]}`,
	`{"location":"50 km of Berlin"}`, `{"near":"52.4,13.06"}`, `{"near":[52.4,13.06],"radius":5}`,
	`{"near":"52.4,13.06","radius":"100","sort":"distance"}`,
	`{"salaryMin":60000}`, `{"salaryMin":"80000"}`, `{"salaryMin":1,"salaryCurrency":"USD"}`,
	`{"salaryMin":30000,"salaryCurrency":["EUR","USD"]}`,
	`{"employer":"other"}`, `{"postedWithin":7}`, `{"experienceLevel":"senior","industry":"information-technology"}`,
	`{"q":"go","page":3,"perPage":5,"cursor":"x","facets":"skills","highlight":true,"sort":null}`,
}

// A saved search matches exactly the jobs that the search finds.
func TestPercolatorAgreesWithSearch(t *testing.T) {
	t.Parallel()
	app, board := newBoard(t, Jobs)
	acme, _ := app.Employer("Acme")
	bolt, _ := app.Employer("Bolt")
	var jobs []string
	for i, values := range []map[string]any{
		{"title": "Senior Go Engineer", "skills": []string{"go", "sql"}, "workplace": "hybrid", "experienceLevel": "senior",
			"salaryMin": 50_000, "salaryMax": 70_000, "salaryCurrency": "EUR", "salaryPeriod": "year", "location": "Berlin, Germany",
			"locations": []map[string]any{{"name": "Berlin, Germany", "city": "Berlin", "country": "DE", "lat": 52.52, "lon": 13.4}}},
		{"title": "JavaScript Developer", "skills": []string{"javascript"}, "jobType": "contract", "applicantCountries": []string{"FR"},
			"salaryMin": 40, "salaryCurrency": "USD", "salaryPeriod": "hour"},
		{"title": "Baker", "jobType": "part_time", "workplace": "on_site", "description": "<p>Bread, c++ and engineering.</p>"},
		{"title": "Java Teacher"},
		{"title": "Secret Go Engineer", "status": "draft", "skills": []string{"go", "sql"}},
	} {
		employer := acme
		if i%2 == 1 {
			employer = bolt
		}
		jobs = append(jobs, app.Job(employer, values["title"].(string), values).Id)
	}
	some := 0
	parser, err := board.Parser()
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range savedQueries {
		query, err := parser.Saved(raw)
		if err != nil {
			t.Errorf("%s: %v", raw, err)
			continue
		}
		query.Limit, query.NoSpelling, query.Facets = 100, true, nil
		found, err := board.SearchUpToDate(query.Query)
		if err != nil {
			t.Fatal(err)
		}
		answers := map[string]bool{}
		for _, hit := range found.Hits {
			answers[hit.ID] = true
			some++
		}
		for i, id := range jobs {
			probe, err := board.NewPercolator(id)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := probe.Matches(query.Query); err != nil || got != answers[id] {
				t.Errorf("%s matches job %d: %v, but the search says %v (%v)", raw, i, got, answers[id], err)
			}
		}
	}
	if some < 30 {
		t.Errorf("only %d matches were compared", some)
	}
	gone, err := board.NewPercolator("gone")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := gone.Matches(engine.Query{Scope: Published()}); got || err != nil {
		t.Errorf("a deleted job matches: %v, %v", got, err)
	}
}

func TestInvalidSavedQueriesAreRejected(t *testing.T) {
	t.Parallel()
	app, _ := newBoard(t, Jobs)
	parser, err := ParserOf(app.TestApp)
	if err != nil {
		t.Fatal(err)
	}
	for raw, field := range map[string]string{
		`[]`: "query", `"go"`: "query", `null`: "query", `{`: "query",
		`{"salaryMin":"much"}`: "salaryMin", `{"near":"Lyon"}`: "near", `{"near":"45,4","radius":-1}`: "radius",
		`{"sort":"best"}`: "sort", `{"sort":"distance"}`: "sort", `{"postedWithin":1.5}`: "postedWithin",
		`{"q":{"all":"go"}}`: "q", `{"skills":[["go"]]}`: "skills", `{"facets":"secret"}`: "facets",
		`{"filter":"id!=''"}`: "filter", `{"mine":1}`: "mine",
	} {
		var wrong *FieldError
		if _, err := parser.Saved(raw); !errors.As(err, &wrong) || wrong.Field != field {
			t.Errorf("%s: %v, want an error of %s", raw, err, field)
		}
	}
}

// BenchmarkSavedSearches matches instant saved searches against one new job, parsing each query as the fan-out does.
func BenchmarkSavedSearches(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprintf("searches=%d", n), func(b *testing.B) {
			app := testapp.NewBoard(b, slugs, testapp.With(Bind, Options{}))
			acme, _ := app.Employer("Acme")
			job := app.Job(acme, "Senior Go Engineer", map[string]any{
				"skills": []string{"go", "sql"}, "description": fmt.Sprintf("<p>%0900d words to read</p>", 1),
			})
			board := indexOf(b, app, Jobs)
			if _, err := board.SearchUpToDate(engine.Query{Scope: Published()}); err != nil {
				b.Fatal(err)
			}
			other := dbx.Params{"id": "other", "employer": acme.Id, "title": "Javascript engineering", "status": "published"}
			if _, err := app.DB().Insert(collections.Jobs, other).Execute(); err != nil {
				b.Fatal(err)
			}
			parser, err := board.Parser()
			if err != nil {
				b.Fatal(err)
			}
			answered := 0
			for b.Loop() {
				probe, err := board.NewPercolator(job.Id)
				if err != nil {
					b.Fatal(err)
				}
				for i := range n {
					query, err := parser.Saved(savedQueries[i%len(savedQueries)])
					if err != nil {
						b.Fatal(err)
					}
					yes, err := probe.Matches(query.Query)
					if err != nil {
						b.Fatal(err)
					}
					if yes {
						answered++
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/search")
			b.ReportMetric(float64(answered)/float64(b.N*n), "answers/search")
		})
	}
}
