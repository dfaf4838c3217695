package engine

import "math/bits"

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
	graded  level // the levels before it are noted in clauses
}

// clauseHits is where a clause holds. best[l] are the documents that are known to hold it at level l or a better
// one; it is filled by the phrases when they are looked for, and by single words when the order needs it.
type clauseHits struct {
	plain   bitset // by an alternative that is no phrase
	phrases []phraseHits
	best    [lastLevel]bitset
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
	for _, v := range newestFirst(snap.segments) {
		p := &part{segmentView: v, scope: v.scopeOf(q.Scope, mem)}
		e.visible += p.scope.count()
		p.clauses = make([]clauseHits, len(q.Words.Must))
		e.parts = append(e.parts, p)
	}
	e.with = make([]int, len(e.words.Must))
	for c := range e.words.Must {
		e.clause(c)
	}
	if last := len(e.words.Must) - 1; e.words.Typing && e.with[last] == 0 {
		e.words = e.words.typed()
		e.clause(last)
	}
	for _, with := range e.with {
		e.rarity = append(e.rarity, rarity(e.visible, with))
	}
	for _, p := range e.parts {
		e.match(p)
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
	p.match = p.base
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

// clause finds where clause c may hold, and counts the documents that hold its words.
func (e *evaluation) clause(c int) {
	e.with[c] = 0
	for _, p := range e.parts {
		p.clauses[c] = clauseHits{}
		e.with[c] += e.find(p, &e.words.Must[c], &p.clauses[c])
	}
}

// find gives where a clause may hold, and counts the documents in scope that hold all words of an alternative: of a phrase
// too, wherever in its field they stand.
func (e *evaluation) find(p *part, c *Clause, hits *clauseHits) (with int) {
	var holding bitset
	if first := &c.Any[0]; len(c.Any) == 1 && !first.Phrase { // one word, most of the time
		hits.plain = p.allWords(first, first.Field, e.mem)
		holding = hits.plain
	} else {
		hits.plain, holding = e.mem.bits(p.docs), e.mem.bits(p.docs)
		for i := range c.Any {
			e.alternative(p, &c.Any[i], hits, holding)
		}
	}
	for i, w := range p.scope {
		with += bits.OnesCount64(w & holding[i])
	}
	return with
}

// alternative adds where one of a clause's alternatives may hold, and to holding where its words are.
func (e *evaluation) alternative(p *part, alt *Alternative, hits *clauseHits, holding bitset) {
	found := p.allWords(alt, alt.Field, e.mem)
	holding.or(found)
	if !alt.Phrase {
		hits.plain.or(found)
	} else if ranks := p.ranksOf(alt.stems()); ranks != nil {
		p.keepPairs(found, ranks)
		hits.phrases = append(hits.phrases, phraseHits{alt, phraseOf(ranks), found})
	}
}

func (a *Alternative) stems() []string {
	stems := make([]string, len(a.Words))
	for i, w := range a.Words {
		stems[i] = w.Stem
	}
	return stems
}

// allWords gives the documents that hold all words of an alternative in a field.
func (s *segment) allWords(alt *Alternative, f Field, mem *scratch) bitset {
	out := mem.bits(s.docs)
	s.wordIn(alt.Words[0], f, out)
	for _, w := range alt.Words[1:] {
		one := mem.bits(s.docs)
		s.wordIn(w, f, one)
		out.and(one)
	}
	return out
}

// wordIn adds the documents that hold a word in a field.
func (s *segment) wordIn(w Word, f Field, out bitset) {
	for _, form := range s.formsOf(w.Stem) {
		s.formIn(form, f).orInto(out)
	}
	if w.Prefix {
		from, to := s.forms.withPrefix(w.Form)
		for form := from; form < to; form++ {
			s.formIn(uint32(form), f).orInto(out)
		}
	}
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

// grade notes for each clause which documents hold it at which of the levels before end, as the order needs it.
func (e *evaluation) grade(p *part, end level) {
	for c := range p.clauses {
		hits := &p.clauses[c]
		for i := range e.words.Must[c].Any {
			e.gradeAlternative(p, &e.words.Must[c].Any[i], hits, end)
		}
		for l := p.graded; l < end; l++ {
			if hits.best[l] == nil {
				continue
			}
			hits.best[l].and(p.match)
			if hits.best[l].empty() {
				hits.best[l] = nil
			}
		}
	}
	p.graded = end
}

// at gives the set of a level, made when it is first needed.
func (h *clauseHits) at(l level, p *part, mem *scratch) bitset {
	if h.best[l] == nil {
		h.best[l] = mem.bits(p.docs)
	}
	return h.best[l]
}

func (e *evaluation) gradeAlternative(p *part, alt *Alternative, hits *clauseHits, end level) {
	if alt.Phrase {
		return // noted when it was found
	}
	if len(alt.Words) == 1 {
		for l := p.graded; l < end; l++ {
			if alt.Field == FieldAny || alt.Field == l.field() {
				p.wordAt(alt.Words[0], l, hits.at(l, p, e.mem))
			}
		}
		return
	}
	// several words count by the worst of their levels
	reached := make([]bitset, len(alt.Words))
	for i := range reached {
		reached[i] = e.mem.bits(p.docs)
	}
	for l := range end {
		if alt.Field != FieldAny && alt.Field != l.field() {
			continue
		}
		for i, w := range alt.Words {
			p.wordAt(w, l, reached[i])
		}
		if l < p.graded {
			continue
		}
		all := e.mem.copyOf(reached[0])
		for _, r := range reached[1:] {
			all.and(r)
		}
		hits.at(l, p, e.mem).or(all)
	}
}

// wordAt adds the documents that hold a word at a level.
func (s *segment) wordAt(w Word, l level, out bitset) {
	if l != levelOf(l.field(), true) {
		s.wordIn(w, l.field(), out)
		return
	}
	for _, form := range s.formsOf(w.Stem) {
		if sameForm(s.forms.get(int(form)), w.Form) {
			s.formIn(form, l.field()).orInto(out)
		}
	}
}
