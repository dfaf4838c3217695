package quality

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"jobboard/hooks"
	"jobboard/internal/search"
	"jobboard/internal/search/text"
	"jobboard/internal/testapp"
	"jobboard/internal/transfer"
	"jobboard/internal/transfer/formats"
)

// postingsFile returns the file of the postings: POSTINGS as for make, from the top of the project, or make's default.
func postingsFile() string {
	file := cmp.Or(os.Getenv("POSTINGS"), "../shared/data/jobs-real.jsonl")
	if !filepath.IsAbs(file) {
		file = filepath.Join("../../..", file)
	}
	return file
}

var poolDepth = flag.Int("pool", 0, "print the postings among the first `n` hits of any system that have not been judged")

var showHits = flag.Bool("show", false, "print the hits and grades of the queries that the log names")

type posting struct {
	ExternalID, Title, Company, Description, Location string
	Workplace, JobType, ExperienceLevel               string
	Skills                                            []string
}

// board is the search on the real postings, all published on the same day.
type board struct {
	*search.Index
	externalID map[string]string
}

func newBoard(t testing.TB, postings []byte) board {
	t.Helper()
	app := testapp.NewBoard(t, hooks.Bind, testapp.With(search.Bind, search.Options{}))
	jsonl, err := formats.Find("jsonl")
	if err != nil {
		t.Fatal(err)
	}
	importer := transfer.NewImporter(app.TestApp)
	if err := importer.File(t.Context(), postingsFile(), jsonl, bytes.NewReader(postings)); err != nil {
		t.Fatal(err)
	}
	// a second apart, so that equal scores have the same order every time and freshness plays no role
	if _, err := app.DB().NewQuery(`UPDATE jobs SET publishedAt =
		strftime('%Y-%m-%d %H:%M:%fZ', 'now', '-' || substr(externalId, length('emscad-') + 1) || ' seconds')`).Execute(); err != nil {
		t.Fatal(err)
	}
	var rows []struct {
		ID       string `db:"id"`
		External string `db:"externalId"`
	}
	if err := app.DB().Select("id", "externalId").From("jobs").All(&rows); err != nil {
		t.Fatal(err)
	}
	b := board{externalID: map[string]string{}}
	for _, row := range rows {
		b.externalID[row.ID] = row.External
	}
	if b.Index, err = search.For(app.TestApp, search.Jobs); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b board) search(t *testing.T, text string) []string {
	t.Helper()
	parser, err := b.Parser()
	if err != nil {
		t.Fatal(err)
	}
	query, err := parser.Jobs(url.Values{"q": {text}})
	if err != nil {
		t.Fatal(err)
	}
	query.Scope, query.Limit, query.Partial = search.Published(), 50, true
	result, err := b.Search(query.Query)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, hit := range result.Hits {
		ids = append(ids, b.externalID[hit.ID])
	}
	return ids
}

// metrics are means over queries.
type metrics struct {
	queries, content           int
	ndcg10, recall20, recall50 float64
}

func (m *metrics) add(j *judgedQuery, hits []string) {
	m.queries++
	if j.content(hits) {
		m.content++
	}
	m.ndcg10 += j.ndcg(hits, 10)
	m.recall20 += j.recall(hits, 20)
	m.recall50 += j.recall(hits, 50)
}

func (m *metrics) ndcg() float64 { return m.ndcg10 / float64(max(1, m.queries)) }

// share returns the share of queries with whose hits a person would be content.
func (m *metrics) share() float64 { return float64(m.content) / float64(max(1, m.queries)) }

// What the search must reach, on all queries and on those held out.
const (
	floorNDCG    = 0.77 // nDCG@10
	floorContent = 0.75 // share of queries with whose hits a person would be content
)

