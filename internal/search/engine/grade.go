package engine

// grades says which documents hold a clause at which level: those of best[l] at level l or a better one, and a document that
// is in none of them at the last. A phrase fills it where it is found, single words as far down as the order needs to know.
type grades struct {
	best    [lastLevel]bitset // nil for none
	graded  level             // the levels before it are filled
	reached [][]bitset        // by alternative of several words, by word: where it stands at the levels before graded
}

// at gives the set of a level, made when it is first needed.
func (g *grades) at(l level, p *part, mem *scratch) bitset {
	if g.best[l] == nil {
		g.best[l] = mem.bits(p.docs)
	}
	return g.best[l]
}

// of gives the best level at which a document holds the clause, which must be graded as far as that.
func (g *grades) of(doc int) level {
	for l, docs := range g.best {
		if docs != nil && docs.has(doc) {
			return level(l)
		}
	}
	return lastLevel
}

// next gives the best level from l on at which any document may hold the clause.
func (g *grades) next(l level) level {
	for l < g.graded && g.best[l] == nil {
		l++
	}
	return l
}

// grade fills the levels of a clause before end.
func (e *evaluation) grade(p *part, c int, end level) {
	hits := &p.clauses[c]
	for ; hits.graded < end; hits.graded++ {
		l := hits.graded
		for i := range e.words.Must[c].Any {
			alt := &e.words.Must[c].Any[i]
			if alt.Phrase || alt.Field != FieldAny && alt.Field != l.field() {
				continue // where a phrase stands was noted when it was found
			}
			if len(alt.Words) == 1 {
				for _, form := range p.formsAt(alt.Words[0], l) {
					if list := p.formIn(form, l.field()); list.count > 0 {
						list.orInto(hits.at(l, p, e.mem))
					}
				}
			} else {
				hits.at(l, p, e.mem).or(e.allWordsAt(p, i, alt.Words, hits, l))
			}
		}
		if best := hits.best[l]; best != nil {
			if best.and(p.match); best.empty() {
				hits.best[l] = nil
			}
		}
	}
}

// allWordsAt gives the documents that hold all words of an alternative at a level or better ones: it counts by the worst of its
// words. The levels before must have been asked for.
func (e *evaluation) allWordsAt(p *part, alternative int, words []Word, hits *clauseHits, l level) bitset {
	for len(hits.reached) <= alternative {
		hits.reached = append(hits.reached, nil)
	}
	reached := hits.reached[alternative]
	if reached == nil {
		for range words {
			reached = append(reached, e.mem.bits(p.docs))
		}
		hits.reached[alternative] = reached
	}
	for i, w := range words {
		for _, form := range p.formsAt(w, l) {
			p.formIn(form, l.field()).orInto(reached[i])
		}
	}
	all := e.mem.copyOf(reached[0])
	for _, one := range reached[1:] {
		all.and(one)
	}
	return all
}
