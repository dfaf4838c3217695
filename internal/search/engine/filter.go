package engine

import "math"

// filter removes from found the documents that do not pass the filters, ranges and radius of the query. The filters of the
// facet except, if any, are not applied.
func (e *evaluation) filter(p *segmentMatch, found bitset, except string) {
	for _, f := range e.q.Filters {
		if except != "" && f.Facet == except {
			continue
		}
		one := p.pool.cleared(p.docs)
		for _, x := range f.Any {
			p.valuePostings(x.Field, x.Value).orInto(one)
		}
		found.and(one)
	}
	for _, r := range e.q.Ranges {
		p.inRange(found, r, p.pool)
	}
	if e.circle != nil {
		found.and(p.withinCircle(e.circle, p.pool))
	}
}

// holds returns the documents for which a condition holds.
func (c *Condition) holds(v *segmentView, pool *bitsetPool) bitset {
	found := pool.cleared(v.docs)
	if c.Any == nil {
		found.fill(v.docs)
	}
	for _, x := range c.Any {
		v.valuePostings(x.Field, x.Value).orInto(found)
	}
	if c.Range != nil {
		v.inRange(found, *c.Range, pool)
	}
	if c.Near != nil {
		found.and(v.withinCircle(circleOf(*c.Near), pool))
	}
	return found
}

// inRange removes the documents whose number is outside the range, unless the range does not bind them.
func (v *segmentView) inRange(found bitset, r Range, pool *bitsetPool) {
	var bound bitset // the documents that the range binds; nil: all
	if r.Only != nil {
		bound = pool.cleared(v.docs)
		for _, x := range r.Only {
			v.valuePostings(x.Field, x.Value).orInto(bound)
		}
	} else if low, high := v.columnMin[r.Column], v.columnMax[r.Column]; !(low <= r.Max && high >= r.Min) {
		clear(found) // also when no document has the number
		return
	}
	column := v.columns[r.Column]
	found.each(func(doc int) {
		x := column[doc]
		in := x >= r.Min && x <= r.Max
		if bound != nil && !bound.has(doc) {
			in = x == x
		}
		if !in {
			found.clear(doc)
		}
	})
}

// withIDs returns the documents that have one of the ids.
func (v *segmentView) withIDs(ids map[string]bool, pool *bitsetPool) bitset {
	out := pool.cleared(v.docs)
	const steps = 16 // of a binary search in a full segment
	if len(ids)*steps < v.docs {
		for id := range ids {
			if doc, ok := v.findID(id); ok {
				out.set(doc)
			}
		}
		return out
	}
	for doc := range v.docs {
		if ids[v.ids.get(doc)] {
			out.set(doc)
		}
	}
	return out
}

// withinCircle returns the documents with a place in the circle. It tests places, not documents: a city has many documents.
func (s *segment) withinCircle(around *circle, pool *bitsetPool) bitset {
	out := pool.cleared(s.docs)
	for _, cell := range around.cells {
		from, to := s.values.withPrefix(valueKey(placeField, cell.places()))
		for v := from; v < to; v++ {
			if around.holds(pointOf(s.values.bytes(v))) {
				s.postings(s.valueFirst + uint32(v)).orInto(out)
			}
		}
	}
	return out
}

// distance returns the kilometres to the nearest of a document's places, or +Inf when it has none.
func (s *segment) distance(doc int, from Point) float64 {
	best := math.Inf(1)
	for p := s.pointsAt[doc]; p < s.pointsAt[doc+1]; p++ {
		best = min(best, Distance(from, Point{s.points[2*p], s.points[2*p+1]}))
	}
	return best
}
