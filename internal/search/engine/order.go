package engine

import (
	"math"
	"math/bits"
)

// byDistance offers the matches by the way to their nearest place, the shortest first.
func (e *evaluation) byDistance(top *best, from Point) {
	for _, p := range e.parts {
		published := p.columns[ColumnPublished]
		p.match.each(func(doc int) {
			if key := -p.distance(doc, from); key >= top.bar() {
				top.offer(candidate{key, published[doc], p, doc})
			}
		})
	}
}

// byColumn offers the matches by a number of theirs, times sign, the greatest first; those that lack it, or are not in among,
// come after the rest. among gives documents of a part, nil for all.
func (e *evaluation) byColumn(top *best, c Column, sign float64, among func(*part) bitset) {
	for _, p := range e.parts {
		in := p.match
		if among != nil {
			in = e.mem.copyOf(p.match)
			in.and(among(p))
		}
		column, published := p.columns[c], p.columns[ColumnPublished]
		bar := top.bar()
		for i, w := range in { // a loop of its own: it runs over all matches
			for ; w != 0; w &= w - 1 {
				doc := i<<6 + bits.TrailingZeros64(w)
				if key := sign * column[doc]; key >= bar { // never without a number
					top.offer(candidate{key, published[doc], p, doc})
					bar = top.bar()
				}
			}
		}
	}
	if top.full() {
		return
	}
	for _, p := range e.parts {
		column, published := p.columns[c], p.columns[ColumnPublished]
		var in bitset
		if among != nil {
			in = among(p)
		}
		p.match.eachDown(func(doc int) bool {
			if x := column[doc]; x == x && (in == nil || in.has(doc)) {
				return true // offered before
			}
			if !top.mayKeepLast(published[doc]) {
				return false
			}
			top.offer(candidate{math.Inf(-1), published[doc], p, doc})
			return true
		})
	}
}

// byNewest offers the matches by their publishing, which is the order they lie in.
func (e *evaluation) byNewest(top *best) {
	for _, p := range e.parts {
		published := p.columns[ColumnPublished]
		p.match.eachDown(func(doc int) bool {
			if published[doc] < top.bar() {
				return false
			}
			top.offer(candidate{published[doc], published[doc], p, doc})
			return true
		})
	}
}

// byPay ranks what is paid in one currency; other currencies cannot be compared, so they come after.
func (e *evaluation) byPay(top *best) {
	currency := e.q.Currency
	if currency == "" {
		currency = e.commonest("currency")
	}
	e.byColumn(top, ColumnPay, 1, func(p *part) bitset {
		in := e.mem.bits(p.docs)
		p.value("currency", currency).orInto(in)
		return in
	})
}

// commonest gives the value of a filter field that most matches have, the first by name among equals.
func (e *evaluation) commonest(field string) string {
	top := e.countValues(field, func(p *part) bitset { return p.match })
	if len(top) == 0 {
		return ""
	}
	return top[0].Value
}
