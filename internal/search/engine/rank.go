package engine

import (
	"cmp"
	"slices"
)

// byRelevance offers the matches of all segments by their score. It is exact, yet it looks at few documents. It goes through
// groups of them that hold each clause at one level, so that they differ by their freshness and the length of their titles
// alone, and leaves out those whose best possible score is under that of the last hit kept. The titles that hold all
// clauses come first, those of all segments: after them most of the rest can be passed over.
func (e *evaluation) byRelevance(top *topK, fresh freshness) {
	s := newScoring(e, top, fresh)
	var rankings []*ranking
	for _, p := range e.segments {
		if !p.matches.empty() {
			r := newRanking(s, p)
			r.rankTitleMatches()
			rankings = append(rankings, r)
		}
	}
	for _, r := range rankings {
		r.rankRest()
	}
}

// scoring is what byRelevance knows for all segments.
type scoring struct {
	e          *evaluation
	top        *topK
	fresh      freshness
	queryWords int      // words in the query
	typedStems []string // their stems as they can stand next to each other, nil when there are no two
	order      []int    // the clauses, the rarest first
}

func newScoring(e *evaluation, top *topK, fresh freshness) *scoring {
	s := &scoring{e: e, top: top, fresh: fresh, typedStems: e.words.stemsInOrder()}
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
	newest      float64  // freshness of the segment's newest document
	ranks       []uint32 // of the typed stems, nil when the segment lacks one
	typedPhrase phrase   // these as a phrase, empty without two
	remaining   bitset   // matches that have been neither offered nor passed over
	bestTier    []tier   // by clause: the best level at which a document of the segment may hold it
	tiers       []tier   // by clause: the level at which the documents at hand hold it, mixed where they differ
	partitions  []bitset // by place in order: room for the documents that share the levels up to it
	sameLength  bitset   // room for those of them whose titles have one length
	// by place in order: what the clauses from there on can bring at most, whether one of them can do so by the title, and
	// what is lost at least when one of them is not in the title: nothing when that is so anyway, and more than there is at
	// the end, when all are
	maxRest     []float64
	titleInRest []bool
	minLoss     []float64
}

const mixedTiers = tierCount

// fewDocs is a number of documents that are sooner looked at one by one than divided into groups. Tests have none of it, since
// they would need very many documents.
var scanDocs = 256

func newRanking(s *scoring, p *segmentMatch) *ranking {
	n := len(p.clauses)
	ranks := p.ranksOf(s.typedStems)
	r := &ranking{scoring: s, segmentMatch: p, newest: s.fresh.of(p.columnMax[ColumnPublished]), ranks: ranks, typedPhrase: phraseOf(ranks),
		remaining: s.e.pool.copyOf(p.matches), bestTier: make([]tier, n), tiers: make([]tier, n), partitions: make([]bitset, n),
		maxRest: make([]float64, n+1), titleInRest: make([]bool, n+1), minLoss: make([]float64, n+1)}
	for c := range r.tiers {
		r.tiers[c] = mixedTiers
	}
	return r
}

// mayKeep tells whether a document of the segment could still be kept, if none scores more than its freshness times ceiling.
func (r *ranking) isCompetitive(maxScore float64) bool { return r.newest*maxScore >= r.top.threshold() }

// worth is what a clause brings that is held at a level.
func (r *ranking) clauseScore(clause int, l tier) float64 { return r.e.idf[clause] * tierWeights[l] }

// ceiling is the most that a document can score, its freshness aside, when no clause is held at a better level than
// reach says.
func (r *ranking) maxScore(titleFactor float64) float64 {
	sum := 0.0
	for c, l := range r.bestTier {
		sum += r.clauseScore(c, l)
	}
	return titleFactor * sum
}

// walk offers documents, the newest first, as long as they can still be kept. None that can scores more than its freshness times
// ceiling. run is what is worth more where their titles hold it, if there is such a thing.
func (r *ranking) scan(docs bitset, phrase phrase, maxScore float64) {
	hour, first, fresh := len(r.hourRuns.first), r.docs, 0.0 // that the walk is in
	same := !slices.Contains(r.tiers, mixedTiers)
	sum, inTitle := 0.0, 0
	if same {
		sum, inTitle = r.sumClauses(0)
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
			sum, inTitle = r.sumClauses(doc)
		}
		if key := r.score(doc, phrase, fresh, sum, inTitle); key >= r.top.threshold() {
			r.top.offer(match{key, r.columns[ColumnPublished][doc], r.segmentMatch, doc})
		}
		return true
	})
}

// brings adds up what the clauses bring to a document, and counts those that its title holds. Where at leaves a level open, the
// clause must be graded as far as the document holds it.
func (r *ranking) sumClauses(doc int) (sum float64, inTitle int) {
	for c, l := range r.tiers {
		if l == mixedTiers {
			l = r.clauses[c].tierOf(doc)
		}
		if l.field() == FieldTitle {
			inTitle++
		}
		sum += r.clauseScore(c, l)
	}
	return sum, inTitle
}

// score gives the score of a document, or where that is under the bar for certain another that is under it, too.
func (r *ranking) score(doc int, phrase phrase, fresh, sum float64, inTitle int) float64 {
	all, words := inTitle == len(r.clauses), int(r.titleWords[doc])
	score := fresh * (titleFactor(inTitle, r.queryWords, all, false, words) * sum)
	if !all || len(phrase.code) == 0 {
		return score
	}
	withPhrase := fresh * (titleFactor(inTitle, r.queryWords, all, true, words) * sum)
	if withPhrase < r.top.threshold() { // as most titles with all the words are, so few need to be read
		return withPhrase
	}
	if _, found := phrase.find(r.positionsOf(doc), FieldTitle); found {
		return withPhrase
	}
	return score
}
