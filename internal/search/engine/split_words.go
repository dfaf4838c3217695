package engine

import "unicode/utf8"

const (
	minSplitLetters = 3   // of each part of a word that lacks its space
	splitBudget     = 500 // how many documents are read to see whether the parts follow each other
)

// bestSplit returns the two words that documents have next to each other, and that make the typed one when the space between them
// is left out: "help desk" for "helpdesk".
func (ix *Index) bestSplit(snap *snapshot, scopes []bitset, typed string, pool *bitsetPool) correction {
	var best correction
	left := splitBudget
	for at := range typed {
		first, second := typed[:at], typed[at:]
		if utf8.RuneCountInString(first) < minSplitLetters || utf8.RuneCountInString(second) < minSplitLetters ||
			ix.analyzer.IsStopword(first) || ix.analyzer.IsStopword(second) {
			continue
		}
		one := correction{words: first + " " + second, cost: costSplit}
		stems := []string{ix.analyzer.Stem(first), ix.analyzer.Stem(second)}
		for i, v := range snap.segments {
			one.docFreq += v.countAdjacent(first, second, stems, scopes[i], &left, pool)
		}
		if one.docFreq > 0 && one.isBetter(best) {
			best = one
		}
	}
	return best
}

// countAdjacent returns how many documents in scope hold two terms next to each other. It reads as many documents as are left.
func (v *segmentView) countAdjacent(first, second string, stems []string, scope bitset, left *int, pool *bitsetPool) (n int) {
	a, okA := v.terms.find(first)
	b, okB := v.terms.find(second)
	if !okA || !okB || *left == 0 {
		return 0
	}
	ranks := v.ranksOf(stems)
	both, other := pool.cleared(v.docs), pool.cleared(v.docs)
	v.termPostings(uint32(a), FieldAny).orInto(both)
	v.termPostings(uint32(b), FieldAny).orInto(other)
	both.and(other)
	both.and(scope)
	v.filterBigrams(both, ranks)
	words := phraseOf(ranks)
	both.eachDown(func(doc int) bool {
		if _, ok := words.find(v.positionsOf(doc), FieldAny); ok {
			n++
		}
		*left--
		return *left > 0
	})
	return n
}
