package engine

// phraseBudget is how many documents one search looks into for its phrases, after the pairs have told where they may be.
// Beyond it the older documents are left out and the total is estimated.
const phraseBudget = 30_000

// evaluation is one query on one snapshot: first what matches, in every segment; then the order, in rank.go.
type evaluation struct {
	q         *Query
	words     Words
	segments  []*segmentMatch // the newest first
	pool      *bitsetPool
	circle    *circle   // nil without a radius
	scopeDocs int       // documents in scope
	docFreq   []int     // by clause: documents in scope that hold its words
	idf       []float64 // by clause

	phraseLeft                   int
	phraseChecked, phraseSkipped int
}

// part is a query on one segment.
type segmentMatch struct {
	*segmentView
	scope      bitset
	candidates bitset // in scope and with the words; without facets also past the filters
	matches    bitset // that also passes the filters
	clauses    []clauseMatch
	terms      []wordTerms // those looked up
}

// clauseHits is where a clause holds.
type clauseMatch struct {
	docs    bitset // by an alternative that is no phrase
	phrases []phraseMatch
	impactTiers
}

// phraseHits is where a phrase may be.
type phraseMatch struct {
	alt *Alternative
	phrase
	docs bitset
}

func evaluate(snap *snapshot, q *Query, mem *bitsetPool) *evaluation {
	e := &evaluation{q: q, words: q.Words, pool: mem, phraseLeft: phraseBudget}
	if q.Near != nil {
		e.circle = circleOf(*q.Near)
	}
	e.docFreq = make([]int, len(e.words.Must))
	for _, v := range newestFirst(snap.segments) {
		p := &segmentMatch{segmentView: v, scope: v.scopeOf(q.Scope, mem)}
		e.scopeDocs += p.scope.count()
		p.clauses = make([]clauseMatch, len(q.Words.Must))
		e.segments = append(e.segments, p)
		for c := range e.words.Must {
			e.docFreq[c] += e.matchClause(p, &e.words.Must[c], &p.clauses[c])
		}
		e.matchSegment(p)
	}
	if last := len(e.words.Must) - 1; e.words.Typing && e.docFreq[last] == 0 {
		e.words = e.words.lastAsPrefix()
		for _, p := range e.segments {
			p.clauses[last] = clauseMatch{}
			e.docFreq[last] += e.matchClause(p, &e.words.Must[last], &p.clauses[last])
			e.matchSegment(p)
		}
	}
	for _, with := range e.docFreq {
		e.idf = append(e.idf, idf(e.scopeDocs, with))
	}
	return e
}

// match finds the documents of a segment that answer. Phrases come last: what nothing else rules out is looked into.
func (e *evaluation) matchSegment(p *segmentMatch) {
	p.candidates = e.pool.copyOf(p.scope)
	for c := range p.clauses {
		p.candidates.and(p.clauses[c].approximation(p, e.pool))
	}
	if e.q.IDs != nil {
		p.candidates.and(p.withIDs(e.q.IDs, e.pool))
	}
	without := make([]clauseMatch, len(e.words.MustNot))
	for c := range e.words.MustNot {
		e.matchClause(p, &e.words.MustNot[c], &without[c])
		p.candidates.andNot(without[c].docs)
	}
	if len(e.q.Facets) == 0 {
		e.filter(p.segmentView, p.candidates, "")
	}
	if p.matches = p.candidates; p.candidates.empty() {
		return // before the phrases are used up, since the last clause may be read in another way
	}
	for c := range p.clauses {
		if len(p.clauses[c].phrases) > 0 {
			p.candidates.and(e.verifyPhrases(p, &p.clauses[c]))
		}
	}
	for c := range without {
		if len(without[c].phrases) > 0 {
			p.candidates.andNot(e.verifyPhrases(p, &without[c]))
		}
	}
	if len(e.q.Facets) > 0 && e.hasFilters() {
		p.matches = e.pool.copyOf(p.candidates)
		e.filter(p.segmentView, p.matches, "")
	}
}

