package engine

import (
	"cmp"
	"slices"
	"strings"
)

const defaultFacetSize = 100

// facets counts the values of the requested fields among the matches. A field with a filter of its own is counted as if that
// filter were not set, so that the other choices keep their numbers.
func (e *evaluation) facets() map[string][]FacetCount {
	if len(e.q.Facets) == 0 {
		return nil
	}
	size := e.q.FacetSize
	if size <= 0 {
		size = defaultFacetSize
	}
	out := map[string][]FacetCount{}
	for _, field := range e.q.Facets {
		if _, done := out[field]; done {
			continue
		}
		filtered := slices.ContainsFunc(e.q.Filters, func(f Filter) bool { return f.Facet == field })
		counts := e.countValues(field, func(p *segmentMatch) bitset {
			if !filtered {
				return p.matches
			}
			among := e.pool.copyOf(p.candidates)
			e.filter(p.segmentView, among, field)
			return among
		})
		out[field] = counts[:min(size, len(counts))]
	}
	return out
}

// countValues counts the values of a field, the most frequent first.
func (e *evaluation) countValues(field string, among func(*segmentMatch) bitset) []FacetCount {
	counts := map[string]int{}
	for _, p := range e.segments {
		docs := among(p)
		if docs.empty() {
			continue
		}
		prefix := field + valueSeparator
		from, to := p.values.withPrefix(prefix)
		for v := from; v < to; v++ {
			n := p.postings(p.valueFirst + uint32(v)).countAnd(docs)
			if n == 0 {
				continue
			}
			value := p.values.get(v)[len(prefix):]
			if _, known := counts[value]; !known {
				value = strings.Clone(value)
			}
			counts[value] += n
		}
	}
	out := make([]FacetCount, 0, len(counts))
	for value, n := range counts {
		out = append(out, FacetCount{value, n})
	}
	slices.SortFunc(out, func(x, y FacetCount) int {
		if c := cmp.Compare(y.Count, x.Count); c != 0 {
			return c
		}
		return cmp.Compare(x.Value, y.Value)
	})
	return out
}
