package engine

import "math"

// narrow keeps the documents that pass the filters, numbers and radius of a query. The filters of the facet
// except, if any, are left out. found is changed.
func (e *evaluation) filter(v *segmentView, found bitset, except string) {
	for _, f := range e.q.Filters {
		if except != "" && f.Facet == except {
			continue
		}
		one := e.pool.cleared(v.docs)
		for _, x := range f.Any {
			v.valuePostings(x.Field, x.Value).orInto(one)
		}
		found.and(one)
	}
	for _, r := range e.q.Ranges {
		v.inRange(found, r, e.pool)
	}
	if e.circle != nil {
		found.and(v.withinCircle(e.circle, e.pool))
	}
}

// inRange keeps the documents whose number lies in the range, and those that it does not bind.
func (v *segmentView) inRange(found bitset, r Range, mem *bitsetPool) {
	var bound bitset // nil: all are
	if r.Only != nil {
		bound = mem.cleared(v.docs)
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

// withIDs gives the documents that have one of the ids.
func (v *segmentView) withIDs(ids map[string]bool, mem *bitsetPool) bitset {
	out := mem.cleared(v.docs)
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

// within gives the documents with a place in the circle. It looks at places, not at documents, of which a city has many.
func (s *segment) withinCircle(around *circle, mem *bitsetPool) bitset {
	out := mem.cleared(s.docs)
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

// distance gives the kilometres to the nearest of a document's places, +Inf without any.
func (s *segment) distance(doc int, from Point) float64 {
	best := math.Inf(1)
	for p := s.pointsAt[doc]; p < s.pointsAt[doc+1]; p++ {
		best = min(best, Distance(from, Point{s.points[2*p], s.points[2*p+1]}))
	}
	return best
}
