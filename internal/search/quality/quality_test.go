package quality

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"jobboard/hooks"
	"jobboard/internal/search"
	"jobboard/internal/search/text"
	"jobboard/internal/testapp"
	"jobboard/internal/transfer"
)

const postingsFile = "../../../../shared/data/jobs-real.jsonl"

var poolDepth = flag.Int("pool", 0, "print the postings among the first `n` hits of any system that have not been judged")

var showHits = flag.Bool("show", false, "print the hits and grades of queries with a lower nDCG than the baseline")

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

func newBoard(t *testing.T, postings []byte) board {
	t.Helper()
	app := testapp.NewBoard(t, hooks.Bind, testapp.With(search.Bind, search.Options{}))
	jsonl, err := transfer.FindFormat("jsonl")
	if err != nil {
		t.Fatal(err)
	}
	importer := transfer.NewImporter(app.TestApp)
	if err := importer.File(t.Context(), postingsFile, jsonl, bytes.NewReader(postings)); err != nil {
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
	query, err := search.ParseJobs(b.Analyzer(), url.Values{"q": {text}})
	if err != nil {
		t.Fatal(err)
	}
	query.Scope, query.Limit = search.Published(), 50
	result, err := b.Search(query)
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
	name                       string
	queries                    int
	ndcg10, recall20, recall50 float64
}

func (f *metrics) add(j *judgedQuery, hits []string) {
	f.queries++
	f.ndcg10 += j.ndcg(hits, 10)
	f.recall20 += j.recall(hits, 20)
	f.recall50 += j.recall(hits, 50)
}

func (f *metrics) ndcg() float64 { return f.ndcg10 / float64(max(1, f.queries)) }

func (f *metrics) String() string {
	n := float64(max(1, f.queries))
	return fmt.Sprintf("%-27s %3d queries  nDCG@10 %.3f  recall@20 %.3f  recall@50 %.3f",
		f.name, f.queries, f.ndcg(), f.recall20/n, f.recall50/n)
}

// TestRankingQuality compares the ranking with the relevance judgments. Weights may be tuned on every second query; the others
// are held out.
func TestRankingQuality(t *testing.T) {
	raw, err := os.ReadFile(postingsFile)
	if err != nil {
		t.Skip("the real postings are missing: ", err)
	}
	judgedFile, err := os.Open("testdata/judged.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer judgedFile.Close()
	list, err := readJudged(judgedFile)
	if err != nil {
		t.Fatal("testdata/judged.txt: ", err)
	}
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

	halves := []string{"tuned", "held out"}
	systems := []struct {
		name string
		ask  func(query string) []string
	}{
		{"search", func(query string) []string { return ours.search(t, query) }},
		{"bm25, all words", func(query string) []string { return theirs.search(t, query, "AND") }},
		{"bm25, any word", func(query string) []string { return theirs.search(t, query, "OR") }},
	}
	means := make([][2]metrics, len(systems))
	for q := range list {
		j := &list[q]
		var hits [][]string
		for s, system := range systems {
			hits = append(hits, system.ask(j.query))
			mean := &means[s][q%2]
			mean.name = system.name + ", " + halves[q%2]
			mean.add(j, hits[s])
		}
		own, best := j.ndcg(hits[0], 10), max(j.ndcg(hits[1], 10), j.ndcg(hits[2], 10))
		if own < best {
			t.Logf("behind: %-32s nDCG@10 %.3f, bm25 %.3f", j.query, own, best)
			if *showHits {
				printHits(j, hits[0], postings)
			}
		} else if own < 0.5 {
			t.Logf("weak:   %-32s nDCG@10 %.3f, bm25 %.3f", j.query, own, best)
		}
		if *poolDepth > 0 {
			printPool(j, hits, postings)
		}
	}
	for h := range halves {
		own := means[0][h].ndcg()
		for s := range systems {
			t.Log(means[s][h].String())
			if s > 0 && own < means[s][h].ndcg()+0.03 {
				t.Errorf("%s: nDCG@10 is %.3f, not clearly above the %.3f of %s", halves[h], own, means[s][h].ndcg(), systems[s].name)
			}
		}
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
