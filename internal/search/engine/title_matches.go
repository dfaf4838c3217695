package engine

// shortTitles has the documents of a segment with short titles: those at n have at most n words.
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

// splitTitles moves the documents whose titles have at most n words from docs to short.
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

// rankTitleMatches ranks the documents whose title holds all clauses, those that are no longer than the query first, and removes them from
// remaining.
func (r *ranking) rankTitleMatches() {
	if !r.isCompetitive(r.maxScore(exactTitleFactor)) {
		return
	}
	docs, best := r.pool.copyOf(r.remaining), exactTitleFactor
	for c := range r.clauses {
		r.e.fillTiers(r.segmentMatch, c, titleTiers)
		inTitle := r.pool.cleared(r.docs)
		for _, at := range r.clauses[c].tiers[:titleTiers] {
			if at != nil {
				inTitle.or(at)
			}
		}
		docs.and(inTitle)
		r.bestTier[c] = r.clauses[c].nextTier(0)
		if r.bestTier[c] != tierFor(FieldTitle, true) {
			best = 1 + coverageFactor + phraseFactor
		}
	}
	r.remaining.andNot(docs)
	all, sum := len(r.clauses), r.maxScore(1)
	if docs.count() <= scanDocs {
		r.scan(docs, r.typedPhrase, best*sum)
		return
	}
	exact := r.pool.dirty(r.docs)
	r.splitTitles(r.queryWords, docs, exact)
	r.scan(exact, r.typedPhrase, best*sum)
	if len(r.typedPhrase.code) > 0 {
		near := r.pool.copyOf(docs)
		r.filterBigrams(near, r.ranks)
		docs.andNot(near)
		r.scanByTitleLength(near, r.queryWords+1, r.typedPhrase, sum, all)
	}
	r.scanByTitleLength(docs, r.queryWords+1, phrase{}, sum, all)
}

// scanByTitleLength scores documents by length of title, since short titles have the higher upper bounds. No title is
// shorter than from words; each holds inTitle of the clauses, which contribute at most sum.
func (r *ranking) scanByTitleLength(docs bitset, from int, phrase phrase, sum float64, inTitle int) {
	maxScore := func(words int) float64 {
		return titleFactor(inTitle, len(phrase.code) > 0, words) * sum
	}
	if r.sameLength == nil {
		r.sameLength = r.pool.dirty(r.docs)
	}
	for ; inTitle > 0 && from < len(r.short) && docs.count() > scanDocs; from++ {
		if !r.isCompetitive(maxScore(from)) {
			return
		}
		r.splitTitles(from, docs, r.sameLength)
		r.scan(r.sameLength, phrase, maxScore(from))
	}
	r.scan(docs, phrase, maxScore(from))
}
