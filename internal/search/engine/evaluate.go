package engine

// phraseBudget is how many documents one search reads to verify its phrases, after the bigrams have ruled others out. Beyond
// it the older documents are left out and the total is an estimate.
const phraseBudget = 30_000

// evaluation is one query on one snapshot: first the matches in every segment, then their order (ranking.go).
type evaluation struct {
	q         *Query
	words     Words
	segments  []*segmentMatch // newest first
	pool      *bitsetPool
	circle    *circle   // nil without a radius
	scopeDocs int       // documents in scope
	docFreq   []int     // by clause of Must: the documents in scope for which it holds
	idf       []float64 // by clause of Must
	whereFreq []int     // by clause of Where: the documents in scope for which it holds
	relaxed   int       // 0: all words are evaluated; otherwise the number of the relaxation
	missing   []string  // the words that are left out, as typed
	factor    float64   // of all scores

	phraseLeft                   int
	phraseChecked, phraseSkipped int
}

// segmentMatch is a query on one segment.
type segmentMatch struct {
	owner  *evaluation
	number int // of the segment in the evaluation of all words
	*segmentView
	scope      bitset
	candidates bitset // in scope and matching the words; already filtered when no facets are asked for
	matches    bitset // candidates that also pass the filters
	clauses    []clauseMatch
	where      []clauseMatch
	terms      []wordTerms   // cache of termsFor
	phrases    []*phraseDocs // cache of phraseDocsOf
}

// clauseMatch holds the documents of one segment that match a clause.
type clauseMatch struct {
	docs      bitset // matched by the condition or an alternative that is not a phrase
	condition bitset // matched by the condition; nil without one
	phrases   []phraseMatch
	impactTiers
}

// phraseMatch is a phrase of a clause with the documents that may hold it. Clauses share them.
type phraseMatch struct {
	alt *Alternative
	*phraseDocs
}

func evaluate(snap *snapshot, q *Query, pool *bitsetPool) *evaluation {
	e := &evaluation{q: q, words: q.Words, pool: pool, phraseLeft: phraseBudget, factor: 1}
	if q.Near != nil {
		e.circle = circleOf(*q.Near)
	}
	e.docFreq = make([]int, len(e.words.Must))
	e.whereFreq = make([]int, len(e.words.Where))
	for _, v := range newestFirst(snap.segments) {
		p := &segmentMatch{owner: e, number: len(e.segments), segmentView: v, scope: v.scopeOf(q.Scope, pool)}
		e.scopeDocs += p.scope.count()
		p.clauses = make([]clauseMatch, len(q.Words.Must))
		p.where = make([]clauseMatch, len(q.Words.Where))
		e.segments = append(e.segments, p)
		for c := range e.words.Where {
			e.whereFreq[c] += e.matchClause(p, &e.words.Where[c], &p.where[c])
		}
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
	for _, docFreq := range e.docFreq {
		e.idf = append(e.idf, idf(e.scopeDocs, docFreq))
	}
	return e
}

// matchSegment finds the documents of a segment that match. Phrases come last, because they are verified in every document
// that nothing else rules out.
func (e *evaluation) matchSegment(p *segmentMatch) {
	p.candidates = e.pool.copyOf(p.scope)
	for _, clauses := range [...][]clauseMatch{p.clauses, p.where} {
		for c := range clauses {
			p.candidates.and(clauses[c].approximation(p, e.pool))
		}
	}
	if e.q.IDs != nil {
		p.candidates.and(p.withIDs(e.q.IDs, e.pool))
	}
	without := e.excluded(p)
	for c := range without {
		p.candidates.andNot(without[c].docs)
	}
	if len(e.q.Facets) == 0 {
		e.filter(p.segmentView, p.candidates, "")
	}
	if p.matches = p.candidates; p.candidates.empty() {
		return // before any of the phrase budget is used, since the last clause may yet be read as a prefix
	}
	for _, clauses := range [...][]clauseMatch{p.clauses, p.where} {
		for c := range clauses {
			if len(clauses[c].phrases) > 0 {
				p.candidates.and(e.verifyPhrases(p, &clauses[c]))
			}
		}
	}
	e.excludePhrases(p, without)
	if len(e.q.Facets) > 0 && e.hasFilters() {
		p.matches = e.pool.copyOf(p.candidates)
		e.filter(p.segmentView, p.matches, "")
	}
}

// excluded returns the clauses that must not match.
func (e *evaluation) excluded(p *segmentMatch) []clauseMatch {
	list := make([]clauseMatch, len(e.words.MustNot))
	for c := range list {
		e.matchClause(p, &e.words.MustNot[c], &list[c])
	}
	return list
}

// excludePhrases removes the candidates that hold phrases of clauses that must not match.
func (e *evaluation) excludePhrases(p *segmentMatch, without []clauseMatch) {
	for c := range without {
		if len(without[c].phrases) > 0 {
			p.candidates.andNot(e.verifyPhrases(p, &without[c]))
		}
	}
}

// hasFilters reports whether the query has filters.
func (e *evaluation) hasFilters() bool {
	return len(e.q.Filters) > 0 || len(e.q.Ranges) > 0 || e.q.Near != nil
}

// approximation returns the documents that match the clause, or may match one of its phrases.
func (cm *clauseMatch) approximation(p *segmentMatch, pool *bitsetPool) bitset {
	if len(cm.phrases) == 0 {
		return cm.docs
	}
	may := pool.copyOf(cm.docs)
	for _, one := range cm.phrases {
		may.or(one.docs)
	}
	return may
}

// lastAsPrefix returns the query with its last word read as a prefix.
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

// matchClause finds the documents that match a clause, or may match it by a phrase. It returns the number of documents in
// scope for which the condition holds or that hold all words of an alternative; for a phrase, anywhere in its field.
func (e *evaluation) matchClause(p *segmentMatch, c *Clause, cm *clauseMatch) (docFreq int) {
	cm.docs = e.pool.cleared(p.docs)
	if c.Condition != nil {
		cm.condition = c.Condition.holds(p.segmentView, e.pool)
		cm.docs.or(cm.condition)
	}
	var holding bitset // with phrases: the documents that hold all words of an alternative
	for i := range c.Any {
		alt := &c.Any[i]
		if !alt.Phrase && alt.Only == nil { // the usual case
			p.orWord(alt.Words[0], alt.Field, cm.docs)
			continue
		}
		if !alt.Phrase {
			some := e.pool.cleared(p.docs)
			p.orWord(alt.Words[0], alt.Field, some)
			p.restrict(some, alt.Only, e.pool)
			cm.docs.or(some)
			continue
		}
		found := p.phraseDocsOf(alt, e.pool)
		if found == nil {
			continue
		}
		if holding == nil {
			holding = e.pool.cleared(p.docs)
		}
		holding.or(found.holding)
		cm.phrases = append(cm.phrases, phraseMatch{alt, found})
	}
	if holding == nil {
		return cm.docs.countAnd(p.scope)
	}
	holding.or(cm.docs)
	return holding.countAnd(p.scope)
}

// total returns the number of matches, which is an estimate when the phrase budget ran out.
func (e *evaluation) total() (n int, estimated bool) {
	for _, p := range e.segments {
		n += p.matches.count()
	}
	if e.phraseSkipped > 0 {
		n += n * e.phraseSkipped / max(1, e.phraseChecked)
	}
	return n, e.phraseSkipped > 0
}
