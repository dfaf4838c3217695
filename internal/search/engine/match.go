package engine

// phraseBudget is how many documents one search looks into for its phrases, after the pairs have told where they may be.
// Beyond it the older documents are left out and the total is estimated.
const phraseBudget = 25_000

// evaluation is one query on one snapshot: first what matches, in every segment; then the order, in rank.go.
type evaluation struct {
	q       *Query
	words   Words
	parts   []*part // the newest first
	mem     *scratch
	visible int       // documents in scope
	with    []int     // by clause: documents in scope that hold it
	rarity  []float64 // by clause

	phraseLeft             int
	phraseSeen, phraseLost int
}

// part is a query on one segment.
type part struct {
	*segmentView
	scope   bitset
	base    bitset // in scope and with the words
	match   bitset // that also passes the filters
	clauses []clauseHits
	graded  level // the levels before it are noted in clauses
}

// clauseHits is where a clause holds. best[l] are the documents that are known to hold it at level l or a better
// one; it is filled by the phrases when they are looked for, and by single words when the order needs it.
type clauseHits struct {
	any  bitset
	best [lastLevel]bitset
}

func evaluate(snap *snapshot, q *Query, mem *scratch) *evaluation {
	e := &evaluation{q: q, words: q.Words, mem: mem, phraseLeft: phraseBudget}
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
		p.base = mem.copyOf(p.scope)
		for c := range p.clauses {
			p.base.and(p.clauses[c].any)
		}
		for c := range e.words.MustNot {
			var not clauseHits
			e.find(p, &e.words.MustNot[c], &not)
			p.base.andNot(not.any)
		}
		if q.IDs != nil {
			p.base.and(p.withIDs(q.IDs, mem))
		}
		p.match = p.base
		if len(q.Filters) > 0 || len(q.Ranges) > 0 || q.Near != nil {
			p.match = mem.copyOf(p.base)
			p.narrow(p.match, q, "", mem)
		}
	}
	return e
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

// clause finds where clause c holds, and counts it.
func (e *evaluation) clause(c int) {
	e.with[c] = 0
	for _, p := range e.parts {
		p.clauses[c] = clauseHits{}
		e.find(p, &e.words.Must[c], &p.clauses[c])
		e.with[c] += p.clauses[c].any.count()
	}
}

// find gives the documents in scope where a clause holds.
func (e *evaluation) find(p *part, c *Clause, hits *clauseHits) {
	hits.any = e.mem.bits(p.docs)
	for i := range c.Any {
		alt := &c.Any[i]
		found := p.allWords(alt, alt.Field, e.mem)
		if alt.Phrase {
			found.and(p.scope)
			e.keepPhrase(p, alt, found, hits)
		}
		hits.any.or(found)
	}
	hits.any.and(p.scope)
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

// keepPhrase keeps the documents in which the words stand next to each other, and notes the fields.
func (e *evaluation) keepPhrase(p *part, alt *Alternative, found bitset, hits *clauseHits) {
	stems := make([]string, len(alt.Words))
	for i, w := range alt.Words {
		stems[i] = w.Stem
	}
	ranks := p.ranksOf(stems)
	if ranks == nil {
		clear(found)
		return
	}
	p.keepPairs(found, ranks)
	code := phraseCode(ranks)
	found.eachDown(func(doc int) bool {
		if e.phraseLeft == 0 {
			e.phraseLost++
			found.clear(doc)
			return true
		}
		e.phraseLeft--
		e.phraseSeen++
		f, ok := findPhrase(p.streamOf(doc), code, alt.Field)
		if ok {
			hits.at(levelOf(f, true), p, e.mem).set(doc)
		} else {
			found.clear(doc)
		}
		return true
	})
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
