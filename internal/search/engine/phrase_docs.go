package engine

import "bytes"

// phraseDocs has the documents of a segment that hold a phrase in a field, or may hold it until it is verified. A phrase is looked up
// once for all clauses that have it: each word of an expression has the synonyms of the whole.
type phraseDocs struct {
	phrase
	field    Field
	only     *Value // as in the alternative
	holding  bitset // hold all its words in the field
	docs     bitset // and may have them next to each other
	verified bool
	in       [fieldCount]bitset // once verified: those whose best field with the phrase is this one; nil: none
}

// phraseDocsOf returns the documents for an alternative that is a phrase, nil when the segment lacks one of its words.
func (p *segmentMatch) phraseDocsOf(alt *Alternative, pool *bitsetPool) *phraseDocs {
	ranks := p.ranksOf(alt.stems())
	if ranks == nil {
		return nil
	}
	code := phraseOf(ranks)
	for _, known := range p.phrases {
		same := known.only == alt.Only || known.only != nil && alt.Only != nil && *known.only == *alt.Only
		if same && known.field == alt.Field && bytes.Equal(known.code, code.code) {
			return known
		}
	}
	found := &phraseDocs{phrase: code, field: alt.Field, only: alt.Only, holding: p.allWords(alt, pool)}
	p.restrict(found.holding, alt.Only, pool)
	found.docs = pool.copyOf(found.holding)
	p.filterBigrams(found.docs, ranks)
	p.phrases = append(p.phrases, found)
	return found
}

// restrict removes the documents that do not have a value; nil: none.
func (p *segmentMatch) restrict(docs bitset, only *Value, pool *bitsetPool) {
	if only == nil {
		return
	}
	having := pool.cleared(p.docs)
	p.valuePostings(only.Field, only.Value).orInto(having)
	docs.and(having)
}

func (a *Alternative) stems() []string {
	stems := make([]string, len(a.Words))
	for i, w := range a.Words {
		stems[i] = w.Stem
	}
	return stems
}

// allWords returns the documents that hold all words of a phrase in its field.
func (p *segmentMatch) allWords(alt *Alternative, pool *bitsetPool) bitset {
	out := pool.cleared(p.docs)
	p.orWord(alt.Words[0], alt.Field, out)
	for _, w := range alt.Words[1:] {
		one := pool.cleared(p.docs)
		p.orWord(w, alt.Field, one)
		out.and(one)
	}
	return out
}

// verify reads the candidates among the documents, as far as the phrase budget goes. There are never more candidates later.
func (p *segmentMatch) verify(one *phraseDocs) {
	one.verified = true
	docs := p.pool.copyOf(one.docs)
	docs.and(p.candidates)
	left, seen := docs.count(), 0
	docs.eachDown(func(doc int) bool {
		if seen == p.phraseLeft {
			return false
		}
		seen++
		if f, ok := one.find(p.positionsOf(doc), one.field); ok {
			if one.in[f] == nil {
				one.in[f] = p.pool.cleared(p.docs)
			}
			one.in[f].set(doc)
		}
		return true
	})
	p.phraseLeft -= seen
	p.phraseChecked += seen
	p.phraseSkipped += left - seen
}

// verifyPhrases returns the candidates that match a clause with phrases, and records which fields hold the phrases.
func (p *segmentMatch) verifyPhrases(cm *clauseMatch) bitset {
	holds := p.pool.copyOf(cm.docs)
	for _, one := range cm.phrases {
		if !one.verified {
			p.verify(one.phraseDocs)
		}
		for f, docs := range one.in {
			if docs == nil {
				continue
			}
			holds.or(docs)
			if t := tierFor(Field(f), !one.alt.Synonym); t < lastTier && one.alt.Only == nil {
				cm.docsAt(t, p).or(docs)
			}
		}
	}
	return holds
}
