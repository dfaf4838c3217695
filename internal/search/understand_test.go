package search

import (
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/gazetteer"
	"jobboard/internal/search/engine"
	"jobboard/internal/testapp"
)

// titles returns the titles of the jobs that a search finds, in its order.
func titles(t *testing.T, app *testapp.Board, ix *Index, params url.Values) (list []string) {
	t.Helper()
	parser, err := ix.Parser()
	if err != nil {
		t.Fatal(err)
	}
	q, err := parser.Jobs(params)
	if err != nil {
		t.Fatal(err)
	}
	q.Limit, q.NoSpelling = 100, true
	result, err := ix.Search(q.Query)
	if err != nil {
		t.Fatal(err)
	}
	for _, hit := range result.Hits {
		record, err := app.FindRecordById("jobs", hit.ID)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, record.GetString("title"))
	}
	return list
}

// TestPayAloneIsOrderedByPay searches for pay with and without an order of its own.
func TestPayAloneIsOrderedByPay(t *testing.T) {
	t.Parallel()
	app, ix := newBoard(t, Jobs)
	acme, _ := app.Employer("acme")
	for title, pay := range map[string]float64{"Chief": 120_000, "Clerk": 52_000, "Cook": 50_000, "Guard": 30_000, "Nurse": 70_000} {
		app.Job(acme, title, map[string]any{"salaryMax": pay, "salaryCurrency": "USD", "salaryPeriod": "year"})
	}
	app.Job(acme, "Baker", map[string]any{"salaryMax": 51_000, "salaryCurrency": "EUR", "salaryPeriod": "year"})
	for query, want := range map[string]string{
		"q=50k": "Cook Clerk Nurse Chief Baker", "q=$50k jobs": "Cook Clerk Nurse Chief Baker",
		"q=cook 50k": "Cook", "q=50k&sort=salary": "Chief Nurse Clerk Cook Baker",
	} {
		params, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(titles(t, app, ix, params), " "); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	if got := titles(t, app, ix, url.Values{"q": {"€50k"}}); len(got) != 6 || got[0] != "Baker" {
		t.Errorf("€50k: %q, want the one that pays euros first", got)
	}
	parser, err := ix.Parser()
	if err != nil {
		t.Fatal(err)
	}
	if q, err := parser.Jobs(url.Values{"q": {"over 50k"}}); err != nil || q.Sort != "" {
		t.Errorf("over 50k is ordered by %q, %v: who wants more does not want the least first", q.Sort, err)
	}
}

// TestWordsBecomeFilters searches for words that mean a filter, and for the same words in quotes.
func TestWordsBecomeFilters(t *testing.T) {
	t.Parallel()
	app, ix := newBoard(t, Jobs)
	acme, _ := app.Employer("acme-works-ltd")
	roadhouse, _ := app.Employer("Roadhouse")
	job := func(employer *core.Record, title, city string, more map[string]any) {
		place, ok := gazetteer.Resolve(city)
		if !ok {
			t.Fatalf("no city %s", city)
		}
		location := collections.Location{Name: place.Name, City: place.City, Region: place.Region, Country: place.Country,
			Lat: &place.Lat, Lon: &place.Lon}
		values := map[string]any{"workplace": "on_site", "location": place.Name, "locations": []collections.Location{location}}
		maps.Copy(values, more)
		app.Job(employer, title, values)
	}
	job(acme, "Nurse One", "Dallas, TX", map[string]any{"jobType": "part_time"})
	job(acme, "Nurse Two", "Houston, TX", map[string]any{"workplace": "remote"})
	job(roadhouse, "Texas Roadhouse Nurse", "Lyon", map[string]any{"experienceLevel": "senior"})
	job(roadhouse, "Typist (Work from Home)", "Lyon", nil)
	job(roadhouse, "Caretaker of a Home", "Lyon", nil)
	job(roadhouse, "Nurse Paid", "Lyon", map[string]any{"salaryMin": 60000, "salaryCurrency": "EUR", "salaryPeriod": "year"})
	find := func(params url.Values) []string {
		t.Helper()
		found := titles(t, app, ix, params)
		slices.Sort(found)
		return found
	}
	eventually(t, "all jobs", func() bool { return len(find(url.Values{"q": {"nurse"}})) == 4 })
	for q, want := range map[string][]string{
		"nurse texas":                {"Nurse One", "Nurse Two", "Texas Roadhouse Nurse"},
		`nurse "texas"`:              {"Nurse One", "Nurse Two", "Texas Roadhouse Nurse"}, // the place is among the words of a job
		"part time in texas":         {"Nurse One"},
		"within 50 miles of houston": {"Nurse Two"},
		"nurses dallas houston":      {"Nurse One", "Nurse Two"},
		"remote":                     {"Nurse Two", "Typist (Work from Home)"},
		"home office":                {"Nurse Two", "Typist (Work from Home)"},
		`"remote"`:                   {"Nurse Two"}, // its workplace is among its words
		"senior nurse":               {"Texas Roadhouse Nurse"},
		"over 50000":                 {"Nurse Paid"},
		"70k €":                      nil,
		"acme works":                 {"Nurse One", "Nurse Two"},
		`"acme works"`:               {"Nurse One", "Nurse Two"},
		"texas OR lyon": {"Caretaker of a Home", "Nurse One", "Nurse Paid", "Nurse Two", "Texas Roadhouse Nurse",
			"Typist (Work from Home)"},
	} {
		if got := find(url.Values{"q": {q}}); !slices.Equal(got, want) {
			t.Errorf("%s finds %q, want %q", q, got, want)
		}
	}
	if got := find(url.Values{"q": {"nurse texas"}, "location": {"Lyon"}}); !slices.Equal(got, []string{"Texas Roadhouse Nurse"}) {
		t.Errorf("with a location: %q", got)
	}
}

func TestUnknownPlaces(t *testing.T) {
	t.Parallel()
	app, ix := newBoard(t, Jobs)
	acme, _ := app.Employer("Acme")
	app.Job(acme, "Nurse", map[string]any{"location": "Building Seven"})
	eventually(t, "the job", func() bool { return len(found(t, ix, "nurse")) == 1 })
	parser, err := ix.Parser()
	if err != nil {
		t.Fatal(err)
	}
	q, err := parser.Jobs(url.Values{"location": {"Texas", "Xyzzy", "building seven, Qwxyz", "50 km of Lyon"}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := ix.UnknownPlaces(q), []string{"Xyzzy", "Qwxyz"}; !slices.Equal(got, want) {
		t.Errorf("unknown: %q, want %q", got, want)
	}
}

func TestInterpretation(t *testing.T) {
	t.Parallel()
	app, _ := newBoard(t, Jobs)
	parser, err := ParserOf(app.TestApp)
	if err != nil {
		t.Fatal(err)
	}
	filters := func(parse func(Parser, url.Values) (Query, error), q string) []string {
		query, err := parse(parser, url.Values{"q": {q}})
		if err != nil {
			t.Fatal(err)
		}
		if query.Interpretation == nil {
			return nil
		}
		fields := []string{query.Interpretation.Text}
		for _, f := range query.Interpretation.Filters {
			fields = append(fields, f.Field)
		}
		return fields
	}
	for q, want := range map[string][]string{
		"":                        nil,
		"nurse":                   {"nurse"},
		"nurse texas 50k":         {"nurse", "location", "salaryMin"},
		`nurse texas -"per diem"`: {`nurse texas -"per diem"`},
		"texas OR ohio":           {"texas OR ohio"},
		"title:nurse texas":       {"title:nurse texas"},
		"nurs* texas":             {"nurs* texas"},
		`"night shift" texas`:     {`"night shift"`, "location"},
	} {
		if got := filters(Parser.Jobs, q); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", q, got, want)
		}
	}
	want := []string{"senior nurse 50k", "location", "openToWork"}
	if got := filters(Parser.Candidates, "senior nurse texas open to work 50k"); !slices.Equal(got, want) {
		t.Errorf("candidates: %q, want %q", got, want)
	}
	if corrected := mustParse(t, parser, "nurse").Read("nurse texas"); len(corrected.Where) != 1 {
		t.Errorf("a corrected text is not understood: %+v", corrected)
	}
}

func mustParse(t *testing.T, p Parser, q string) engine.Query {
	t.Helper()
	query, err := p.Jobs(url.Values{"q": {q}})
	if err != nil {
		t.Fatal(err)
	}
	return query.Query
}

func TestVocabularyFileIsFollowed(t *testing.T) {
	t.Parallel()
	app, _ := newBoard(t, Jobs)
	path := filepath.Join(app.DataDir(), VocabularyFile)
	understood := func() bool {
		parser, err := ParserOf(app.TestApp)
		if err != nil {
			t.Fatal(err)
		}
		return len(mustParse(t, parser, "christmas help").Words.Must[0].Typed) == len("christmas help")
	}
	if understood() {
		t.Fatal("the expression is already understood")
	}
	if err := os.WriteFile(path, []byte("nonsense\njobType=temporary: christmas help\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the new expression", understood)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the built-in vocabulary", func() bool { return !understood() })
}

// A word of the vocabulary is no misspelling, although it means nothing here and no job has it.
func TestWordsOfTheVocabularyAreNotCorrected(t *testing.T) {
	t.Parallel()
	app, ix := newBoard(t, Jobs)
	acme, _ := app.Employer("Acme")
	for range 3 {
		app.Job(acme, "Leading Hand", nil)
	}
	for typed, want := range map[string]string{"reading": "", "leadimg": "leading"} {
		parser, err := ix.Parser()
		if err != nil {
			t.Fatal(err)
		}
		q, err := parser.Jobs(url.Values{"q": {typed}})
		if err != nil {
			t.Fatal(err)
		}
		q.Limit = 10
		if found, err := ix.Search(q.Query); err != nil || found.DidYouMean != want {
			t.Errorf("%s is corrected to %q, %v; want %q", typed, found.DidYouMean, err, want)
		}
	}
}
