package engine

// shortTitles says which documents of a segment have short titles: those at n have at most n words.
type shortTitles [8]bitset

func shortTitlesOf(titleWords []uint8) (t shortTitles) {
	words := wordsFor(len(titleWords))
	room := make(bitset, len(t)*words)
	for n := range t {
		t[n] = room[n*words:][:words:words]
	}
	for doc, n := range titleWords {
		if int(n) < len(t) {
			t[n].set(doc)
		}
	}
	for n := 1; n < len(t); n++ {
		t[n].or(t[n-1])
	}
	return t
}

// splitTitles moves those of docs whose titles have at most n words to short.
func (s *segment) splitTitles(n int, docs, short bitset) {
	if n < len(s.short) {
		docs.split(s.short[n], short)
		return
	}
	clear(short)
	docs.each(func(doc int) {
		if int(s.titleWords[doc]) <= n {
			docs.clear(doc)
			short.set(doc)
		}
	})
}
