package engine

import (
	"cmp"
	"math/bits"
	"slices"
	"sort"
)

// relaxation has the documents that hold the same clauses.
type relaxation struct {
	kept     uint64
	weight   int
	segments []relaxedSegment
}

type relaxedSegment struct {
	*partialSegment
	docs bitset
}

// heaviest returns the relaxations of the documents that hold the most weight: so many matches, and those that hold the same weight as the
// last of them. hasWork is whether they must hold a word for the work, or none.
func (m *partialMatches) heaviest(matches int, hasWork bool) []*relaxation {
	sums := m.sums()
	least := sums[sort.Search(len(sums)-1, func(n int) bool { return m.has(matches, sums[n], hasWork) })]
	byKept := map[uint64]*relaxation{}
	for _, s := range m.segments {
		docs := s.pool.copyOf(s.candidates)
		if hasWork {
			docs.and(s.work)
		} else {
			docs.andNot(s.work)
		}
		for i := range docs {
			docs[i] &= s.weights[i].atLeast(least)
		}
		m.group(s, docs, 0, 0, func(kept uint64, docs bitset) {
			if byKept[kept] == nil {
				byKept[kept] = &relaxation{kept: kept, weight: m.sum(kept)}
			}
			byKept[kept].segments = append(byKept[kept].segments, relaxedSegment{s, docs})
		})
	}
	delete(byKept, m.all) // only when phrases were too many to verify
	var list []*relaxation
	for _, one := range byKept {
		list = append(list, one)
	}
	slices.SortFunc(list, func(x, y *relaxation) int {
		return cmp.Or(cmp.Compare(y.weight, x.weight), cmp.Compare(y.kept, x.kept))
	})
	return list
}

// has reports whether so many matches hold a weight.
func (m *partialMatches) has(matches, weight int, hasWork bool) bool {
	for _, s := range m.segments {
		for i, these := range s.matches {
			if these &= s.work[i]; !hasWork {
				these ^= s.matches[i]
			}
			if these == 0 {
				continue
			}
			if matches -= bits.OnesCount64(these & s.weights[i].atLeast(weight)); matches <= 0 {
				return true
			}
		}
	}
	return false
}

// fewDocs is the number of documents up to which they are grouped one by one.
const fewDocs = 64

// group splits documents by the clauses that they hold, from clause c on; kept are those before. It uses up the set.
func (m *partialMatches) group(s *partialSegment, docs bitset, c int, kept uint64, found func(kept uint64, docs bitset)) {
	n := docs.count()
	switch {
	case n == 0:
	case c == len(s.holding):
		found(kept, docs)
	case n <= fewDocs:
		byKept := map[uint64]bitset{}
		docs.each(func(doc int) {
			all := kept
			for at := c; at < len(s.holding); at++ {
				if s.holding[at].has(doc) {
					all |= 1 << at
				}
			}
			if byKept[all] == nil {
				byKept[all] = s.pool.cleared(s.docs)
			}
			byKept[all].set(doc)
		})
		for all, docs := range byKept {
			found(all, docs)
		}
	default:
		holding := s.pool.dirty(s.docs)
		docs.split(s.holding[c], holding)
		m.group(s, docs, c+1, kept, found)
		m.group(s, holding, c+1, kept|1<<c, found)
	}
}

// evaluationOf returns the evaluation of a relaxation. With several, the tiers of the clauses are filled for all of them at once.
func (m *partialMatches) evaluationOf(one *relaxation, several bool) *evaluation {
	fewer := &evaluation{q: m.q, workers: m.workers, circle: m.circle, scopeDocs: m.scopeDocs}
	fewer.factor = relaxedFactor * float64(one.weight) / float64(m.sum(m.known))
	fewer.words, fewer.missing = m.words.only(one.kept)
	for c, docFreq := range m.docFreq {
		if one.kept&(1<<c) != 0 {
			fewer.docFreq, fewer.idf = append(fewer.docFreq, docFreq), append(fewer.idf, m.idf[c])
		}
	}
	for _, s := range one.segments {
		p := &segmentMatch{owner: fewer, number: s.number, segmentView: s.segmentView, pool: s.pool, scope: s.scope, candidates: s.docs,
			terms: slices.Clip(s.terms)}
		if p.matches = s.docs; len(m.q.Facets) > 0 {
			p.matches = p.pool.copyOf(s.docs)
			p.matches.and(s.matches)
		}
		for c := range s.clauses {
			if one.kept&(1<<c) != 0 {
				p.clauses = append(p.clauses, m.tiersOf(s.segmentMatch, c, several))
			}
		}
		fewer.segments, fewer.sizes = append(fewer.segments, p), append(fewer.sizes, p.docs)
	}
	return fewer
}

// tiersOf returns a clause of a segment with the tiers of its phrases, or with all of them.
func (m *partialMatches) tiersOf(p *segmentMatch, c int, filled bool) clauseMatch {
	if filled {
		m.fillTiers(p, c, lastTier)
		return p.clauses[c]
	}
	own := p.clauses[c]
	for t, docs := range own.tiers {
		if docs != nil {
			own.tiers[t] = p.pool.copyOf(docs)
		}
	}
	return own
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

// include adds the matches of relaxations, so that facets count them too. The ranking must be over.
func (e *evaluation) include(relaxed []*evaluation) {
	for _, p := range e.segments {
		if len(relaxed) > 0 {
			p.matches = p.pool.copyOf(p.matches) // it may be the same set as the candidates
		}
	}
	for _, fewer := range relaxed {
		for _, p := range fewer.segments {
			e.segments[p.number].candidates.or(p.candidates)
			e.segments[p.number].matches.or(p.matches)
		}
	}
}
