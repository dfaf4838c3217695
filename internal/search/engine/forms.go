package engine

// wordForms are the forms of a segment that a word of a query stands for: those of its stem, and where it is the beginning of
// words all that begin so.
type wordForms struct {
	word    Word
	asTyped []uint32
	others  []uint32
}

// formsFor looks the forms of a word up, once a search.
func (p *part) formsFor(w Word) wordForms {
	for _, known := range p.words {
		if known.word == w {
			return known
		}
	}
	found := wordForms{word: w}
	for _, form := range p.formsOf(w.Stem) {
		if sameForm(p.forms.get(int(form)), w.Form) {
			found.asTyped = append(found.asTyped, form)
		} else {
			found.others = append(found.others, form)
		}
	}
	if w.Prefix {
		from, to := p.forms.withPrefix(w.Form)
		for form := from; form < to; form++ { // those of the stem once more: the better level counts
			found.others = append(found.others, uint32(form))
		}
	}
	p.words = append(p.words, found)
	return found
}

// wordIn adds the documents that hold a word in a field.
func (p *part) wordIn(w Word, f Field, out bitset) {
	forms := p.formsFor(w)
	for _, form := range forms.asTyped {
		p.formIn(form, f).orInto(out)
	}
	for _, form := range forms.others {
		p.formIn(form, f).orInto(out)
	}
}

// formsAt gives the forms of a word that count as level l, and at no better level of the field.
func (p *part) formsAt(w Word, l level) []uint32 {
	forms := p.formsFor(w)
	if l == levelOf(l.field(), true) {
		return forms.asTyped
	}
	return forms.others
}
