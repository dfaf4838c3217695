package engine

// grades says which documents hold a clause at which level: those of best[l] at level l or a better one, and a document that
// is in none of them at the last. A phrase fills it where it is found, single words as far down as the order needs to know.
type impactTiers struct {
	tiers    [lastTier]bitset // nil for none
	filled   tier             // the levels before it are filled
	wordDocs [][]bitset       // by alternative of several words, by word: where it stands at the levels before graded
}

// at gives the set of a level, made when it is first needed.
func (g *impactTiers) docsAt(l tier, p *segmentMatch, mem *bitsetPool) bitset {
	if g.tiers[l] == nil {
		g.tiers[l] = mem.cleared(p.docs)
	}
	return g.tiers[l]
}

// of gives the best level at which a document holds the clause, which must be graded as far as that.
func (g *impactTiers) tierOf(doc int) tier {
	for l, docs := range g.tiers {
		if docs != nil && docs.has(doc) {
			return tier(l)
		}
	}
	return lastTier
}

// next gives the best level from l on at which any document may hold the clause.
func (g *impactTiers) nextTier(l tier) tier {
	for l < g.filled && g.tiers[l] == nil {
		l++
	}
	return l
}

// grade fills the levels of a clause before end.
func (e *evaluation) fillTiers(p *segmentMatch, c int, end tier) {
	hits := &p.clauses[c]
	for ; hits.filled < end; hits.filled++ {
		l := hits.filled
		for i := range e.words.Must[c].Any {
			alt := &e.words.Must[c].Any[i]
			if alt.Phrase || alt.Field != FieldAny && alt.Field != l.field() {
				continue // where a phrase stands was noted when it was found
			}
			if len(alt.Words) == 1 {
				for _, form := range p.termsAt(alt.Words[0], l) {
					if list := p.termPostings(form, l.field()); list.count > 0 {
						list.orInto(hits.docsAt(l, p, e.pool))
					}
				}
			} else {
				hits.docsAt(l, p, e.pool).or(e.allWordsAtTier(p, i, alt.Words, hits, l))
			}
		}
		if best := hits.tiers[l]; best != nil {
			if best.and(p.matches); best.empty() {
				hits.tiers[l] = nil
			}
		}
	}
}

// allWordsAt gives the documents that hold all words of an alternative at a level or better ones: it counts by the worst of its
// words. The levels before must have been asked for.
func (e *evaluation) allWordsAtTier(p *segmentMatch, alternative int, words []Word, hits *clauseMatch, l tier) bitset {
	for len(hits.wordDocs) <= alternative {
		hits.wordDocs = append(hits.wordDocs, nil)
	}
	reached := hits.wordDocs[alternative]
	if reached == nil {
		for range words {
			reached = append(reached, e.pool.cleared(p.docs))
		}
		hits.wordDocs[alternative] = reached
	}
	for i, w := range words {
		for _, form := range p.termsAt(w, l) {
			p.termPostings(form, l.field()).orInto(reached[i])
		}
	}
	all := e.pool.copyOf(reached[0])
	for _, one := range reached[1:] {
		all.and(one)
	}
	return all
}
