package engine

import (
	"math"
	"math/bits"
	"slices"
)

// When few documents hold all words of a query, those that hold most of them follow, so that a word too many does not empty the
// page. Each clause has a weight, by its IDF. The documents are taken by the weight that they hold until there are enough. Those that
// hold the same clauses are one relaxation: an evaluation of these clauses alone. They rank below the documents with all words, by
// their score times the share of the weight: a title that names the work precedes a text that mentions one word more.

const (
	fewMatches    = 10 // the number of documents with all words from which no others follow
	enoughMatches = 20 // the number of documents with which it is enough
	// maxRelaxations is the number of relaxations that are ranked. Of a long query each has a document or two.
	maxRelaxations = 64
	// leastWeight is the share of the weight of Must that a document holds at least. On the judged queries a fifth measured better than
	// a quarter or a third.
	leastWeight = 0.2
)

// relaxedFactor is the factor of the scores of relaxations. A score is at most 1 × exactTitleFactor × 10 times the sum of the IDFs,
// and with all words at least freshnessFloor × 1 × 0.7 times that, so 1/62 suffices.
const relaxedFactor = 1.0 / 64

// clauseWeights are the weights of the clauses of Must and, after them, of Where. Sets of clauses are bits: there are at most
// maxQueryClauses.
type clauseWeights struct {
	weights []int
	all     uint64 // all clauses
	known   uint64 // those that some document holds; the others have no weight
	must    uint64 // those known of Must
	work    uint64 // those of must that are mere words, which name the work
}

func (e *evaluation) clauseWeights() clauseWeights {
	var w clauseWeights
	docFreqs := slices.Concat(e.docFreq, e.whereFreq)
	sum := 0.0
	scale := float64(1<<weightBits - 1 - len(docFreqs)) // rounding up adds at most one for each
	for _, docFreq := range docFreqs {
		if docFreq > 0 {
			sum += idf(e.scopeDocs, docFreq)
		}
	}
	for c, docFreq := range docFreqs {
		w.all |= 1 << c
		if docFreq == 0 {
			w.weights = append(w.weights, 0)
			continue
		}
		w.weights = append(w.weights, max(1, int(idf(e.scopeDocs, docFreq)/sum*scale)))
		w.known |= 1 << c
		if c < len(e.docFreq) {
			w.must |= 1 << c
			if e.words.Must[c].Condition == nil {
				w.work |= 1 << c
			}
		}
	}
	return w
}

func (w *clauseWeights) sum(clauses uint64) (total int) {
	for ; clauses != 0; clauses &= clauses - 1 {
		total += w.weights[bits.TrailingZeros64(clauses)]
	}
	return total
}

// sums returns the weights that a document may hold, the highest first.
func (w *clauseWeights) sums() (list []int) {
	for kept := w.known; kept != 0 && len(list) < 1<<weightBits; kept = (kept - 1) & w.known {
		list = append(list, w.sum(kept))
	}
	if len(list) == 1<<weightBits { // more sets than numbers
		list = list[:0]
		for n := 1; n < 1<<weightBits; n++ {
			list = append(list, n)
		}
	}
	slices.SortFunc(list, func(x, y int) int { return y - x })
	return slices.Compact(list)
}

// least returns the weight of Must that a document must hold.
func (w *clauseWeights) least() int {
	return max(1, int(math.Ceil(leastWeight*float64(w.sum(w.must)))))
}

// partialMatches finds the documents that hold some clauses of an evaluation.
type partialMatches struct {
	*evaluation
	clauseWeights
	segments []*partialSegment
}

// partialSegment has the documents of a segment that hold enough clauses, but not all.
type partialSegment struct {
	*segmentMatch            // candidates and matches are the documents
	holding       []bitset   // the documents that hold each clause of Must and Where
	weights       []binary64 // the weight that each document holds
	work          bitset     // the documents that hold words for the work; all documents, if no document does
}

// relax returns evaluations with clauses left out whose matches are not among the matches of e, or of each other. estimated is
// whether there may be more.
func (e *evaluation) relax(matches int) (relaxed []*evaluation, estimated bool) {
	if sort, _ := e.order(); !e.q.Partial || sort != SortRelevance || matches >= fewMatches {
		return nil, false
	}
	again := *e
	again.phraseChecked, again.phraseSkipped = 0, 0
	m := &partialMatches{evaluation: &again, clauseWeights: e.clauseWeights()}
	if m.must == 0 || m.known == m.all && bits.OnesCount64(m.all) == 1 {
		return nil, false
	}
	m.addSegments()
	// Who types "senior developer berlin" wants no senior consultant in Berlin, unless there is nothing else.
	for _, hasWork := range []bool{true, false} {
		if !hasWork && matches > 0 {
			break
		}
		list := m.heaviest(enoughMatches-matches, hasWork)
		for _, one := range list[:min(len(list), maxRelaxations-len(relaxed))] {
			fewer := m.evaluationOf(one, len(list) > 1)
			more, _ := fewer.total()
			if more == 0 {
				continue
			}
			matches += more
			fewer.factor *= e.factor
			relaxed = append(relaxed, fewer)
			fewer.relaxed = len(relaxed)
		}
	}
	return relaxed, again.phraseSkipped > 0
}

