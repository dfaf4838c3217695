package engine

// phraseBudget is how many documents one search looks into for its phrases, after the pairs have told where they may be.
// Beyond it the older documents are left out and the total is estimated.
const phraseBudget = 30_000

// evaluation is one query on one snapshot: first what matches, in every segment; then the order, in rank.go.
type evaluation struct {
	q       *Query
	words   Words
	parts   []*part // the newest first
	mem     *scratch
	around  *circle   // nil without a radius
	visible int       // documents in scope
	with    []int     // by clause: documents in scope that hold its words
	rarity  []float64 // by clause

	phraseLeft             int
	phraseSeen, phraseLost int
}

// part is a query on one segment.
type part struct {
	*segmentView
	scope   bitset
	base    bitset // in scope and with the words; without facets also past the filters
	match   bitset // that also passes the filters
	clauses []clauseHits
	words   []wordForms // those looked up
}

// clauseHits is where a clause holds.
type clauseHits struct {
	plain   bitset // by an alternative that is no phrase
	phrases []phraseHits
	grades
}

// phraseHits is where a phrase may be.
type phraseHits struct {
	alt *Alternative
	phrase
	docs bitset
}

func evaluate(snap *snapshot, q *Query, mem *scratch) *evaluation {
	e := &evaluation{q: q, words: q.Words, mem: mem, phraseLeft: phraseBudget}
	if q.Near != nil {
		e.around = circleOf(*q.Near)
	}
	e.with = make([]int, len(e.words.Must))
	for _, v := range newestFirst(snap.segments) {
		p := &part{segmentView: v, scope: v.scopeOf(q.Scope, mem)}
		e.visible += p.scope.count()
		p.clauses = make([]clauseHits, len(q.Words.Must))
		e.parts = append(e.parts, p)
		for c := range e.words.Must {
			e.with[c] += e.find(p, &e.words.Must[c], &p.clauses[c])
		}
		e.match(p)
	}
	if last := len(e.words.Must) - 1; e.words.Typing && e.with[last] == 0 {
		e.words = e.words.typed()
		for _, p := range e.parts {
			p.clauses[last] = clauseHits{}
			e.with[last] += e.find(p, &e.words.Must[last], &p.clauses[last])
			e.match(p)
		}
	}
	for _, with := range e.with {
		e.rarity = append(e.rarity, rarity(e.visible, with))
	}
	return e
}

// match finds the documents of a segment that answer. Phrases come last: what nothing else rules out is looked into.
func (e *evaluation) match(p *part) {
	p.base = e.mem.copyOf(p.scope)
	for c := range p.clauses {
		p.base.and(p.clauses[c].mayHold(p, e.mem))
	}
	if e.q.IDs != nil {
		p.base.and(p.withIDs(e.q.IDs, e.mem))
	}
	without := make([]clauseHits, len(e.words.MustNot))
	for c := range e.words.MustNot {
		e.find(p, &e.words.MustNot[c], &without[c])
		p.base.andNot(without[c].plain)
	}
	if len(e.q.Facets) == 0 {
		e.narrow(p.segmentView, p.base, "")
	}
	if p.match = p.base; p.base.empty() {
		return // before the phrases are used up, since the last clause may be read in another way
	}
	for c := range p.clauses {
		if len(p.clauses[c].phrases) > 0 {
			p.base.and(e.lookInto(p, &p.clauses[c]))
		}
	}
	for c := range without {
		if len(without[c].phrases) > 0 {
			p.base.andNot(e.lookInto(p, &without[c]))
		}
	}
	if len(e.q.Facets) > 0 && e.narrows() {
		p.match = e.mem.copyOf(p.base)
		e.narrow(p.segmentView, p.match, "")
	}
}

// narrows tells whether the query has filters.
func (e *evaluation) narrows() bool {
	return len(e.q.Filters) > 0 || len(e.q.Ranges) > 0 || e.q.Near != nil
}

// mayHold gives the documents where the clause holds, or may hold by a phrase.
func (h *clauseHits) mayHold(p *part, mem *scratch) bitset {
	if len(h.phrases) == 0 {
		return h.plain
	}
	may := mem.copyOf(h.plain)
	for _, one := range h.phrases {
		may.or(one.docs)
	}
	return may
}

// typed reads the last word as the beginning of one.
func (w Words) typed() Words {
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
func (e *evaluation) find(p *part, c *Clause, hits *clauseHits) (with int) {
	hits.plain = e.mem.bits(p.docs)
	var holding bitset // with phrases: where all words of an alternative are
	for i := range c.Any {
		alt := &c.Any[i]
		if len(alt.Words) == 1 && !alt.Phrase { // most of the time
			p.wordIn(alt.Words[0], alt.Field, hits.plain)
			continue
		}
		found := p.allWords(alt, e.mem)
		if !alt.Phrase {
			hits.plain.or(found)
			continue
		}
		if holding == nil {
			holding = e.mem.bits(p.docs)
		}
		holding.or(found)
		if ranks := p.ranksOf(alt.stems()); ranks != nil {
			p.keepPairs(found, ranks)
			hits.phrases = append(hits.phrases, phraseHits{alt, phraseOf(ranks), found})
		}
	}
	if holding == nil {
		return hits.plain.countAnd(p.scope)
	}
	holding.or(hits.plain)
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
func (p *part) allWords(alt *Alternative, mem *scratch) bitset {
	out := mem.bits(p.docs)
	p.wordIn(alt.Words[0], alt.Field, out)
	for _, w := range alt.Words[1:] {
		one := mem.bits(p.docs)
		p.wordIn(w, alt.Field, one)
		out.and(one)
	}
	return out
}

// lookInto gives the documents of base where a clause with phrases holds, and notes the fields of the phrases.
func (e *evaluation) lookInto(p *part, hits *clauseHits) bitset {
	holds := e.mem.copyOf(hits.plain)
	for _, one := range hits.phrases {
		one.docs.and(p.base)
		left, seen := one.docs.count(), 0
		one.docs.eachDown(func(doc int) bool {
			if seen == e.phraseLeft {
				return false
			}
			seen++
			if f, ok := one.find(p.streamOf(doc), one.alt.Field); ok {
				hits.at(levelOf(f, true), p, e.mem).set(doc)
				holds.set(doc)
			}
			return true
		})
		e.phraseLeft -= seen
		e.phraseSeen += seen
		e.phraseLost += left - seen
	}
	return holds
}

// total counts the matches; estimated when phrases had to leave candidates out.
func (e *evaluation) total() (n int, estimated bool) {
	for _, p := range e.parts {
		n += p.match.count()
	}
	if e.phraseLost > 0 {
		n += n * e.phraseLost / max(1, e.phraseSeen)
	}
	return n, e.phraseLost > 0
}
