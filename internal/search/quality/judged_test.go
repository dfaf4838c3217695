package quality

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// judgedQuery is a query with the relevance grades of postings: 3 is what the person is looking for, 2 is close, 1 is of some
// use, 0 is irrelevant. Postings that are not judged count as 0.
type judgedQuery struct {
	query  string
	grades map[string]int // by externalId
}

// readJudged reads blocks of lines: a query, and below it, indented, grades with the numbers of postings. Lines that begin with
// # are comments.
func readJudged(file io.Reader) ([]judgedQuery, error) {
	var list []judgedQuery
	lines := bufio.NewScanner(file)
	for number := 1; lines.Scan(); number++ {
		line := lines.Text()
		switch {
		case line == "" || line[0] == '#':
		case line[0] != '\t':
			list = append(list, judgedQuery{query: line, grades: map[string]int{}})
		default:
			numbers := strings.Fields(line)
			grade, err := strconv.Atoi(numbers[0])
			if err != nil || grade < 0 || grade > 3 || len(list) == 0 {
				return nil, fmt.Errorf("line %d: want a grade from 0 to 3 under a query", number)
			}
			for _, n := range numbers[1:] {
				list[len(list)-1].grades["emscad-"+n] = grade
			}
		}
	}
	return list, lines.Err()
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