// addSegments finds the documents that hold enough clauses.
func (m *partialMatches) addSegments() {
	found := make([]*partialSegment, len(m.evaluation.segments))
	if m.words.havePhrases() { // the newest segments use what is left of the phrase budget first
		for i, p := range m.evaluation.segments {
			found[i] = m.partialOf(p)
			m.countPhrases(found[i].segmentMatch)
		}
	} else {
		m.workers.each(m.sizes, func(_, i int) { found[i] = m.partialOf(m.evaluation.segments[i]) })
	}
	m.segments = slices.DeleteFunc(found, func(s *partialSegment) bool { return s.candidates.empty() })
}

// partialOf finds the documents of a segment that hold enough clauses.
func (m *partialMatches) partialOf(p *segmentMatch) *partialSegment {
	e := m.evaluation
	s := &partialSegment{segmentMatch: p.unverified()}
	s.phraseLeft = e.phraseLeft
	s.candidates = p.pool.copyOf(p.scope)
	s.candidates.andNot(p.candidates)
	if e.q.IDs != nil {
		s.candidates.and(p.withIDs(e.q.IDs, p.pool))
	}
	if len(e.q.Facets) == 0 {
		e.filter(p, s.candidates, "")
	}
	hasPhrases := false
	for _, list := range [...][]clauseMatch{s.clauses, s.where} {
		for c := range list {
			s.holding = append(s.holding, list[c].approximation(p))
			hasPhrases = hasPhrases || len(list[c].phrases) > 0
		}
	}
	s.weights = p.pool.numbers(s.docs)
	m.weighMust(s)
	without := e.excluded(s.segmentMatch)
	for c := range without {
		s.candidates.andNot(without[c].docs)
	}
	s.excludePhrases(without)
	if hasPhrases {
		s.holding = s.holding[:0]
		for _, list := range [...][]clauseMatch{s.clauses, s.where} {
			for c := range list {
				s.holding = append(s.holding, s.verifyPhrases(&list[c]))
			}
		}
		clear(s.weights)
		m.weighMust(s)
	}
	if s.candidates.empty() {
		return s
	}
	m.weigh(s, m.known&^m.must)
	s.work = s.candidates
	if m.work != 0 {
		s.work = p.pool.cleared(s.docs)
		for rest := m.work; rest != 0; rest &= rest - 1 {
			s.work.or(s.holding[bits.TrailingZeros64(rest)])
		}
	}
	s.matches = s.candidates
	if len(e.q.Facets) > 0 && e.hasFilters() {
		s.matches = p.pool.copyOf(s.candidates)
		e.filter(p, s.matches, "")
	}
	return s
}

// unverified returns the clauses of a segment, with phrases to be verified in other documents.
func (p *segmentMatch) unverified() *segmentMatch {
	again := &segmentMatch{owner: p.owner, number: p.number, segmentView: p.segmentView, pool: p.pool, scope: p.scope,
		terms: slices.Clip(p.terms)}
	phrases := map[*phraseDocs]*phraseDocs{}
	for _, one := range p.phrases {
		phrases[one] = &phraseDocs{phrase: one.phrase, field: one.field, only: one.only, holding: one.holding, docs: one.docs}
	}
	copies := func(clauses []clauseMatch) (list []clauseMatch) {
		for _, one := range clauses {
			list = append(list, clauseMatch{docs: one.docs, condition: one.condition})
			for _, phrase := range one.phrases {
				last := &list[len(list)-1]
				last.phrases = append(last.phrases, phraseMatch{phrase.alt, phrases[phrase.phraseDocs]})
			}
		}
		return list
	}
	again.clauses, again.where = copies(p.clauses), copies(p.where)
	return again
}

// weighMust weighs the clauses of Must, and removes the candidates that hold too little of them.
func (m *partialMatches) weighMust(s *partialSegment) {
	m.weigh(s, m.must)
	least := m.least()
	for i := range s.candidates {
		s.candidates[i] &= s.weights[i].atLeast(least)
	}
}

// weigh adds the weights of some clauses to those of the candidates that hold them.
func (m *partialMatches) weigh(s *partialSegment, clauses uint64) {
	for ; clauses != 0; clauses &= clauses - 1 {
		c := bits.TrailingZeros64(clauses)
		for i, docs := range s.holding[c] {
			if docs &= s.candidates[i]; docs != 0 {
				s.weights[i].add(docs, m.weights[c])
			}
		}
	}
}
