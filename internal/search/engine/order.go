package engine

import "math"

// byNumber offers the matches by a number of theirs, the greatest first; those without it come after the rest.
func (e *evaluation) byNumber(top *best, number func(p *part, doc int) float64) {
	for _, p := range e.parts {
		published := p.columns[ColumnPublished]
		p.match.each(func(doc int) {
			key := number(p, doc)
			if key != key {
				key = math.Inf(-1)
			}
			if key >= top.bar() {
				top.offer(candidate{key, published[doc], p, doc})
			}
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
	var paid *part
	var in bitset
	e.byNumber(top, func(p *part, doc int) float64 {
		if p != paid {
			paid, in = p, e.mem.bits(p.docs)
			p.value("currency", currency).orInto(in)
		}
		if !in.has(doc) {
			return math.NaN()
		}
		return p.columns[ColumnPay][doc]
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
