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

// titles offers the documents whose title holds all clauses, those first whose title is the query, and takes them out of left.
func (r *ranking) titles() {
	if !r.mayKeep(r.ceiling(exactFactor)) {
		return
	}
	docs := r.e.mem.copyOf(r.left)
	for c := range r.clauses {
		r.e.grade(r.part, c, titleLevels)
		inTitle := r.e.mem.bits(r.docs)
		for _, best := range r.clauses[c].best[:titleLevels] {
			if best != nil {
				inTitle.or(best)
			}
		}
		docs.and(inTitle)
		r.reach[c] = r.clauses[c].next(0)
	}
	r.left.andNot(docs)
	all, sum := len(r.clauses), r.ceiling(1)
	if docs.count() <= fewDocs {
		r.walk(docs, r.run, exactFactor*sum)
		return
	}
	exact := r.e.mem.raw(r.docs)
	r.splitTitles(r.asked, docs, exact)
	r.walk(exact, phrase{}, exactFactor*sum)
	if len(r.run.code) > 0 {
		near := r.e.mem.copyOf(docs)
		r.keepPairs(near, r.ranks)
		docs.andNot(near)
		r.byLength(near, r.asked+1, r.run, sum, all)
	}
	r.byLength(docs, r.asked+1, phrase{}, sum, all)
}

// byLength offers documents by the length of their titles, which are no shorter than from words: the short ones are worth most.
// inTitle of the clauses are in the title, and all of them bring no more than sum.
func (r *ranking) byLength(docs bitset, from int, run phrase, sum float64, inTitle int) {
	ceiling := func(words int) float64 {
		return titleFactor(inTitle, r.asked, inTitle == len(r.clauses), len(run.code) > 0, words) * sum
	}
	if r.alike == nil {
		r.alike = r.e.mem.raw(r.docs)
	}
	for ; inTitle > 0 && from < len(r.short) && docs.count() > fewDocs; from++ {
		if !r.mayKeep(ceiling(from)) {
			return
		}
		r.splitTitles(from, docs, r.alike)
		r.walk(r.alike, run, ceiling(from))
	}
	r.walk(docs, run, ceiling(from))
}
