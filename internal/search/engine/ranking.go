package engine

import (
	"cmp"
	"slices"
)

// byRelevance collects the matches of all segments by score. It is exact, but scores few documents, in the manner of
// MaxScore: it partitions the matches by the impact tiers of their clauses, so that the documents of a partition differ only
// in freshness and length of title, and skips the partitions whose upper bound is below the threshold of the top-k heap.
// Titles that hold all clauses are ranked first, in all segments: they raise the threshold, so that most of the rest is
// skipped.
func (e *evaluation) byRelevance(top *topK, fresh freshness) {
	s := newScoring(e, fresh)
	rankings := make([]*ranking, len(e.segments))
	e.collect(top, func(top *topK, i int) {
		if p := e.segments[i]; !p.matches.empty() {
			rankings[i] = newRanking(s, top, p)
			rankings[i].rankTitleMatches()
		}
	}, func(top *topK, i int) {
		if r := rankings[i]; r != nil {
			r.top = top
			r.rankRest()
		}
	})
}

// scoring is what all segments share in byRelevance.
type scoring struct {
	e          *evaluation
	fresh      freshness
	queryWords int      // number of words in the query
	typedStems []string // stems of the words as they would follow each other in a phrase; nil for fewer than two
	order      []int    // the clauses by descending IDF
}

func newScoring(e *evaluation, fresh freshness) *scoring {
	fresh.factor = e.factor
	s := &scoring{e: e, fresh: fresh, typedStems: e.words.stemsInOrder()}
	for c, clause := range e.words.Must {
		s.queryWords += len(clause.Any[0].Words)
		s.order = append(s.order, c)
	}
	slices.SortStableFunc(s.order, func(x, y int) int { return cmp.Compare(e.idf[y], e.idf[x]) })
	return s
}

// ranking is byRelevance on one segment.
type ranking struct {
	*scoring
	*segmentMatch
	top         *topK
	newest      float64  // freshness of the segment's newest document
	ranks       []uint32 // of typedStems; nil when the segment lacks one
	typedPhrase phrase   // typedStems as a phrase; empty for fewer than two
	remaining   bitset   // matches that have been neither scored nor skipped
	bestTier    []tier   // by clause: the best tier at which a document may hold it
	tiers       []tier   // by clause: the tier at which the documents at hand hold it; mixedTiers where they differ
	partitions  []bitset // by place in order: buffer for the documents with the same tiers up to that place
	sameLength  bitset   // buffer for those of them whose titles have the same length
	// By place in order, for the clauses from there on: the upper bound of their sum; whether the title can hold any of them; and
	// the minimum loss when the title does not hold all of them: 0 if it cannot, +Inf if no clause is left.
	maxRest     []float64
	titleInRest []bool
	minLoss     []float64
}

const mixedTiers = tierCount

// scanDocs is the number of documents up to which they are scored one by one rather than partitioned. It is a variable
// because tests set it to 0: they would otherwise need very many documents.
var scanDocs = 256

func newRanking(s *scoring, top *topK, p *segmentMatch) *ranking {
	n := len(p.clauses)
	ranks := p.ranksOf(s.typedStems)
	r := &ranking{scoring: s, segmentMatch: p, top: top, newest: s.fresh.of(p.columnMax[ColumnPublished]), ranks: ranks,
		typedPhrase: phraseOf(ranks), remaining: p.pool.copyOf(p.matches),
		bestTier: make([]tier, n), tiers: make([]tier, n), partitions: make([]bitset, n),
		maxRest: make([]float64, n+1), titleInRest: make([]bool, n+1), minLoss: make([]float64, n+1)}
	for c := range r.tiers {
		r.tiers[c] = mixedTiers
	}
	return r
}

// isCompetitive reports whether a document of the segment can reach the threshold when none scores more than its freshness
// times maxScore.
func (r *ranking) isCompetitive(maxScore float64) bool {
	r.top.learn()
	return r.newest*maxScore >= r.top.threshold()
}

// clauseScore returns what a clause contributes to the score at a tier.
func (r *ranking) clauseScore(clause int, t tier) float64 { return r.e.idf[clause] * tierWeights[t] }

// maxScore returns the upper bound of a document's score, freshness aside, given bestTier.
func (r *ranking) maxScore(titleFactor float64) float64 {
	sum := 0.0
	for c, t := range r.bestTier {
		sum += r.clauseScore(c, t)
	}
	return titleFactor * sum
}

// scan scores documents, newest first, until no further one can reach the threshold. No document scores more than its
// freshness times maxScore. Titles that hold the phrase score higher; it may be empty.
func (r *ranking) scan(docs bitset, phrase phrase, maxScore float64) {
	hour, first, fresh := len(r.hourRuns.first), r.docs, 0.0 // of the run that the scan is in
	same := !slices.Contains(r.tiers, mixedTiers)
	var sum clauseSum
	if same {
		sum = r.sumClauses(0)
	}
	docs.eachDown(func(doc int) bool {
		for doc < first {
			hour--
			first, fresh = int(r.hourRuns.first[hour]), r.fresh.ofHour(r.hourRuns.hour[hour])
		}
		if fresh*maxScore < r.top.threshold() {
			return false
		}
		if !same {
			sum = r.sumClauses(doc)
		}
		if key := r.score(doc, phrase, fresh, sum); key >= r.top.threshold() {
			r.top.offer(match{key, r.columns[ColumnPublished][doc], r.segmentMatch, doc})
		}
		return true
	})
}

// clauseSum is what the clauses contribute to the score of a document.
type clauseSum struct {
	score          float64
	inTitle, typed int // how many of them the title holds, in any form or as typed
}

// sumClauses adds up the clauses of a document. Clauses with mixed tiers must be filled as far as the document holds them.
func (r *ranking) sumClauses(doc int) (sum clauseSum) {
	for c, t := range r.tiers {
		if t == mixedTiers {
			t = r.clauses[c].tierOf(doc)
		}
		if t.field() == FieldTitle {
			sum.inTitle++
		}
		if t == tierFor(FieldTitle, true) {
			sum.typed++
		}
		sum.score += r.clauseScore(c, t)
	}
	return sum
}

// score returns the score of a document or, when that is certainly below the threshold, another value below it.
func (r *ranking) score(doc int, phrase phrase, fresh float64, sum clauseSum) float64 {
	words := int(r.titleWords[doc])
	if sum.typed == len(r.clauses) && words <= r.queryWords {
		return fresh * (exactTitleFactor * sum.score)
	}
	score := fresh * (titleFactor(sum.inTitle, false, words) * sum.score)
	if sum.inTitle < len(r.clauses) || len(phrase.code) == 0 {
		return score
	}
	withPhrase := fresh * (titleFactor(sum.inTitle, true, words) * sum.score)
	if withPhrase < r.top.threshold() { // true for most titles with all the words, so few positions are read
		return withPhrase
	}
	if _, found := phrase.find(r.positionsOf(doc), FieldTitle); found {
		return withPhrase
	}
	return score
}
