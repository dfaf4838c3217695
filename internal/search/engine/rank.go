package engine

import (
	"cmp"
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
		r := ranking{e: e, part: p, top: top, fresh: fresh, asked: asked, newest: fresh.of(p.high[ColumnPublished])}
		r.run()
	}
}

// ranking is byRelevance on one segment.
type ranking struct {
	e *evaluation
	*part
	top    *best
	fresh  freshness
	asked  int     // words in the query
	newest float64 // freshness of the segment's newest document
}

// group is the documents that hold one clause in one field, and what that is worth.
type group struct {
	clause int
	field  Field
	gain   float64 // over the clause being found in the body only
}

func (r *ranking) run() {
	reach := make([]Field, len(r.clauses)) // by clause: the best field that documents left may have it in
	if r.newest*r.ceiling(reach, exactFactor) < r.top.bar() || r.match.empty() {
		return
	}
	r.e.grade(r.part)
	left := r.e.mem.copyOf(r.match)
	r.exactTitles(left, reach)

	var groups []group
	for c := range r.clauses {
		for f := range FieldAny {
			if r.clauses[c].best[f] != nil {
				groups = append(groups, group{c, f, r.e.rarity[c] * (fieldWeights[f] - fieldWeights[FieldAny])})
			}
		}
		reach[c] = r.next(c, 0)
	}
	// the greatest gain first; for one clause that is the order of its fields
	slices.SortStableFunc(groups, func(x, y group) int { return cmp.Compare(y.gain, x.gain) })
	for _, g := range groups {
		ceiling := r.ceiling(reach, 1+coverFactor)
		if r.newest*ceiling < r.top.bar() {
			return
		}
		docs := r.e.mem.copyOf(left)
		docs.and(r.clauses[g.clause].best[g.field])
		left.andNot(docs)
		r.walk(docs, ceiling)
		reach[g.clause] = r.next(g.clause, g.field+1)
	}
	r.walk(left, r.ceiling(reach, 1+coverFactor))
}

// next gives the best field from f on that any document has the clause in.
func (r *ranking) next(clause int, f Field) Field {
	for f < FieldAny && r.clauses[clause].best[f] == nil {
		f++
	}
	return f
}

// ceiling is the most that a document can score, its freshness aside, when no clause stands in a better field than
// reach says.
func (r *ranking) ceiling(reach []Field, titleFactor float64) float64 {
	sum, title := 0.0, false
	for c, f := range reach {
		sum += r.e.rarity[c] * fieldWeights[f]
		title = title || f == FieldTitle
	}
	if !title {
		return sum
	}
	return titleFactor * sum
}

// exactTitles offers the documents whose title is the query, and takes them out of left.
func (r *ranking) exactTitles(left bitset, reach []Field) {
	if r.newest*r.ceiling(reach, exactFactor) < r.top.bar() {
		return
	}
	docs := r.e.mem.copyOf(left)
	for c := range r.clauses {
		if r.clauses[c].best[FieldTitle] == nil {
			return
		}
		docs.and(r.clauses[c].best[FieldTitle])
	}
	docs.each(func(doc int) {
		if int(r.titleWords[doc]) > r.asked {
			docs.clear(doc)
		}
	})
	left.andNot(docs)
	r.walk(docs, r.ceiling(reach, exactFactor))
}

// walk offers documents, the newest first, as long as they can still be kept. None of them scores more than its
// freshness times ceiling.
func (r *ranking) walk(docs bitset, ceiling float64) {
	published := r.columns[ColumnPublished]
	docs.eachDown(func(doc int) bool {
		fresh := r.fresh.of(published[doc])
		if fresh*ceiling < r.top.bar() {
			return false
		}
		r.top.offer(candidate{r.score(doc, fresh), published[doc], r.part, doc})
		return true
	})
}

func (r *ranking) score(doc int, fresh float64) float64 {
	sum, inTitle := 0.0, 0
	for c := range r.clauses {
		f := r.clauses[c].fieldOf(doc)
		if f == FieldTitle {
			inTitle++
		}
		sum += r.e.rarity[c] * fieldWeights[f]
	}
	return fresh * (titleFactor(inTitle, r.asked, inTitle == len(r.clauses), r.titleWords[doc]) * sum)
}

// fieldOf gives the best field in which a document holds the clause.
func (h *clauseHits) fieldOf(doc int) Field {
	for f, docs := range h.best {
		if docs != nil && docs.has(doc) {
			return Field(f)
		}
	}
	return FieldAny
}
