package quality

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// system is a search that answers a query with the externalIds of its hits, best first.
type system struct {
	name string
	ask  func(query string) []string
}

// scores are the metrics of each system, by kind of query. The kind "" holds all of them.
type scores struct {
	name   string
	byKind map[string][]metrics // in the order of the systems
}

func newScores(name string) *scores { return &scores{name, map[string][]metrics{}} }

func (s *scores) add(j *judgedQuery, hits [][]string) {
	for _, kind := range []string{j.kind, ""} {
		if s.byKind[kind] == nil {
			s.byKind[kind] = make([]metrics, len(hits))
		}
		for i := range hits {
			s.byKind[kind][i].add(j, hits[i])
		}
	}
}

func (s *scores) of(kind string, system int) *metrics { return &s.byKind[kind][system] }

// table returns a line for each kind, and one for all: how many queries, and for each system the nDCG@10 and the share of
// queries a person would be content with. Below it is the recall of each system.
func (s *scores) table(systems []system) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%-16s %7s", s.name, "queries")
	for _, system := range systems {
		fmt.Fprintf(&b, "  %22s", system.name)
	}
	fmt.Fprintf(&b, "\n%-24s%s\n", "", strings.Repeat("        nDCG@10 content ", len(systems)))
	kinds := slices.Sorted(maps.Keys(s.byKind))
	for _, kind := range append(kinds[1:], "") {
		name := kind
		if kind == "" {
			name = "all kinds"
		}
		fmt.Fprintf(&b, "%-16s %7d", name, s.of(kind, 0).queries)
		for i := range systems {
			m := s.of(kind, i)
			fmt.Fprintf(&b, "         %.3f   %4.0f %%", m.ndcg(), 100*m.share())
		}
		b.WriteByte('\n')
	}
	for i, system := range systems {
		m, n := s.of("", i), float64(max(1, s.of("", i).queries))
		fmt.Fprintf(&b, "%-16s recall@20 %.3f  recall@50 %.3f\n", system.name, m.recall20/n, m.recall50/n)
	}
	return b.String()
}
