package engine

import (
	"cmp"
	"math"
	"slices"
)

// byRelevance offers the matches of all segments by their score. It is exact, yet it looks at few documents:
// in each segment it goes through groups of documents, those with the rarest word in the best field first, and
// stops where the best possible score of what is left is under that of the last hit kept.
func (e *evaluation) byRelevance(top *best, fresh freshness) {
	asked := 0
	for _, c := range e.words.Must {
		asked += len(c.Any[0].Words)
	}
	for _, p := range e.parts {
		r := ranking{e: e, part: p, top: top, fresh: fresh, asked: asked, newest: fresh.of(p.high[ColumnPublished]),
			run: phraseOf(p.ranksOf(e.words.typedStems()))}
		r.find()
	}
}

// ranking is byRelevance on one segment.
type ranking struct {
	e *evaluation
	*part
	top    *best
	fresh  freshness
	asked  int     // words in the query
	run    phrase  // these words as a phrase, empty when there is nothing to stand next to each other
	newest float64 // freshness of the segment's newest document
}

// group is the documents that hold one clause in one field, and what that is worth.
type group struct {
	clause int
	level  level
	gain   float64 // over the clause being held at the last level
}

func (r *ranking) find() {
	reach := make([]level, len(r.clauses)) // by clause: the best level at which documents left may hold it
	if r.match.empty() || !r.mayKeep(r.ceiling(reach, exactFactor)) {
		return
	}
	left := r.e.mem.copyOf(r.match)
	// The titles come first and alone: after them most of the older segments can be passed over.
	r.e.grade(r.part, titleLevels)
	r.titles(left, reach)
	if !r.mayKeep(r.partCeiling(reach)) {
		return
	}
	r.e.grade(r.part, lastLevel)

	var groups []group
	for c := range r.clauses {
		for l := range lastLevel {
			if r.clauses[c].best[l] != nil {
				groups = append(groups, group{c, l, r.e.rarity[c] * (levelWeights[l] - levelWeights[lastLevel])})
			}
		}
		reach[c] = r.next(c, 0)
	}
	// the greatest gain first; for one clause that is the order of its levels
	slices.SortStableFunc(groups, func(x, y group) int { return cmp.Compare(y.gain, x.gain) })
	for _, g := range groups {
		ceiling := r.partCeiling(reach)
		if !r.mayKeep(ceiling) {
			return
		}
		docs := r.e.mem.copyOf(left)
		docs.and(r.clauses[g.clause].best[g.level])
		left.andNot(docs)
		r.walk(docs, ceiling)
		reach[g.clause] = r.next(g.clause, g.level+1)
	}
	r.walk(left, r.partCeiling(reach))
}

// mayKeep tells whether a document of the segment could still be kept, if none scores more than its freshness times ceiling.
func (r *ranking) mayKeep(ceiling float64) bool { return r.newest*ceiling >= r.top.bar() }

// next gives the best level from l on at which any document may hold the clause.
func (r *ranking) next(clause int, l level) level {
	for l < r.graded && r.clauses[clause].best[l] == nil {
		l++
	}
	return l
}

// ceiling is the most that a document can score, its freshness aside, when no clause is held at a better level than
// reach says.
func (r *ranking) ceiling(reach []level, titleFactor float64) float64 {
	sum, title := 0.0, false
	for c, l := range reach {
		sum += r.e.rarity[c] * levelWeights[l]
		title = title || l.field() == FieldTitle
	}
	if !title {
		return sum
	}
	return titleFactor * sum
}

// partCeiling is the ceiling of the documents whose title lacks a clause: at best the one that loses least by it.
func (r *ranking) partCeiling(reach []level) float64 {
	sum, loss, titles := 0.0, math.Inf(1), 0
	for c, l := range reach {
		sum += r.e.rarity[c] * levelWeights[l]
		if l.field() == FieldTitle {
			titles++
			loss = min(loss, r.e.rarity[c]*(levelWeights[l]-levelWeights[r.next(c, titleLevels)]))
		}
	}
	if titles == len(reach) {
		sum -= loss
		titles--
	}
	if titles == 0 {
		return sum
	}
	return (1 + coverFactor) * sum
}

// titles offers the documents whose title holds all clauses, those first whose title is the query, and takes them out of left.
// The titles must be graded.
func (r *ranking) titles(left bitset, reach []level) {
	docs := r.e.mem.copyOf(left)
	for c := range r.clauses {
		inTitle := r.e.mem.bits(r.docs)
		for _, asTyped := range []bool{true, false} {
			if best := r.clauses[c].best[levelOf(FieldTitle, asTyped)]; best != nil {
				inTitle.or(best)
			}
		}
		docs.and(inTitle)
		reach[c] = r.next(c, 0)
	}
	left.andNot(docs)
	exact := r.e.mem.copyOf(docs)
	exact.each(func(doc int) {
		if int(r.titleWords[doc]) > r.asked {
			exact.clear(doc)
		}
	})
	r.walk(exact, r.ceiling(reach, exactFactor))
	docs.andNot(exact)
	r.walk(docs, r.ceiling(reach, titleCeiling))
}

// walk offers documents, the newest first, as long as they can still be kept. None of them scores more than its
// freshness times ceiling.
func (r *ranking) walk(docs bitset, ceiling float64) {
	first, fresh := r.docs, 0.0 // of the run of hours that the walk is in
	docs.eachDown(func(doc int) bool {
		if doc < first {
			var hour float64
			first, hour = r.hours.of(doc)
			fresh = r.fresh.ofHour(hour)
		}
		if fresh*ceiling < r.top.bar() {
			return false
		}
		if key := r.score(doc, fresh); key >= r.top.bar() {
			r.top.offer(candidate{key, r.columns[ColumnPublished][doc], r.part, doc})
		}
		return true
	})
}

// score gives the score of a document, or where that is under the bar for certain another that is under it, too.
func (r *ranking) score(doc int, fresh float64) float64 {
	sum, inTitle := 0.0, 0
	for c := range r.clauses {
		l := r.clauses[c].levelOf(doc)
		if l.field() == FieldTitle {
			inTitle++
		}
		sum += r.e.rarity[c] * levelWeights[l]
	}
	all, run := inTitle == len(r.clauses), false
	if all && len(r.run.code) > 0 {
		most := fresh * (titleFactor(inTitle, r.asked, all, true, r.titleWords[doc]) * sum)
		if most < r.top.bar() { // as most titles with all the words are, so few need to be read
			return most
		}
		_, run = r.run.find(r.streamOf(doc), FieldTitle)
	}
	return fresh * (titleFactor(inTitle, r.asked, all, run, r.titleWords[doc]) * sum)
}

// levelOf gives the best level at which a document holds the clause.
func (h *clauseHits) levelOf(doc int) level {
	for l, docs := range h.best {
		if docs != nil && docs.has(doc) {
			return level(l)
		}
	}
	return lastLevel
}
