package engine

import (
	"math"
	"math/bits"
)

// byDistance collects the matches by distance to their nearest place, the shortest first.
func (e *evaluation) byDistance(top *topK, from Point) {
	e.collect(top, func(top *topK, i int) {
		p := e.segments[i]
		published := p.columns[ColumnPublished]
		p.matches.each(func(doc int) {
			if key := -p.distance(doc, from); key >= top.threshold() {
				top.offer(match{key, published[doc], p, doc})
			}
		})
	})
}

// byColumn collects the matches by a column times sign, in descending order. Those without a value, or not in the documents
// that among returns, come last; a nil among means all documents.
func (e *evaluation) byColumn(top *topK, c Column, sign float64, among func(*segmentMatch) bitset) {
	e.collect(top, func(top *topK, i int) {
		p := e.segments[i]
		in := p.matches
		if among != nil {
			in = p.pool.copyOf(p.matches)
			in.and(among(p))
		}
		column, published := p.columns[c], p.columns[ColumnPublished]
		threshold := top.threshold()
		for i, w := range in { // a specialised loop, because it visits all matches
			for ; w != 0; w &= w - 1 {
				doc := i<<6 + bits.TrailingZeros64(w)
				if key := sign * column[doc]; key >= threshold { // false for NaN
					top.offer(match{key, published[doc], p, doc})
					threshold = top.threshold()
				}
			}
		}
	})
	if top.full() {
		return
	}
	for _, p := range e.segments { // the newest come first, so it ends soon
		column, published := p.columns[c], p.columns[ColumnPublished]
		var in bitset
		if among != nil {
			in = among(p)
		}
		p.matches.eachDown(func(doc int) bool {
			if x := column[doc]; x == x && (in == nil || in.has(doc)) {
				return true // collected by the first loop
			}
			if !top.acceptsMissing(published[doc]) {
				return false
			}
			top.offer(match{math.Inf(-1), published[doc], p, doc})
			return true
		})
	}
}

// byNewest collects the matches by publication time, which is the order of the documents in a segment.
func (e *evaluation) byNewest(top *topK) {
	for _, p := range e.segments {
		published := p.columns[ColumnPublished]
		p.matches.eachDown(func(doc int) bool {
			if published[doc] < top.threshold() {
				return false
			}
			top.offer(match{published[doc], published[doc], p, doc})
			return true
		})
	}
}

// bySalary ranks salaries in one currency, times sign. Others cannot be compared with them, so they come last.
func (e *evaluation) bySalary(top *topK, sign float64) {
	currency := e.q.Currency
	if currency == "" {
		currency = e.mostFrequentValue("currency")
	}
	e.byColumn(top, ColumnSalary, sign, func(p *segmentMatch) bitset {
		in := p.pool.cleared(p.docs)
		p.valuePostings("currency", currency).orInto(in)
		return in
	})
}

// mostFrequentValue returns the value of a filter field that most matches have; of equally frequent ones, the first in sorted
// order.
func (e *evaluation) mostFrequentValue(field string) string {
	counts := e.countValues([]string{field}, func(p *segmentMatch, _ string) bitset { return p.matches })[0]
	if len(counts) == 0 {
		return ""
	}
	return counts[0].Value
}
