package engine

import "math"

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