// TestJudgedRanking compares the ranking with the relevance judgments, by kind of query. Weights and vocabulary may be tuned on
// the queries that are not held out.
func TestJudgedRanking(t *testing.T) {
	raw, err := os.ReadFile(postingsFile())
	if err != nil {
		t.Skip("the real postings are missing: ", err)
	}
	list := loadJudged(t)
	postings := map[string]posting{}
	lines := bufio.NewScanner(bytes.NewReader(raw))
	for lines.Buffer(nil, 1<<20); lines.Scan(); {
		var p posting
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		postings[p.ExternalID] = p
	}
	ours, theirs := newBoard(t, raw), newBaseline(t, postings)
	systems := []system{
		{"search", func(query string) []string { return ours.search(t, query) }},
		{"bm25, all words", func(query string) []string { return theirs.search(t, query, "AND") }},
		{"bm25, any word", func(query string) []string { return theirs.search(t, query, "OR") }},
	}
	all, tuned, heldOut := newScores("all queries"), newScores("tuned"), newScores("held out")
	for q := range list {
		j := &list[q]
		for id := range j.grades {
			if _, known := postings[id]; !known {
				t.Errorf("%s: there is no posting %s", j.query, id)
			}
		}
		var hits [][]string
		for _, system := range systems {
			hits = append(hits, system.ask(j.query))
		}
		all.add(j, hits)
		if j.heldOut {
			heldOut.add(j, hits)
		} else {
			tuned.add(j, hits)
		}
		report(t, j, hits, postings)
	}
	for _, s := range []*scores{all, tuned, heldOut} {
		t.Log(s.table(systems))
		own := s.of("", 0)
		if own.ndcg() < floorNDCG || own.share() < floorContent {
			t.Errorf("%s: nDCG@10 %.3f and %.0f %% content are below %.2f and %.0f %%",
				s.name, own.ndcg(), 100*own.share(), floorNDCG, 100*floorContent)
		}
		if other := s.of("", 1); own.ndcg() < other.ndcg()+0.03 {
			t.Errorf("%s: nDCG@10 is %.3f, not clearly above the %.3f of %s", s.name, own.ndcg(), other.ndcg(), systems[1].name)
		}
	}
}

// report logs a query whose hits are not good enough, and prints what the flags ask for.
func report(t *testing.T, j *judgedQuery, hits [][]string, postings map[string]posting) {
	own, best := j.ndcg(hits[0], 10), max(j.ndcg(hits[1], 10), j.ndcg(hits[2], 10))
	mark := ""
	switch {
	case own < best:
		mark = "behind"
	case own < 0.5:
		mark = "weak"
	case !j.content(hits[0]):
		mark = "not content"
	}
	if mark != "" && !j.heldOut { // to look at the queries held out would be to tune on them
		t.Logf("%-12s %-32s nDCG@10 %.3f, bm25 %.3f", mark+":", j.query, own, best)
		if *showHits {
			printHits(j, hits[0], postings)
		}
	}
	if *poolDepth > 0 {
		printPool(j, hits, postings)
	}
}

func printHits(j *judgedQuery, hits []string, postings map[string]posting) {
	for i, id := range hits[:min(10, len(hits))] {
		fmt.Printf("%4d. %d %s %s\n", i+1, j.grades[id], strings.TrimPrefix(id, "emscad-"), postings[id].Title)
	}
}

// printPool prints postings to judge, sorted so that the order does not reveal which system found them.
func printPool(j *judgedQuery, hits [][]string, postings map[string]posting) {
	var ids []string
	for _, list := range hits {
		for _, id := range list[:min(*poolDepth, len(list))] {
			if _, done := j.grades[id]; !done && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	if len(ids) > 0 {
		fmt.Printf("\n== %s\n", j.query)
	}
	for _, id := range ids {
		p := postings[id]
		body := strings.Join(strings.Fields(text.FromHTML(p.Description)), " ")
		fmt.Printf("%s | %s | %s | %s | %s %s %s | %s | %.220s\n", strings.TrimPrefix(id, "emscad-"), p.Title, p.Company, p.Location,
			p.Workplace, p.JobType, p.ExperienceLevel, strings.Join(p.Skills, ","), body)
	}
}
