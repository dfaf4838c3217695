package engine

import (
	"cmp"
	"slices"
)

// byRelevance offers the matches of all segments by their score. It is exact, yet it looks at few documents. It goes through
// groups of them that hold each clause at one level, so that they differ by their freshness and the length of their titles
// alone, and leaves out those whose best possible score is under that of the last hit kept. The titles that hold all
// clauses come first, those of all segments: after them most of the rest can be passed over.
func (e *evaluation) byRelevance(top *best, fresh freshness) {
	s := newScoring(e, top, fresh)
	var rankings []*ranking
	for _, p := range e.parts {
		if !p.match.empty() {
			r := newRanking(s, p)
			r.titles()
			rankings = append(rankings, r)
		}
	}
	for _, r := range rankings {
		r.rest()
	}
}

// scoring is what byRelevance knows for all segments.
type scoring struct {
	e     *evaluation
	top   *best
	fresh freshness
	asked int      // words in the query
	typed []string // their stems as they can stand next to each other, nil when there are no two
	order []int    // the clauses, the rarest first
}

func newScoring(e *evaluation, top *best, fresh freshness) *scoring {
	s := &scoring{e: e, top: top, fresh: fresh, typed: e.words.typedStems()}
	for c, clause := range e.words.Must {
		s.asked += len(clause.Any[0].Words)
		s.order = append(s.order, c)
	}
	slices.SortStableFunc(s.order, func(x, y int) int { return cmp.Compare(e.rarity[y], e.rarity[x]) })
	return s
}

// ranking is byRelevance on one segment.
type ranking struct {
	*scoring
	*part
	newest float64  // freshness of the segment's newest document
	ranks  []uint32 // of the typed stems, nil when the segment lacks one
	run    phrase   // these as a phrase, empty without two
	left   bitset   // matches that have been neither offered nor passed over
	reach  []level  // by clause: the best level at which a document of the segment may hold it
	at     []level  // by clause: the level at which the documents at hand hold it, mixed where they differ
	groups []bitset // by place in order: room for the documents that share the levels up to it
	alike  bitset   // room for those of them whose titles have one length
	// by place in order: what the clauses from there on can bring at most, whether one of them can do so by the title, and
	// what is lost at least when one of them is not in the title: nothing when that is so anyway, and more than there is at
	// the end, when all are
	most  []float64
	title []bool
	loss  []float64
}

const mixed = levelCount

// fewDocs is a number of documents that are sooner looked at one by one than divided into groups. Tests have none of it, since
// they would need very many documents.
var fewDocs = 256

func newRanking(s *scoring, p *part) *ranking {
	n := len(p.clauses)
	ranks := p.ranksOf(s.typed)
	r := &ranking{scoring: s, part: p, newest: s.fresh.of(p.high[ColumnPublished]), ranks: ranks, run: phraseOf(ranks),
		left: s.e.mem.copyOf(p.match), reach: make([]level, n), at: make([]level, n), groups: make([]bitset, n),
		most: make([]float64, n+1), title: make([]bool, n+1), loss: make([]float64, n+1)}
	for c := range r.at {
		r.at[c] = mixed
	}
	return r
}

// mayKeep tells whether a document of the segment could still be kept, if none scores more than its freshness times ceiling.
func (r *ranking) mayKeep(ceiling float64) bool { return r.newest*ceiling >= r.top.bar() }

// worth is what a clause brings that is held at a level.
func (r *ranking) worth(clause int, l level) float64 { return r.e.rarity[clause] * levelWeights[l] }

// ceiling is the most that a document can score, its freshness aside, when no clause is held at a better level than
// reach says.
func (r *ranking) ceiling(titleFactor float64) float64 {
	sum := 0.0
	for c, l := range r.reach {
		sum += r.worth(c, l)
	}
	return titleFactor * sum
}

// walk offers documents, the newest first, as long as they can still be kept. None that can scores more than its freshness times
// ceiling. run is what is worth more where their titles hold it, if there is such a thing.
func (r *ranking) walk(docs bitset, run phrase, ceiling float64) {
	hour, first, fresh := len(r.hours.first), r.docs, 0.0 // that the walk is in
	same := !slices.Contains(r.at, mixed)
	sum, inTitle := 0.0, 0
	if same {
		sum, inTitle = r.brings(0)
	}
	docs.eachDown(func(doc int) bool {
		for doc < first {
			hour--
			first, fresh = int(r.hours.first[hour]), r.fresh.ofHour(r.hours.hour[hour])
		}
		if fresh*ceiling < r.top.bar() {
			return false
		}
		if !same {
			sum, inTitle = r.brings(doc)
		}
		if key := r.score(doc, run, fresh, sum, inTitle); key >= r.top.bar() {
			r.top.offer(candidate{key, r.columns[ColumnPublished][doc], r.part, doc})
		}
		return true
	})
}

// brings adds up what the clauses bring to a document, and counts those that its title holds. Where at leaves a level open, the
// clause must be graded as far as the document holds it.
func (r *ranking) brings(doc int) (sum float64, inTitle int) {
	for c, l := range r.at {
		if l == mixed {
			l = r.clauses[c].of(doc)
		}
		if l.field() == FieldTitle {
			inTitle++
		}
		sum += r.worth(c, l)
	}
	return sum, inTitle
}

// score gives the score of a document, or where that is under the bar for certain another that is under it, too.
func (r *ranking) score(doc int, run phrase, fresh, sum float64, inTitle int) float64 {
	all, words := inTitle == len(r.clauses), int(r.titleWords[doc])
	score := fresh * (titleFactor(inTitle, r.asked, all, false, words) * sum)
	if !all || len(run.code) == 0 {
		return score
	}
	asRun := fresh * (titleFactor(inTitle, r.asked, all, true, words) * sum)
	if asRun < r.top.bar() { // as most titles with all the words are, so few need to be read
		return asRun
	}
	if _, found := run.find(r.streamOf(doc), FieldTitle); found {
		return asRun
	}
	return score
}
