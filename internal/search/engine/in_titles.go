package engine

// InTitles reports whether a term, or another one of its stem, is in the title of a document.
func (ix *Index) InTitles(term string) (found bool) {
	stem := ix.analyzer.Stem(term)
	_ = ix.withRecovery(func() error { // the function returns no error
		snap := ix.current.Load()
		defer snap.keepAlive()
		for _, v := range snap.segments {
			for _, t := range v.termsOfStem(stem) {
				if v.termMask[t]&(1<<FieldTitle) != 0 {
					found = true
					return nil
				}
			}
		}
		return nil
	})
	return found
}
