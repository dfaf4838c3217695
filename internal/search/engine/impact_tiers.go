package engine

// impactTiers groups the documents that match a clause by impact: tiers[t] has those at tier t, and maybe some of better
// tiers; documents in none of them are at the last tier. Phrases fill it when they are verified; single words are filled
// only down to the tier that the ranking needs.
type impactTiers struct {
	tiers    [lastTier]bitset // nil: empty
	filled   tier             // the tiers before it are filled
	wordDocs [][]bitset       // by alternative of several words, by word: the documents that hold it in a tier before filled
}

// docsAt returns the set of a tier, which is allocated on first use.
func (g *impactTiers) docsAt(t tier, p *segmentMatch, pool *bitsetPool) bitset {
	if g.tiers[t] == nil {
		g.tiers[t] = pool.cleared(p.docs)
	}
	return g.tiers[t]
}

// tierOf returns the best tier at which a document matches the clause, which must be filled that far.
func (g *impactTiers) tierOf(doc int) tier {
	for t, docs := range g.tiers {
		if docs != nil && docs.has(doc) {
			return tier(t)
		}
	}
	return lastTier
}

// nextTier returns the first tier from t on that may hold any document.
func (g *impactTiers) nextTier(t tier) tier {
	for t < g.filled && g.tiers[t] == nil {
		t++
	}
	return t
}

// fillTiers fills the tiers of a clause before end.
func (e *evaluation) fillTiers(p *segmentMatch, c int, end tier) {
	cm := &p.clauses[c]
	for ; cm.filled < end; cm.filled++ {
		t := cm.filled
		for i := range e.words.Must[c].Any {
			alt := &e.words.Must[c].Any[i]
			if alt.Phrase || alt.Field != FieldAny && alt.Field != t.field() {
				continue // phrases were placed when they were verified
			}
			if len(alt.Words) == 1 {
				p.orTermsAt(alt, alt.Words[0], t, func() bitset { return cm.docsAt(t, p, e.pool) })
			} else {
				cm.docsAt(t, p, e.pool).or(e.allWordsAtTier(p, i, alt, cm, t))
			}
		}
		if t == conditionTier && cm.condition != nil {
			cm.docsAt(t, p, e.pool).or(cm.condition)
		}
		if best := cm.tiers[t]; best != nil {
			if best.and(p.matches); best.empty() {
				cm.tiers[t] = nil
			}
		}
	}
}

// allWordsAtTier returns the documents that hold all words of an alternative at tier t or better: the worst of its words
// counts. It must have been called for all tiers before t.
func (e *evaluation) allWordsAtTier(p *segmentMatch, alternative int, alt *Alternative, cm *clauseMatch, t tier) bitset {
	for len(cm.wordDocs) <= alternative {
		cm.wordDocs = append(cm.wordDocs, nil)
	}
	reached := cm.wordDocs[alternative]
	if reached == nil {
		for range alt.Words {
			reached = append(reached, e.pool.cleared(p.docs))
		}
		cm.wordDocs[alternative] = reached
	}
	for i, w := range alt.Words {
		p.orTermsAt(alt, w, t, func() bitset { return reached[i] })
	}
	all := e.pool.copyOf(reached[0])
	for _, one := range reached[1:] {
		all.and(one)
	}
	return all
}
