package engine

import (
	"cmp"
	"math"
	"slices"
)

// byRelevance offers the matches of all segments by their score. It is exact, yet it looks at few documents. It goes through
// groups of them that hold each clause at one level, so that they differ by their freshness and the length of their titles
// alone, and leaves out those whose best possible score is under that of the last hit kept. The titles that hold all
// clauses come first, those of all segments: after them most of the rest can be passed over.
func (e *evaluation) byRelevance(top *best, fresh freshness) {
	asked := 0
	for _, c := range e.words.Must {
		asked += len(c.Any[0].Words)
	}
	var rankings []*ranking
	for _, p := range e.parts {
		if !p.match.empty() {
			r := newRanking(e, p, top, fresh, asked)
			r.titles()
			rankings = append(rankings, r)
		}
	}
	for _, r := range rankings {
		r.rest()
	}
}

// ranking is byRelevance on one segment.
type ranking struct {
	e *evaluation
	*part
	top    *best
	fresh  freshness
	newest float64  // freshness of the segment's newest document
	asked  int      // words in the query
	run    phrase   // these words as they can stand next to each other; empty for a single one, and when the segment lacks one
	ranks  []uint32 // of the words of run
	left   bitset   // matches that have been neither offered nor passed over
	order  []int    // the clauses, the rarest first
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

func newRanking(e *evaluation, p *part, top *best, fresh freshness, asked int) *ranking {
	n := len(p.clauses)
	r := &ranking{e: e, part: p, top: top, fresh: fresh, newest: fresh.of(p.high[ColumnPublished]), asked: asked,
		ranks: p.ranksOf(e.words.typedStems()), left: e.mem.copyOf(p.match),
		order: make([]int, n), reach: make([]level, n), at: make([]level, n), groups: make([]bitset, n),
		most: make([]float64, n+1), title: make([]bool, n+1), loss: make([]float64, n+1)}
	r.run = phraseOf(r.ranks)
	for c := range n {
		r.order[c], r.at[c] = c, mixed
	}
	slices.SortStableFunc(r.order, func(x, y int) int { return cmp.Compare(e.rarity[y], e.rarity[x]) })
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

// titles offers the documents whose title holds all clauses, those first whose title is the query, and takes them out of left.
func (r *ranking) titles() {
	if !r.mayKeep(r.ceiling(exactFactor)) {
		return
	}
	docs := r.e.mem.copyOf(r.left)
	for c := range r.clauses {
		r.e.grade(r.part, c, titleLevels)
		inTitle := r.e.mem.bits(r.docs)
		for _, best := range r.clauses[c].best[:titleLevels] {
			if best != nil {
				inTitle.or(best)
			}
		}
		docs.and(inTitle)
		r.reach[c] = r.clauses[c].next(0)
	}
	r.left.andNot(docs)
	all, sum := len(r.clauses), r.ceiling(1)
	if docs.count() <= fewDocs {
		r.walk(docs, r.run, exactFactor*sum)
		return
	}
	exact := r.e.mem.raw(r.docs)
	r.splitTitles(r.asked, docs, exact)
	r.walk(exact, phrase{}, exactFactor*sum)
	if len(r.run.code) > 0 {
		near := r.e.mem.copyOf(docs)
		r.keepPairs(near, r.ranks)
		docs.andNot(near)
		r.byLength(near, r.asked+1, r.run, sum, all)
	}
	r.byLength(docs, r.asked+1, phrase{}, sum, all)
}

// byLength offers documents by the length of their titles, which are no shorter than from words: the short ones are worth most.
// inTitle of the clauses are in the title, and all of them bring no more than sum.
func (r *ranking) byLength(docs bitset, from int, run phrase, sum float64, inTitle int) {
	ceiling := func(words int) float64 {
		return titleFactor(inTitle, r.asked, inTitle == len(r.clauses), len(run.code) > 0, uint8(min(words, math.MaxUint8))) * sum
	}
	if r.alike == nil {
		r.alike = r.e.mem.raw(r.docs)
	}
	for ; inTitle > 0 && from < len(r.short) && docs.count() > fewDocs; from++ {
		if !r.mayKeep(ceiling(from)) {
			return
		}
		r.splitTitles(from, docs, r.alike)
		r.walk(r.alike, run, ceiling(from))
	}
	r.walk(docs, run, ceiling(from))
}

// rest offers the documents whose title lacks a clause.
func (r *ranking) rest() {
	r.limit()
	if r.mayKeep(r.bound(0, 0, 0)) {
		r.spread(0, r.left, r.left.count(), 0, 0)
	}
}

// limit says from reach what the clauses can bring.
func (r *ranking) limit() {
	n := len(r.order)
	r.loss[n] = math.Inf(1)
	for i := n - 1; i >= 0; i-- {
		c := r.order[i]
		best := r.worth(c, r.reach[c])
		r.most[i] = best + r.most[i+1]
		if r.title[i] = r.title[i+1]; r.reach[c].field() == FieldTitle {
			r.title[i] = true
			r.loss[i] = min(r.loss[i+1], best-r.worth(c, r.clauses[c].next(titleLevels)))
		}
	}
}

// bound is the most that a document can score, its freshness aside, whose title lacks a clause: when the first n clauses of
// order bring sum, titles of them by the title.
func (r *ranking) bound(n int, sum float64, titles int) float64 {
	sum += r.most[n]
	if titles == n {
		sum -= r.loss[n]
	}
	if titles > 0 || r.title[n] {
		sum *= 1 + coverFactor
	}
	return sum * (1 + 1e-12) // as the clauses are added up in another order than by score
}

// spread offers documents, count of them, that hold the first n clauses of order at the levels in at, which bring sum, titles of
// them by the title. It divides them by the level at which they hold the next clause. docs is used up. Some of them may hold a
// clause at a better level, whose bound was too low: these would not be kept, so they may as well count for less.
func (r *ranking) spread(n int, docs bitset, count int, sum float64, titles int) {
	if count <= fewDocs {
		for _, c := range r.order[n:] {
			r.e.grade(r.part, c, lastLevel)
		}
		r.walk(docs, phrase{}, r.bound(n, sum, titles))
		return
	}
	if n == len(r.order) {
		exactly, _ := r.brings(0)
		r.byLength(docs, 1, phrase{}, exactly, titles)
		return
	}
	c := r.order[n]
	defer func() { r.at[c] = mixed }()
	if r.groups[n] == nil {
		r.groups[n] = r.e.mem.raw(r.docs)
	}
	group := r.groups[n]
	for l := r.reach[c]; l <= lastLevel; l++ {
		brings, byTitle := r.worth(c, l), titles
		if l.field() == FieldTitle {
			byTitle++
		}
		switch {
		case r.mayKeep(r.bound(n+1, sum+brings, byTitle)):
		case l.field() == FieldTitle:
			continue // another level may have the better bound, as it leaves the other clauses their titles
		default:
			return
		}
		r.at[c] = l
		if l == lastLevel {
			r.spread(n+1, docs, count, sum+brings, byTitle)
			return
		}
		r.e.grade(r.part, c, l+1)
		if best := r.clauses[c].best[l]; best != nil {
			moved := docs.split(best, group)
			if count -= moved; moved > 0 {
				r.spread(n+1, group, moved, sum+brings, byTitle)
			}
		}
	}
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
	all, words := inTitle == len(r.clauses), r.titleWords[doc]
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
