package api_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/search"
	"jobboard/internal/testapp"
)

// The plain way to search jobs: it reads all rows for every question. What it says is right by being simple, and the REST
// search must say the same, whoever asks, after whatever has happened.
type plainSearch struct {
	board *testapp.Board
	names map[string]string // of employers
}

// words that no stemmer, synonym or correction touches
var plainWords = []string{"zebra", "lion", "tiger", "panda", "koala", "okapi"}

type question struct {
	words                               []string
	without                             string
	jobType, workplace, employer, level []string
	skills                              []string
	salaryMin                           float64
	currency                            string
	sort                                string
	mine                                *core.Record // the owner who asks
	own                                 []string     // the owner's employers
}

func (q question) params() string {
	v := url.Values{}
	text := strings.Join(q.words, " ")
	if q.without != "" {
		text += " -" + q.without
	}
	if text != "" {
		v.Set("q", text+" ")
	}
	for name, list := range map[string][]string{"jobType": q.jobType, "workplace": q.workplace, "employer": q.employer,
		"experienceLevel": q.level, "skills": q.skills} {
		if len(list) > 0 {
			v.Set(name, strings.Join(list, ","))
		}
	}
	if q.salaryMin > 0 {
		v.Set("salaryMin", fmt.Sprint(q.salaryMin))
	}
	if q.currency != "" {
		v.Set("salaryCurrency", q.currency)
	}
	if q.sort != "" {
		v.Set("sort", q.sort)
	}
	if q.mine != nil {
		v.Set("mine", "1")
	}
	v.Set("perPage", "100")
	v.Set("facets", "jobType,workplace,employer,experienceLevel,skills")
	return v.Encode()
}

func (p plainSearch) jobs() []*core.Record {
	jobs, err := p.board.FindAllRecords(collections.Jobs)
	if err != nil {
		panic(err)
	}
	return jobs
}

func (p plainSearch) seen(q question, job *core.Record) bool {
	if q.mine != nil {
		return slices.Contains(q.own, job.GetString("employer"))
	}
	deadline := job.GetDateTime("deadline")
	return job.GetString("status") == "published" && (deadline.IsZero() || deadline.Time().After(time.Now()))
}

func skillsOf(job *core.Record) (skills []string) {
	_ = json.Unmarshal([]byte(job.GetString("skills")), &skills)
	return skills
}

func perYear(job *core.Record) float64 {
	return job.GetFloat("salaryMax") * map[string]float64{"year": 1, "month": 12, "": 1}[job.GetString("salaryPeriod")]
}

func (p plainSearch) matches(q question, job *core.Record, except string) bool {
	text := strings.Fields(strings.NewReplacer("<p>", " ", "</p>",
		" ").Replace(strings.ToLower(strings.Join([]string{job.GetString("title"), job.GetString("description"),
		p.names[job.GetString("employer")], strings.Join(skillsOf(job), " ")}, " "))))
	for _, word := range q.words {
		if !slices.Contains(text, word) {
			return false
		}
	}
	if q.without != "" && slices.Contains(text, q.without) {
		return false
	}
	for name, list := range map[string][]string{"jobType": q.jobType, "workplace": q.workplace, "employer": q.employer,
		"experienceLevel": q.level} {
		if name != except && len(list) > 0 && !slices.Contains(list, job.GetString(name)) {
			return false
		}
	}
	if except != "skills" && len(q.skills) > 0 &&
		!slices.ContainsFunc(skillsOf(job), func(s string) bool { return slices.Contains(q.skills, s) }) {
		return false
	}
	if q.salaryMin > 0 {
		sameCurrency := q.currency == "" || job.GetString("salaryCurrency") == q.currency
		if perYear(job) == 0 || sameCurrency && perYear(job) < q.salaryMin {
			return false
		}
	}
	return true
}

func (p plainSearch) answer(q question) (ids []string, facets map[string]map[string]int) {
	facets = map[string]map[string]int{"jobType": {}, "workplace": {}, "employer": {}, "experienceLevel": {}, "skills": {}}
	var found []*core.Record
	for _, job := range p.jobs() {
		if !p.seen(q, job) {
			continue
		}
		if p.matches(q, job, "") {
			found = append(found, job)
		}
		for name, counts := range facets {
			values := []string{job.GetString(name)}
			if name == "skills" {
				values = skillsOf(job)
			}
			for _, value := range values {
				if value != "" && p.matches(q, job, name) {
					counts[value]++
				}
			}
		}
	}
	when := func(job *core.Record) string {
		return cmp.Or(job.GetString("publishedAt"), job.GetString("created"))
	}
	pay := func(job *core.Record) float64 {
		if q.sort == "salary" && job.GetString("salaryCurrency") == q.currency {
			return perYear(job)
		}
		return 0
	}
	slices.SortFunc(found, func(x, y *core.Record) int {
		return cmp.Or(cmp.Compare(pay(y), pay(x)), cmp.Compare(when(y), when(x)), cmp.Compare(x.Id, y.Id))
	})
	for _, job := range found {
		ids = append(ids, job.Id)
	}
	return ids, facets
}

