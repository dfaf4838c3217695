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
	var fields []string
	for _, field := range e.q.Facets {
		if _, done := out[field]; done {
			continue
		}
		out[field] = nil
		fields = append(fields, field)
	}
	for i, counts := range e.countValues(fields, e.facetDocs) {
		out[fields[i]] = counts[:min(size, len(counts))]
	}
	return out
}

// facetDocs returns the documents whose values of a field count.
func (e *evaluation) facetDocs(p *segmentMatch, field string) bitset {
	if !slices.ContainsFunc(e.q.Filters, func(f Filter) bool { return f.Facet == field }) {
		return p.matches
	}
	among := p.pool.copyOf(p.candidates)
	e.filter(p, among, field)
	return among
}

// valueCounts are the numbers of documents by value.
type valueCounts map[string]int

// countValues counts the values of fields, the most frequent first.
func (e *evaluation) countValues(fields []string, among func(p *segmentMatch, field string) bitset) [][]FacetCount {
	byWorker := make([][]valueCounts, e.workers.most) // and by field
	e.each(func(worker int, p *segmentMatch) {
		if byWorker[worker] == nil {
			byWorker[worker] = make([]valueCounts, len(fields))
			for i := range fields {
				byWorker[worker][i] = valueCounts{}
			}
		}
		for i, field := range fields {
			byWorker[worker][i].add(p, field, among(p, field))
		}
	})
	out := make([][]FacetCount, len(fields))
	for i := range fields {
		sum := valueCounts{}
		for _, counts := range byWorker {
			if counts == nil {
				continue
			}
			if len(sum) == 0 {
				sum = counts[i]
				continue
			}
			for value, n := range counts[i] {
				sum[value] += n
			}
		}
		out[i] = sum.mostFrequent()
	}
	return out
}

// add counts the values of a field in documents of a segment.
func (counts valueCounts) add(p *segmentMatch, field string, docs bitset) {
	if docs.empty() {
		return
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

func (counts valueCounts) mostFrequent() []FacetCount {
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
