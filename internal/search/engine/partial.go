package engine

import (
	"cmp"
	"math/bits"
	"slices"
)

// When few documents hold all words of a query, those that hold most of them follow, so that a word too many does not empty the
// page. The query is relaxed: evaluated again with some clauses left out, the lightest by IDF first. The matches of a relaxation
// that no earlier one has found rank after those of the earlier ones.

const (
	fewMatches     = 10 // the number of documents with all words from which the query is not relaxed
	enoughMatches  = 20 // the number of documents from which it is not relaxed further
	maxRelaxations = 10 // the number of relaxations that are evaluated, each at the cost of a search
	// leastWeight is the share of the sum of IDFs that a relaxation keeps at least. On the judged queries a third measured better than a
	// half, and a quarter hardly better.
	leastWeight = 1.0 / 3
)

// relaxationFactor is the factor of the scores of one relaxation to those of the one before. A score is at most
// 1 × exactTitleFactor × 10 and at least freshnessFloor × 1 × 0.7 times the sum of the IDFs, and every relaxation keeps a third of that
// sum, so 1/186 suffices for all its matches to rank after those of the one before. A power of two rounds nothing.
const relaxationFactor = 1.0 / 1024

// relax returns evaluations with clauses left out whose matches are not among the found ones of e, or of each other.
func (e *evaluation) relax(snap *snapshot, found int) []*evaluation {
	if sort, _ := e.order(); !e.q.Partial || sort != SortRelevance || found >= fewMatches {
		return nil
	}
	var relaxed []*evaluation
	budget := e.phraseLeft
	for _, kept := range e.relaxations() {
		if found >= enoughMatches {
			break
		}
		q := *e.q
		var missing []string
		q.Words, missing = e.words.only(kept)
		fewer := evaluateWithin(budget, snap, &q, e.pool)
		budget = fewer.phraseLeft
		fewer.missing = missing
		fewer.exclude(e)
		for _, earlier := range relaxed {
			fewer.exclude(earlier)
		}
		more, _ := fewer.total()
		if more == 0 {
			continue
		}
		found += more
		fewer.factor = e.factor * relaxationFactor
		if n := len(relaxed); n > 0 {
			fewer.factor = relaxed[n-1].factor * relaxationFactor
		}
		relaxed = append(relaxed, fewer)
		fewer.relaxed = len(relaxed)
	}
	return relaxed
}

// relaxations returns sets of clauses to keep, the heaviest first: bits of the clauses of Must and, after them, of Where.
func (e *evaluation) relaxations() []uint64 {
	var weights []float64
	all, known := uint64(0), uint64(0)
	for c, docFreq := range slices.Concat(e.docFreq, e.whereFreq) {
		weights = append(weights, idf(e.scopeDocs, docFreq))
		all |= 1 << c
		if docFreq > 0 { // what no document holds can only be left out
			known |= 1 << c
		}
	}
	must := uint64(1)<<len(e.docFreq) - 1
	sum := func(clauses uint64) (total float64) {
		for c, weight := range weights {
			if clauses&(1<<c) != 0 {
				total += weight
			}
		}
		return total
	}
	var sets []uint64
	for _, kept := range subsets(known, weights) {
		if kept != all && kept&must != 0 && sum(kept) >= leastWeight*sum(known) && sum(kept&must) >= leastWeight*sum(known&must) {
			sets = append(sets, kept)
		}
	}
	slices.SortStableFunc(sets, func(x, y uint64) int { return cmp.Compare(sum(y), sum(x)) })
	return sets[:min(maxRelaxations, len(sets))]
}

// subsets returns a set of clauses, the set without each of them, from four clauses on without each two, and then without more and
// more of the lightest, as long as half are left.
func subsets(clauses uint64, weights []float64) []uint64 {
	sets := []uint64{clauses}
	var list []int
	for c := range weights {
		if clauses&(1<<c) != 0 {
			list = append(list, c)
		}
	}
	for i, c := range list {
		if len(list) < 2 {
			break
		}
		sets = append(sets, clauses&^(1<<c))
		for _, d := range list[i+1:] {
			if len(list) >= 4 {
				sets = append(sets, clauses&^(1<<c|1<<d))
			}
		}
	}
	slices.SortStableFunc(list, func(x, y int) int { return cmp.Compare(weights[x], weights[y]) })
	for _, c := range list {
		if clauses &^= 1 << c; bits.OnesCount64(clauses) <= len(list)-3 && 2*bits.OnesCount64(clauses) >= len(list) {
			sets = append(sets, clauses)
		}
	}
	return sets
}

// only returns the query with those clauses of Must and Where alone, and the others as they were typed.
func (w Words) only(kept uint64) (fewer Words, missing []string) {
	fewer = Words{MustNot: w.MustNot, Source: w.Source}
	for c, clause := range slices.Concat(w.Must, w.Where) {
		switch {
		case kept&(1<<c) == 0:
			missing = append(missing, clause.Typed)
		case c < len(w.Must):
			fewer.Must = append(fewer.Must, clause)
		default:
			fewer.Where = append(fewer.Where, clause)
		}
	}
	return fewer, missing
}

// exclude removes the matches of another evaluation of the same segments.
func (e *evaluation) exclude(other *evaluation) {
	for i, p := range e.segments {
		p.candidates.andNot(other.segments[i].candidates)
		p.matches.andNot(other.segments[i].candidates)
	}
}

// include adds the matches of other evaluations, so that facets count them too. The ranking must be over.
func (e *evaluation) include(others []*evaluation) {
	for i, p := range e.segments {
		if len(others) > 0 {
			p.matches = e.pool.copyOf(p.matches) // it may be the same set as the candidates
		}
		for _, other := range others {
			p.candidates.or(other.segments[i].candidates)
			p.matches.or(other.segments[i].matches)
		}
	}
}
