package engine

import "slices"

// havePhrases reports whether an alternative is a phrase, which must be verified.
func (w *Words) havePhrases() bool {
	return slices.ContainsFunc(slices.Concat(w.Must, w.Where, w.MustNot), func(c Clause) bool {
		return slices.ContainsFunc(c.Any, func(a Alternative) bool { return a.Phrase })
	})
}

// completeWithPhrases completes the segments so that the newest ones use the phrase budget first. Those of which it is certain how much the
// segments before them leave may be completed at once.
func (e *evaluation) completeWithPhrases() {
	certain := 0
	if e.workers.most > 1 {
		reads := e.shareBudget()
		certain = len(reads)
		e.workers.each(reads, func(_, task int) { e.complete(e.segments[task]) })
	}
	for i, p := range e.segments {
		if i >= certain {
			p.phraseLeft = e.phraseLeft
			e.complete(p)
		}
		e.countPhrases(p)
	}
}

// countPhrases takes what the phrases of a segment have used from the budget.
func (e *evaluation) countPhrases(p *segmentMatch) {
	e.phraseLeft -= p.phraseChecked
	e.phraseChecked += p.phraseChecked
	e.phraseSkipped += p.phraseSkipped
}

// shareBudget gives the first segments their parts of the phrase budget, and returns how many documents each reads at most.
func (e *evaluation) shareBudget() (reads []int) {
	left, exact := e.phraseLeft, true // left is exact, or more is left
	for _, p := range e.segments {
		most := 0
		for _, one := range p.phrases {
			most += one.docs.countAnd(p.candidates)
		}
		one := len(p.phrases) < 2 // otherwise the first phrase may leave fewer documents to the second
		if most > left && !(exact && one) {
			break
		}
		p.phraseLeft = min(most, left)
		left -= p.phraseLeft
		exact = exact && (one || most == 0)
		reads = append(reads, most)
	}
	return reads
}
