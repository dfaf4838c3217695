package engine

// wordTerms are the terms of a segment that a query word stands for: those of its stem and, for a prefix, all that begin
// with it.
type wordTerms struct {
	word    Word
	asTyped []uint32
	others  []uint32
}

// termsFor looks up the terms of a word, once per search.
func (p *segmentMatch) termsFor(w Word) wordTerms {
	for _, known := range p.terms {
		if known.word == w {
			return known
		}
	}
	found := wordTerms{word: w}
	for _, term := range p.termsOfStem(w.Stem) {
		if sameTerm(p.segment.terms.get(int(term)), w.Term) {
			found.asTyped = append(found.asTyped, term)
		} else {
			found.others = append(found.others, term)
		}
	}
	if w.Prefix {
		from, to := p.segment.terms.withPrefix(w.Term)
		for term := from; term < to; term++ { // those of the stem again: the better tier counts
			found.others = append(found.others, uint32(term))
		}
	}
	p.terms = append(p.terms, found)
	return found
}

// orWord adds the documents that hold a word in a field to out.
func (p *segmentMatch) orWord(w Word, f Field, out bitset) {
	terms := p.termsFor(w)
	for _, term := range terms.asTyped {
		p.termPostings(term, f).orInto(out)
	}
	for _, term := range terms.others {
		p.termPostings(term, f).orInto(out)
	}
}

// orTermsAt adds the documents that hold the word of an alternative at tier t, and perhaps at a better one of the field, to the
// set that out returns, which is asked for only if there are any.
func (p *segmentMatch) orTermsAt(alt *Alternative, t tier, out func() bitset) {
	terms := p.termsFor(alt.Words[0])
	for i, list := range [][]uint32{terms.asTyped, terms.others} {
		if tierFor(t.field(), i == 0 && !alt.Synonym) != t {
			continue
		}
		for _, term := range list {
			if found := p.termPostings(term, t.field()); found.count > 0 {
				found.orInto(out())
			}
		}
	}
}
