package engine

import "math"

// rankRest ranks the documents whose title does not hold all clauses.
func (r *ranking) rankRest() {
	r.computeUpperBounds()
	if r.isCompetitive(r.upperBound(0, 0, 0)) {
		r.partition(0, r.remaining, r.remaining.count(), 0, 0)
	}
}

// computeUpperBounds computes what the clauses can contribute at most, given bestTier.
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

// upperBound returns the maximum score, freshness aside, of a document whose title does not hold all clauses, when the first
// n clauses of order contribute sum and the title holds titles of them.
func (r *ranking) upperBound(n int, sum float64, titles int) float64 {
	sum += r.maxRest[n]
	if titles == n {
		sum -= r.minLoss[n]
	}
	if titles > 0 || r.titleInRest[n] {
		sum *= 1 + coverageFactor
	}
	return sum * (1 + 1e-12) // the score adds up the clauses in another order
}

// partition ranks the documents docs, count of them, which hold the first n clauses of order at the tiers in r.tiers; these
// contribute sum, and the title holds titles of them. It partitions them by the tier of the next clause and prunes the
// partitions whose upper bound is below the threshold. docs is overwritten. A document may hold a clause at a better tier
// whose partition was pruned: it cannot reach the threshold, so a lower score does no harm.
func (r *ranking) partition(n int, docs bitset, count int, sum float64, titles int) {
	if count <= scanDocs {
		for _, c := range r.order[n:] {
			r.e.fillTiers(r.segmentMatch, c, lastTier)
		}
		r.scan(docs, phrase{}, r.upperBound(n, sum, titles))
		return
	}
	if n == len(r.order) {
		r.scanByTitleLength(docs, 1, phrase{}, r.sumClauses(0).score, titles)
		return
	}
	c := r.order[n]
	defer func() { r.tiers[c] = mixedTiers }()
	if r.partitions[n] == nil {
		r.partitions[n] = r.pool.dirty(r.docs)
	}
	group := r.partitions[n]
	for t := r.bestTier[c]; t <= lastTier; t++ {
		gain, byTitle := r.clauseScore(c, t), titles
		if t.field() == FieldTitle {
			byTitle++
		}
		switch {
		case r.isCompetitive(r.upperBound(n+1, sum+gain, byTitle)):
		case t.field() == FieldTitle:
			continue // another tier may have the higher upper bound, because it leaves the title to the other clauses
		default:
			return
		}
		r.tiers[c] = t
		if t == lastTier {
			r.partition(n+1, docs, count, sum+gain, byTitle)
			return
		}
		r.e.fillTiers(r.segmentMatch, c, t+1)
		if best := r.clauses[c].tiers[t]; best != nil {
			moved := docs.split(best, group)
			if count -= moved; moved > 0 {
				r.partition(n+1, group, moved, sum+gain, byTitle)
			}
		}
	}
}
