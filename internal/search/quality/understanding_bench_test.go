package quality

import (
	"net/url"
	"os"
	"slices"
	"testing"
	"time"
)

// manyWords is a query of 20 words, some of which begin names of places.
const manyWords = "senior part time remote customer service agent in new york paying over 50k for san francisco " +
	"health care company nights"

// BenchmarkUnderstanding measures how long it takes to understand and parse a query. Of several queries it reports the median and the
// slowest, each by the median of its times.
func BenchmarkUnderstanding(b *testing.B) {
	raw, err := os.ReadFile(postingsFile())
	if err != nil {
		b.Skip("the real postings are missing: ", err)
	}
	parser, err := newBoard(b, raw).Parser()
	if err != nil {
		b.Fatal(err)
	}
	read := func(query string) {
		if _, err := parser.Jobs(url.Values{"q": {query}}); err != nil {
			b.Fatal(err)
		}
	}
	for name, queries := range map[string][]string{"judged": queriesOf(loadJudged(b)), "20 words": {manyWords}} {
		b.Run(name, func(b *testing.B) {
			times := make([][]time.Duration, len(queries))
			b.ReportAllocs()
			for b.Loop() {
				for i, query := range queries {
					began := time.Now()
					read(query)
					times[i] = append(times[i], time.Since(began))
				}
			}
			var medians []time.Duration
			slowest := 0
			for i, all := range times {
				slices.Sort(all)
				medians = append(medians, all[len(all)/2])
				if medians[i] > medians[slowest] {
					slowest = i
				}
			}
			b.Logf("slowest: %s", queries[slowest])
			slices.Sort(medians)
			b.ReportMetric(float64(medians[len(medians)/2].Nanoseconds()), "p50-ns/query")
			b.ReportMetric(float64(medians[len(medians)-1].Nanoseconds()), "max-ns/query")
		})
	}
}

func queriesOf(list []judgedQuery) (queries []string) {
	for _, j := range list {
		queries = append(queries, j.query)
	}
	return queries
}
