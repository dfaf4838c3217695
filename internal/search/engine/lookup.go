package engine

import "slices"

// InTitles reports whether a term, or another one of its stem, is in the title of a document.
func (ix *Index) InTitles(term string) bool {
	stem := ix.analyzer.Stem(term)
	return ix.anySegment(func(s *segment) bool {
		return slices.ContainsFunc(s.termsOfStem(stem), func(t uint32) bool { return s.termMask[t]&(1<<FieldTitle) != 0 })
	})
}

// HasValue reports whether a document has a filter value.
func (ix *Index) HasValue(field, value string) bool {
	return ix.anySegment(func(s *segment) bool { return s.valuePostings(field, value).count > 0 })
}

// anySegment reports whether something holds for a segment. Unlike a search it waits for no other.
func (ix *Index) anySegment(holds func(*segment) bool) (found bool) {
	_ = ix.withRecovery(func() error { // the function returns no error
		snap := ix.current.Load()
		defer snap.keepAlive()
		found = slices.ContainsFunc(snap.segments, func(v *segmentView) bool { return holds(v.segment) })
		return nil
	})
	return found
}
