package engine

import (
	"math"
	"math/bits"
)

// byDistance offers the matches by the way to their nearest place, the shortest first.
func (e *evaluation) byDistance(top *topK, from Point) {
	for _, p := range e.segments {
		published := p.columns[ColumnPublished]
		p.matches.each(func(doc int) {
			if key := -p.distance(doc, from); key >= top.threshold() {
				top.offer(match{key, published[doc], p, doc})
			}
		})
	}
}

// byColumn offers the matches by a number of theirs, times sign, the greatest first; those that lack it, or are not in among,
// come after the rest. among gives documents of a part, nil for all.
func (e *evaluation) byColumn(top *topK, c Column, sign float64, among func(*segmentMatch) bitset) {
	for _, p := range e.segments {
		in := p.matches
		if among != nil {
			in = e.pool.copyOf(p.matches)
			in.and(among(p))
		}
		column, published := p.columns[c], p.columns[ColumnPublished]
		threshold := top.threshold()
		for i, w := range in { // a loop of its own: it runs over all matches
			for ; w != 0; w &= w - 1 {
				doc := i<<6 + bits.TrailingZeros64(w)
				if key := sign * column[doc]; key >= threshold { // never without a number
					top.offer(match{key, published[doc], p, doc})
					threshold = top.threshold()
				}
			}
		}
	}
	if top.full() {
		return
	}
	for _, p := range e.segments {
		column, published := p.columns[c], p.columns[ColumnPublished]
		var in bitset
		if among != nil {
			in = among(p)
		}
		p.matches.eachDown(func(doc int) bool {
			if x := column[doc]; x == x && (in == nil || in.has(doc)) {
				return true // offered before
			}
			if !top.acceptsMissing(published[doc]) {
				return false
			}
			top.offer(match{math.Inf(-1), published[doc], p, doc})
			return true
		})
	}
}

// byNewest offers the matches by their publishing, which is the order they lie in.
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

// byPay ranks what is paid in one currency; other currencies cannot be compared, so they come after.
func (e *evaluation) bySalary(top *topK) {
	currency := e.q.Currency
	if currency == "" {
		currency = e.commonest("currency")
	}
	e.byColumn(top, ColumnSalary, 1, func(p *segmentMatch) bitset {
		in := e.pool.cleared(p.docs)
		p.valuePostings("currency", currency).orInto(in)
		return in
	})
}

// commonest gives the value of a filter field that most matches have, the first by name among equals.
func (e *evaluation) commonest(field string) string {
	top := e.countValues(field, func(p *segmentMatch) bitset { return p.matches })
	if len(top) == 0 {
		return ""
	}
	return top[0].Value
}