// compare asks both.
func (p plainSearch) compare(t *testing.T, q question) {
	t.Helper()
	want, counts := p.answer(q)
	got := p.board.Call(q.mine, "GET", "/api/jobs/?"+q.params(), nil)
	var ids []string
	for _, item := range got.Items() {
		ids = append(ids, item["id"].(string))
	}
	total := got.Body["totalItems"]
	if matched := got.Body["matchedAllWords"]; matched != nil && matched != total { // the rest lacks some of the words
		total, counts = matched, nil
		ids = ids[:int(matched.(float64))]
	}
	if got.Status != 200 || total != float64(len(want)) {
		t.Fatalf("%s: %d, %v jobs, want %d", q.params(), got.Status, total, len(want))
	}
	if len(q.words) > 0 && q.sort == "" { // the order by relevance is for other tests
		slices.Sort(ids)
		slices.Sort(want)
	}
	if !slices.Equal(ids, want) {
		t.Fatalf("%s: found\n%v, want\n%v", q.params(), ids, want)
	}
	for name, values := range counts {
		facet := map[string]int{}
		for value, n := range got.Body["facets"].(map[string]any)[name].(map[string]any) {
			facet[value] = int(n.(float64))
		}
		if !maps.Equal(facet, values) {
			t.Fatalf("%s: facet %s is %v, want %v", q.params(), name, facet, values)
		}
	}
}

func TestJobSearchAgreesWithReadingAllRows(t *testing.T) {
	bind := []func(core.App){hooks.Bind, api.Bind, testapp.With(search.Bind, search.Options{})}
	r := rand.New(rand.NewPCG(4, 4))
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	board := testapp.NewBoard(t, bind...)
	plain := plainSearch{board: board, names: map[string]string{}}
	var employers, owners []*core.Record
	for _, name := range []string{"Panda", "Koala", "Okapi"} {
		employer, owner := board.Employer(name)
		employers, owners = append(employers, employer), append(owners, owner)
		plain.names[employer.Id] = strings.ToLower(name)
	}
	values := func() map[string]any {
		v := map[string]any{
			"title": pick(plainWords...) + " " + pick(plainWords...), "description": "<p>" + pick(plainWords...) + "</p>",
			"jobType": pick("full_time", "part_time", "contract"), "workplace": pick("on_site", "remote"),
			"experienceLevel": pick("entry", "senior", ""), "skills": []string{pick("go", "sql"), pick("sql", "rust")},
		}
		if r.IntN(2) == 0 {
			v["salaryMax"], v["salaryCurrency"], v["salaryPeriod"] = float64(1+r.IntN(9))*1000, pick("EUR", "USD"), pick("year", "month")
		}
		return v
	}
	ask := func() question {
		q := question{sort: pick("", "", "newest", "salary")}
		for range r.IntN(3) {
			q.words = append(q.words, pick(plainWords...))
		}
		if len(q.words) > 0 && r.IntN(4) == 0 {
			q.without = pick(plainWords...)
		}
		maybe := func(into *[]string, list ...string) {
			if r.IntN(4) == 0 {
				*into = append(*into, pick(list...), pick(list...))
			}
		}
		maybe(&q.jobType, "full_time", "part_time")
		maybe(&q.workplace, "on_site", "remote")
		maybe(&q.employer, employers[0].Id, employers[1].Id)
		maybe(&q.level, "entry", "senior")
		maybe(&q.skills, "go", "sql", "rust")
		if q.sort == "salary" || r.IntN(4) == 0 {
			q.currency = pick("EUR", "USD")
		}
		if r.IntN(4) == 0 {
			q.salaryMin = float64(r.IntN(9)) * 5000
		}
		if r.IntN(3) == 0 {
			i := r.IntN(len(owners))
			q.mine, q.own = owners[i], []string{employers[i].Id}
		}
		return q
	}
	for range 20 {
		board.Job(employers[r.IntN(3)], "x", values())
	}
	for round := range 40 {
		jobs := plain.jobs()
		job := jobs[r.IntN(len(jobs))]
		status := job.GetString("status")
		switch what := r.IntN(9); {
		case what < 2:
			board.Job(employers[r.IntN(3)], "x", values(), map[string]any{"status": pick("draft", "published")})
		case what == 2:
			board.Update(job, values())
		case what == 3 && status == "published":
			board.Update(job, map[string]any{"status": "closed"})
		case what == 4 && status != "published":
			board.Update(job, map[string]any{"status": "published", "deadline": ""})
		case what == 5:
			if err := board.Delete(board.Reload(job)); err != nil {
				t.Fatal(err)
			}
		case what == 6: // past its deadline, and nobody has marked it yet
			plainSQL(t, board, "UPDATE jobs SET deadline = '2020-01-01 00:00:00.000Z' WHERE id = {:id}", job.Id)
		case what == 7:
			plainSQL(t, board, "UPDATE jobs SET status = 'draft', publishedAt = '' WHERE id = {:id}", job.Id)
		case what == 8 && round%3 == 0:
			board = board.Restart(bind...)
			plain.board = board
		}
		for range 4 {
			plain.compare(t, ask())
		}
	}
	plain.compare(t, question{})
}

func plainSQL(t *testing.T, board *testapp.Board, sql, id string) {
	t.Helper()
	if _, err := board.DB().NewQuery(sql).Bind(dbx.Params{"id": id}).Execute(); err != nil {
		t.Fatal(err)
	}
}

// A job is no longer found once its deadline has passed, though nothing is written at that moment.
func TestDeadlinePassesWithoutAWrite(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, api.Bind, testapp.With(search.Bind, search.Options{}))
	acme, _ := board.Employer("Acme")
	job := board.Job(acme, "Baker",
		map[string]any{"deadline": time.Now().Add(1500 * time.Millisecond).UTC().Format("2006-01-02 15:04:05.000Z")})
	total := func() any { return board.Call(nil, "GET", "/api/jobs/?q=baker&facets=jobType", nil).Body["totalItems"] }
	if total() != 1.0 {
		t.Fatal("an open job is not found")
	}
	for deadline := time.Now().Add(15 * time.Second); total() != 0.0; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it is still found")
		}
	}
	if status := board.Reload(job).GetString("status"); status != "published" {
		t.Errorf("somebody has marked it %s: this test proves nothing", status)
	}
}