// narrows tells whether the query has filters.
func (e *evaluation) hasFilters() bool {
	return len(e.q.Filters) > 0 || len(e.q.Ranges) > 0 || e.q.Near != nil
}

// mayHold gives the documents where the clause holds, or may hold by a phrase.
func (h *clauseMatch) approximation(p *segmentMatch, mem *bitsetPool) bitset {
	if len(h.phrases) == 0 {
		return h.docs
	}
	may := mem.copyOf(h.docs)
	for _, one := range h.phrases {
		may.or(one.docs)
	}
	return may
}

// typed reads the last word as the beginning of one.
func (w Words) lastAsPrefix() Words {
	must := append([]Clause(nil), w.Must...)
	last := &must[len(must)-1]
	last.Any = append([]Alternative(nil), last.Any...)
	word := last.Any[0].Words[0]
	word.Prefix = true
	last.Any[0].Words = []Word{word}
	w.Must = must
	return w
}

// find gives where a clause may hold, and counts the documents in scope that hold all words of an alternative: of a phrase
// too, wherever in its field they stand.
func (e *evaluation) matchClause(p *segmentMatch, c *Clause, hits *clauseMatch) (with int) {
	hits.docs = e.pool.cleared(p.docs)
	var holding bitset // with phrases: where all words of an alternative are
	for i := range c.Any {
		alt := &c.Any[i]
		if len(alt.Words) == 1 && !alt.Phrase { // most of the time
			p.orWord(alt.Words[0], alt.Field, hits.docs)
			continue
		}
		found := p.allWords(alt, e.pool)
		if !alt.Phrase {
			hits.docs.or(found)
			continue
		}
		if holding == nil {
			holding = e.pool.cleared(p.docs)
		}
		holding.or(found)
		if ranks := p.ranksOf(alt.stems()); ranks != nil {
			p.filterBigrams(found, ranks)
			hits.phrases = append(hits.phrases, phraseMatch{alt, phraseOf(ranks), found})
		}
	}
	if holding == nil {
		return hits.docs.countAnd(p.scope)
	}
	holding.or(hits.docs)
	return holding.countAnd(p.scope)
}

func (a *Alternative) stems() []string {
	stems := make([]string, len(a.Words))
	for i, w := range a.Words {
		stems[i] = w.Stem
	}
	return stems
}

// allWords gives the documents that hold all words of an alternative in its field.
func (p *segmentMatch) allWords(alt *Alternative, mem *bitsetPool) bitset {
	out := mem.cleared(p.docs)
	p.orWord(alt.Words[0], alt.Field, out)
	for _, w := range alt.Words[1:] {
		one := mem.cleared(p.docs)
		p.orWord(w, alt.Field, one)
		out.and(one)
	}
	return out
}

// lookInto gives the documents of base where a clause with phrases holds, and notes the fields of the phrases.
func (e *evaluation) verifyPhrases(p *segmentMatch, hits *clauseMatch) bitset {
	holds := e.pool.copyOf(hits.docs)
	for _, one := range hits.phrases {
		one.docs.and(p.candidates)
		left, seen := one.docs.count(), 0
		one.docs.eachDown(func(doc int) bool {
			if seen == e.phraseLeft {
				return false
			}
			seen++
			if f, ok := one.find(p.positionsOf(doc), one.alt.Field); ok {
				hits.docsAt(tierFor(f, true), p, e.pool).set(doc)
				holds.set(doc)
			}
			return true
		})
		e.phraseLeft -= seen
		e.phraseChecked += seen
		e.phraseSkipped += left - seen
	}
	return holds
}

// total counts the matches; estimated when phrases had to leave candidates out.
func (e *evaluation) total() (n int, estimated bool) {
	for _, p := range e.segments {
		n += p.matches.count()
	}
	if e.phraseSkipped > 0 {
		n += n * e.phraseSkipped / max(1, e.phraseChecked)
	}
	return n, e.phraseSkipped > 0
}
