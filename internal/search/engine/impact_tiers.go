package engine

// impactTiers groups the documents that match a clause by impact: tiers[t] has those at tier t, and maybe some of better
// tiers; documents in none of them are at the last tier. Phrases fill it when they are verified; single words are filled
// only down to the tier that the ranking needs.
type impactTiers struct {
	tiers  [lastTier]bitset // nil: empty
	filled tier             // the tiers before it are filled
}

// docsAt returns the set of a tier, which is allocated on first use.
func (g *impactTiers) docsAt(t tier, p *segmentMatch) bitset {
	if g.tiers[t] == nil {
		g.tiers[t] = p.pool.cleared(p.docs)
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
			if alt.Phrase || alt.Only != nil || alt.Mention || alt.Field != FieldAny && alt.Field != t.field() {
				continue // phrases were placed when they were verified; with Only it counts at the last tier
			}
			p.orTermsAt(alt, t, func() bitset { return cm.docsAt(t, p) })
		}
		if t == conditionTier && cm.condition != nil {
			cm.docsAt(t, p).or(cm.condition)
		}
		if best := cm.tiers[t]; best != nil {
			if best.and(p.matches); best.empty() {
				cm.tiers[t] = nil
			}
		}
	}
}
