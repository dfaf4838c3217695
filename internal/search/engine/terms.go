package engine

// wordForms are the forms of a segment that a word of a query stands for: those of its stem, and where it is the beginning of
// words all that begin so.
type wordTerms struct {
	word    Word
	asTyped []uint32
	others  []uint32
}

// formsFor looks the forms of a word up, once a search.
func (p *segmentMatch) termsFor(w Word) wordTerms {
	for _, known := range p.terms {
		if known.word == w {
			return known
		}
	}
	found := wordTerms{word: w}
	for _, form := range p.termsOfStem(w.Stem) {
		if sameTerm(p.segment.terms.get(int(form)), w.Term) {
			found.asTyped = append(found.asTyped, form)
		} else {
			found.others = append(found.others, form)
		}
	}
	if w.Prefix {
		from, to := p.segment.terms.withPrefix(w.Term)
		for form := from; form < to; form++ { // those of the stem once more: the better level counts
			found.others = append(found.others, uint32(form))
		}
	}
	p.terms = append(p.terms, found)
	return found
}

// wordIn adds the documents that hold a word in a field.
func (p *segmentMatch) orWord(w Word, f Field, out bitset) {
	terms := p.termsFor(w)
	for _, form := range terms.asTyped {
		p.termPostings(form, f).orInto(out)
	}
	for _, form := range terms.others {
		p.termPostings(form, f).orInto(out)
	}
}

// formsAt gives the forms of a word that count as level l, and at no better level of the field.
func (p *segmentMatch) termsAt(w Word, l tier) []uint32 {
	terms := p.termsFor(w)
	if l == tierFor(l.field(), true) {
		return terms.asTyped
	}
	return terms.others
}
