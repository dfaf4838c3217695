package engine

// phraseBudget is how many documents one search reads to verify its phrases, after the bigrams have ruled others out. Beyond
// it the older documents are left out and the total is an estimate. It is a variable because tests set it lower.
var phraseBudget = 30_000

// evaluation is one query on one snapshot: first the matches in every segment, then their order (ranking.go).
type evaluation struct {
	q         *Query
	words     Words
	segments  []*segmentMatch // newest first
	sizes     []int           // of the segments, as tasks
	workers   *workers
	circle    *circle   // nil without a radius
	scopeDocs int       // documents in scope
	docFreq   []int     // by clause of Must: the documents in scope for which it holds
	idf       []float64 // by clause of Must
	whereFreq []int     // by clause of Where: the documents in scope for which it holds
	relaxed   int       // 0: all words are evaluated; otherwise the number of the relaxation
	missing   []string  // the words that are left out, as typed
	factor    float64   // of all scores

	phraseLeft                   int // of phraseBudget
	phraseChecked, phraseSkipped int
}

// segmentMatch is a query on one segment.
type segmentMatch struct {
	owner  *evaluation
	number int // of the segment in the evaluation of all words
	*segmentView
	pool       *bitsetPool
	scope      bitset
	candidates bitset // in scope and matching the words; already filtered when no facets are asked for
	matches    bitset // candidates that also pass the filters
	clauses    []clauseMatch
	where      []clauseMatch
	terms      []wordTerms   // cache of termsFor
	phrases    []*phraseDocs // cache of phraseDocsOf
	without    []clauseMatch // the clauses that must not match

	scopeDocs          int   // documents in scope
	docFreq, whereFreq []int // as in the evaluation

	phraseLeft                   int // how many documents may be read to verify phrases
	phraseChecked, phraseSkipped int
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

func evaluate(snap *snapshot, q *Query, w *workers) *evaluation {
	e := &evaluation{q: q, words: q.Words, workers: w, phraseLeft: phraseBudget, factor: 1}
	if q.Near != nil {
		e.circle = circleOf(*q.Near)
		if w.most > 1 {
			e.circle.known = nil
		}
	}
	for i, v := range newestFirst(snap.segments) {
		e.segments = append(e.segments, &segmentMatch{owner: e, number: i, segmentView: v, pool: &w.pool})
		e.sizes = append(e.sizes, v.docs)
	}
	withPhrases := e.words.havePhrases()
	e.each(func(_ int, p *segmentMatch) {
		p.scope = p.scopeOf(q.Scope, p.pool)
		p.scopeDocs = p.scope.count()
		p.where, p.whereFreq = e.matchClauses(p, e.words.Where)
		p.clauses, p.docFreq = e.matchClauses(p, e.words.Must)
		e.approximate(p)
		if !withPhrases {
			e.complete(p)
		}
	})
	e.docFreq = make([]int, len(e.words.Must))
	e.whereFreq = make([]int, len(e.words.Where))
	for _, p := range e.segments {
		e.scopeDocs += p.scopeDocs
		addTo(e.docFreq, p.docFreq)
		addTo(e.whereFreq, p.whereFreq)
	}
	if last := len(e.words.Must) - 1; e.words.Typing && e.docFreq[last] == 0 {
		e.words = e.words.lastAsPrefix()
		e.each(func(_ int, p *segmentMatch) {
			p.clauses[last] = clauseMatch{}
			p.docFreq[last] = e.matchClause(p, &e.words.Must[last], &p.clauses[last])
			e.approximate(p)
			if !withPhrases {
				e.complete(p)
			}
		})
		for _, p := range e.segments {
			e.docFreq[last] += p.docFreq[last]
		}
	}
	if withPhrases {
		e.completeWithPhrases()
	}
	for _, docFreq := range e.docFreq {
		e.idf = append(e.idf, idf(e.scopeDocs, docFreq))
	}
	return e
}

// each runs a task for every segment.
func (e *evaluation) each(do func(worker int, p *segmentMatch)) {
	e.workers.each(e.sizes, func(worker, task int) { do(worker, e.segments[task]) })
}

func addTo(sums, numbers []int) {
	for i, n := range numbers {
		sums[i] += n
	}
}

// matchClauses also returns how many documents in scope hold each clause.
func (e *evaluation) matchClauses(p *segmentMatch, clauses []Clause) ([]clauseMatch, []int) {
	matches, docFreq := make([]clauseMatch, len(clauses)), make([]int, len(clauses))
	for c := range clauses {
		docFreq[c] = e.matchClause(p, &clauses[c], &matches[c])
	}
	return matches, docFreq
}

// approximate finds the documents of a segment that match, or would if they held the phrases, which complete verifies.
func (e *evaluation) approximate(p *segmentMatch) {
	p.candidates = p.pool.copyOf(p.scope)
	for _, clauses := range [...][]clauseMatch{p.clauses, p.where} {
		for c := range clauses {
			p.candidates.and(clauses[c].approximation(p))
		}
	}
	if e.q.IDs != nil {
		p.candidates.and(p.withIDs(e.q.IDs, p.pool))
	}
	p.without = e.excluded(p)
	for c := range p.without {
		p.candidates.andNot(p.without[c].docs)
	}
	if len(e.q.Facets) == 0 {
		e.filter(p, p.candidates, "")
	}
	p.matches = p.candidates
}

// complete verifies the phrases of a segment, which are read in every document that nothing else rules out, and applies the filters.
func (e *evaluation) complete(p *segmentMatch) {
	if p.candidates.empty() {
		return
	}
	for _, clauses := range [...][]clauseMatch{p.clauses, p.where} {
		for c := range clauses {
			if len(clauses[c].phrases) > 0 {
				p.candidates.and(p.verifyPhrases(&clauses[c]))
			}
		}
	}
	p.excludePhrases(p.without)
	if len(e.q.Facets) > 0 && e.hasFilters() {
		p.matches = p.pool.copyOf(p.candidates)
		e.filter(p, p.matches, "")
	}
}

// excluded returns the clauses that must not match.
func (e *evaluation) excluded(p *segmentMatch) []clauseMatch {
	list, _ := e.matchClauses(p, e.words.MustNot)
	return list
}

// excludePhrases removes the candidates that hold phrases of clauses that must not match.
func (p *segmentMatch) excludePhrases(without []clauseMatch) {
	for c := range without {
		if len(without[c].phrases) > 0 {
			p.candidates.andNot(p.verifyPhrases(&without[c]))
		}
	}
}

// hasFilters reports whether the query has filters.
func (e *evaluation) hasFilters() bool {
	return len(e.q.Filters) > 0 || len(e.q.Ranges) > 0 || e.q.Near != nil
}

// approximation returns the documents that match the clause, or may match one of its phrases.
func (cm *clauseMatch) approximation(p *segmentMatch) bitset {
	if len(cm.phrases) == 0 {
		return cm.docs
	}
	may := p.pool.copyOf(cm.docs)
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
	cm.docs = p.pool.cleared(p.docs)
	if c.Condition != nil {
		cm.condition = c.Condition.holds(p.segmentView, p.pool)
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
			some := p.pool.cleared(p.docs)
			p.orWord(alt.Words[0], alt.Field, some)
			p.restrict(some, alt.Only, p.pool)
			cm.docs.or(some)
			continue
		}
		found := p.phraseDocsOf(alt, p.pool)
		if found == nil {
			continue
		}
		if holding == nil {
			holding = p.pool.cleared(p.docs)
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
