package engine

import "math"

// rest offers the documents whose title lacks a clause.
func (r *ranking) rankRest() {
	r.computeUpperBounds()
	if r.isCompetitive(r.upperBound(0, 0, 0)) {
		r.partition(0, r.remaining, r.remaining.count(), 0, 0)
	}
}

// limit says from reach what the clauses can bring.
func (r *ranking) computeUpperBounds() {
	n := len(r.order)
	r.minLoss[n] = math.Inf(1)
	for i := n - 1; i >= 0; i-- {
		c := r.order[i]
		best := r.clauseScore(c, r.bestTier[c])
		r.maxRest[i] = best + r.maxRest[i+1]
		if r.titleInRest[i] = r.titleInRest[i+1]; r.bestTier[c].field() == FieldTitle {
			r.titleInRest[i] = true
			r.minLoss[i] = min(r.minLoss[i+1], best-r.clauseScore(c, r.clauses[c].nextTier(titleTiers)))
		}
	}
}

// bound is the most that a document can score, its freshness aside, whose title lacks a clause: when the first n clauses of
// order bring sum, titles of them by the title.
func (r *ranking) upperBound(n int, sum float64, titles int) float64 {
	sum += r.maxRest[n]
	if titles == n {
		sum -= r.minLoss[n]
	}
	if titles > 0 || r.titleInRest[n] {
		sum *= 1 + coverageFactor
	}
	return sum * (1 + 1e-12) // as the clauses are added up in another order than by score
}

// spread offers documents, count of them, that hold the first n clauses of order at the levels in at, which bring sum, titles of
// them by the title. It divides them by the level at which they hold the next clause. docs is used up. Some of them may hold a
// clause at a better level, whose bound was too low: these would not be kept, so they may as well count for less.
func (r *ranking) partition(n int, docs bitset, count int, sum float64, titles int) {
	if count <= scanDocs {
		for _, c := range r.order[n:] {
			r.e.fillTiers(r.segmentMatch, c, lastTier)
		}
		r.scan(docs, phrase{}, r.upperBound(n, sum, titles))
		return
	}
	if n == len(r.order) {
		exactly, _ := r.sumClauses(0)
		r.scanByTitleLength(docs, 1, phrase{}, exactly, titles)
		return
	}
	c := r.order[n]
	defer func() { r.tiers[c] = mixedTiers }()
	if r.partitions[n] == nil {
		r.partitions[n] = r.e.pool.dirty(r.docs)
	}
	group := r.partitions[n]
	for l := r.bestTier[c]; l <= lastTier; l++ {
		gain, byTitle := r.clauseScore(c, l), titles
		if l.field() == FieldTitle {
			byTitle++
		}
		switch {
		case r.isCompetitive(r.upperBound(n+1, sum+gain, byTitle)):
		case l.field() == FieldTitle:
			continue // another level may have the better bound, as it leaves the other clauses their titles
		default:
			return
		}
		r.tiers[c] = l
		if l == lastTier {
			r.partition(n+1, docs, count, sum+gain, byTitle)
			return
		}
		r.e.fillTiers(r.segmentMatch, c, l+1)
		if best := r.clauses[c].tiers[l]; best != nil {
			moved := docs.split(best, group)
			if count -= moved; moved > 0 {
				r.partition(n+1, group, moved, sum+gain, byTitle)
			}
		}
	}
}
