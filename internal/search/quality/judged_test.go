package quality

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"
)

// judgedQuery is a query with the relevance grades of postings: 3 is what the person is looking for, 2 is close, 1 is of some
// use, 0 is irrelevant. Postings that are not judged count as 0.
type judgedQuery struct {
	query   string
	kind    string
	heldOut bool           // kept out of tuning
	grades  map[string]int // by externalId
	good    int            // a person is content with at least so many hits of grade 2 or 3 among the first 5,
	clean   int            // and no hit of grade 0 among the first so many
}

const judgedFile = "testdata/judged.jsonl"

func loadJudged(t testing.TB) []judgedQuery {
	t.Helper()
	file, err := os.Open(judgedFile)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	list, err := readJudged(file)
	if err != nil {
		t.Fatalf("%s: %v", judgedFile, err)
	}
	return list
}

// TestJudgedSet checks, without the postings, that the set is large, that half of each kind is held out, and that contentment can
// be reached.
func TestJudgedSet(t *testing.T) {
	list := loadJudged(t)
	if len(list) < 150 {
		t.Errorf("%d queries, want at least 150", len(list))
	}
	balance := map[string]int{}
	for _, j := range list {
		if j.heldOut {
			balance[j.kind]++
		} else {
			balance[j.kind]--
		}
		good, useful := 0, 0
		for _, grade := range j.grades {
			if grade >= 2 {
				good++
			}
			if grade >= 1 {
				useful++
			}
		}
		if j.good > good || j.clean > useful {
			t.Errorf("%s: wants %d good and %d clean hits, the grades have %d and %d", j.query, j.good, j.clean, good, useful)
		}
	}
	for kind, n := range balance {
		if n < -2 || n > 2 {
			t.Errorf("%s: held out and not differ by %d queries, want halves", kind, n)
		}
	}
}

// readJudged reads JSON Lines: a judged query each, the numbers of its postings by grade. An unknown or missing key is an error.
func readJudged(file io.Reader) ([]judgedQuery, error) {
	raw, err := io.ReadAll(file)
	if err != nil {
		return nil, err
	}
	var list []judgedQuery
	seen := map[string]bool{}
	for number, line := range bytes.Split(bytes.TrimSpace(raw), []byte("\n")) {
		var row struct {
			Query, Kind string
			HeldOut     bool
			Content     struct{ Good, Clean int }
			Grades      map[string][]int
		}
		decoder := json.NewDecoder(bytes.NewReader(line))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&row); err != nil {
			return nil, fmt.Errorf("line %d: %w", number+1, err)
		}
		j := judgedQuery{query: row.Query, kind: row.Kind, heldOut: row.HeldOut, grades: map[string]int{},
			good: row.Content.Good, clean: row.Content.Clean}
		for text, postings := range row.Grades {
			grade, err := strconv.Atoi(text)
			if err != nil || grade < 0 || grade > 3 {
				return nil, fmt.Errorf("line %d: want grades from 0 to 3, not %q", number+1, text)
			}
			for _, posting := range postings {
				id := fmt.Sprintf("emscad-%d", posting)
				if _, twice := j.grades[id]; twice {
					return nil, fmt.Errorf("line %d: %s has two grades", number+1, id)
				}
				j.grades[id] = grade
			}
		}
		switch {
		case j.query == "" || j.kind == "" || seen[j.query]:
			return nil, fmt.Errorf("line %d: want a kind, and a query that no other line has", number+1)
		case j.good < 1 || j.good > 5 || j.clean < 1 || j.clean > 5:
			return nil, fmt.Errorf("line %d: want good and clean from 1 to 5", number+1)
		}
		seen[j.query] = true
		list = append(list, j)
	}
	return list, nil
}

// content reports whether a person would be content with the hits.
func (j *judgedQuery) content(hits []string) bool {
	good := 0
	for i, id := range hits[:min(5, len(hits))] {
		switch grade := j.grades[id]; {
		case grade >= 2:
			good++
		case grade == 0 && i < j.clean:
			return false
		}
	}
	return good >= j.good
}

// ndcg returns the normalised discounted cumulative gain of the first k hits, with gains of 2^grade - 1: 1 for the best possible
// order.
func (j *judgedQuery) ndcg(hits []string, k int) float64 {
	var seen, best []int
	for _, id := range hits[:min(k, len(hits))] {
		seen = append(seen, j.grades[id])
	}
	for _, grade := range j.grades {
		best = append(best, grade)
	}
	slices.SortFunc(best, func(a, b int) int { return b - a })
	if ideal := dcg(best[:min(k, len(best))]); ideal > 0 {
		return dcg(seen) / ideal
	}
	return 0
}

func dcg(grades []int) float64 {
	sum := 0.0
	for i, grade := range grades {
		sum += (math.Exp2(float64(grade)) - 1) / math.Log2(float64(i+2))
	}
	return sum
}

// recall returns the share of the postings of grade 2 or 3 that are among the first k hits.
func (j *judgedQuery) recall(hits []string, k int) float64 {
	found, all := 0, 0
	for id, grade := range j.grades {
		if grade < 2 {
			continue
		}
		all++
		if slices.Contains(hits[:min(k, len(hits))], id) {
			found++
		}
	}
	return float64(found) / float64(max(1, min(all, k)))
}
