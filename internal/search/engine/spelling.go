package engine

import (
	"cmp"
	"math"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// correctBelow is the total below which a spelling correction is looked for.
const correctBelow = 3

// maxCorrectedWords is the maximum number of words in a query that are corrected.
const maxCorrectedWords = 4

// KnowWords sets what tells whether a word is right although no document holds it, besides the words that the analyzer knows. It
// must be called before the first search.
func (ix *Index) KnowWords(known func(term string) bool) { ix.knownWord = known }

// isMisspelt reports whether a typed word may be a slip: no vocabulary has it, and it has no digit, as names and versions do.
func (ix *Index) isMisspelt(term string) bool {
	if strings.ContainsAny(term, "0123456789") || ix.analyzer.Knows(term) {
		return false
	}
	return ix.knownWord == nil || !ix.knownWord(term)
}

// correct looks for words within an edit or two of the typed ones that neither a document in scope nor a vocabulary holds, among
// the documents that the caller may see. If the query finds more with them, the result suggests it; if it found nothing before,
// the hits are those of the corrected query.
func (ix *Index) correct(snap *snapshot, q *Query, r *Result, docFreq []int) {
	if q.Words.Source == "" {
		return
	}
	w := ix.workersFor(snap)
	defer w.pool.release()
	var scopes []bitset
	source := q.Words.Source
	corrected := 0
	for c := len(q.Words.Must) - 1; c >= 0 && corrected < maxCorrectedWords; c-- {
		clause := &q.Words.Must[c]
		if clause.Text == "" || docFreq[c] > 0 || !ix.isMisspelt(clause.Any[0].Words[0].Term) {
			continue
		}
		if scopes == nil {
			for _, v := range snap.segments {
				scopes = append(scopes, v.scopeOf(q.Scope, &w.pool))
			}
		}
		better := ix.nearest(snap, scopes, clause.Any[0].Words[0].Term, w)
		if better == "" {
			continue
		}
		source = source[:clause.At] + better + source[clause.At+len(clause.Text):]
		corrected++
	}
	if corrected == 0 {
		return
	}
	again := *q
	if again.Read != nil {
		again.Words = again.Read(source)
	} else {
		again.Words = Parse(ix.analyzer, source)
	}
	found, _ := ix.answer(snap, &again)
	if found.MatchedAllWords <= r.MatchedAllWords {
		return
	}
	if r.MatchedAllWords == 0 {
		*r = found
		r.Corrected = true
	}
	r.DidYouMean = source
}

// nearest returns the word, or two words, that somebody most likely meant, or "".
func (ix *Index) nearest(snap *snapshot, scopes []bitset, typed string, w *workers) string {
	best := nearestTerm(snap, scopes, typed, w)
	if split := ix.bestSplit(snap, scopes, typed, &w.pool); split.isBetter(best) {
		best = split
	}
	return best.words
}

// correction is what may have been meant by a typed word.
type correction struct {
	words   string // "": none
	cost    int    // of the slips: see edit_cost.go
	docFreq int
}

// isBetter reports whether c is more likely than other. Ten times the frequency outweighs a third of an edit.
func (c correction) isBetter(other correction) bool {
	if c.words == "" || other.words == "" {
		return c.words != ""
	}
	return cmp.Or(cmp.Compare(c.rank(), other.rank()), cmp.Compare(c.words, other.words)) < 0
}

func (c correction) rank() float64 { return float64(c.cost) - math.Log2(float64(1+c.docFreq)) }

// nearestTerm returns the likeliest of the terms in scope that are near enough to a typed one.
func nearestTerm(snap *snapshot, scopes []bitset, typed string, w *workers) correction {
	byWorker, sizes := make([]*nearTerms, w.most), make([]int, len(snap.segments))
	for i, v := range snap.segments {
		sizes[i] = v.terms.len()
	}
	w.each(sizes, func(worker, i int) {
		if byWorker[worker] == nil {
			byWorker[worker] = newNearTerms(typed)
		}
		byWorker[worker].add(snap.segments[i], scopes[i])
	})
	sum := newNearTerms(typed)
	for _, near := range byWorker {
		if near != nil {
			sum.merge(near)
		}
	}
	var best correction
	for _, one := range sum.found {
		if one.docFreq > 0 && one.isBetter(best) {
			best = *one
		}
	}
	return best
}

// nearTerms are the terms near enough to a typed one, with what they cost and how many documents in scope have them.
type nearTerms struct {
	distance *editDistance
	letters  uint32
	maxCost  int
	found    map[string]*correction
}

func newNearTerms(typed string) *nearTerms {
	letterCount := utf8.RuneCountInString(typed)
	return &nearTerms{distance: newEditDistance(typed, maxEdits(letterCount)), letters: letterSignature(typed), maxCost: maxCost(letterCount),
		found: map[string]*correction{}}
}

// add finds the near terms of a segment.
func (near *nearTerms) add(v *segmentView, scope bitset) {
	letters, most := near.letters, near.distance.max
	for term, has := range v.letters {
		// every edit adds at most one letter and removes at most one
		if bits.OnesCount32(has&^letters) > most || bits.OnesCount32(letters&^has) > most {
			continue
		}
		word := v.terms.get(term)
		edits := near.distance.between(word)
		if edits == 0 || edits > most {
			continue
		}
		one := near.found[word]
		if one == nil {
			one = &correction{words: strings.Clone(word), cost: editCost(near.distance.typed, []rune(word))}
			near.found[one.words] = one
		}
		if one.cost <= near.maxCost {
			one.docFreq += v.termPostings(uint32(term), FieldAny).countAnd(scope)
		}
	}
}

// merge adds what another found in other segments.
func (near *nearTerms) merge(other *nearTerms) {
	for word, one := range other.found {
		if known := near.found[word]; known != nil {
			known.docFreq += one.docFreq
		} else {
			near.found[word] = one
		}
	}
}

// letterSignature returns which letters a word has, as bits. Words whose signatures differ in many letters need not be
// compared.
func letterSignature(word string) uint32 {
	var set uint32
	for _, r := range word {
		set |= 1 << (uint32(r) % 31)
	}
	return set
}

// editDistance computes the Damerau-Levenshtein distance of words to a typed one.
type editDistance struct {
	typed, word            []rune
	max                    int
	twoBack, previous, row []int // rows of the dynamic-programming table, by letters of the typed word
}

func newEditDistance(typed string, most int) *editDistance {
	m := &editDistance{typed: []rune(typed), max: most}
	cells := make([]int, 3*(len(m.typed)+1))
	n := len(m.typed) + 1
	m.twoBack, m.previous, m.row = cells[:n], cells[n:2*n], cells[2*n:]
	return m
}

// between returns the number of insertions, deletions, substitutions and transpositions between the typed word and word, or
// more than max when it exceeds max. It fills only the band of the table that can stay within max.
func (m *editDistance) between(word string) int {
	m.word = m.word[:0]
	for _, r := range word {
		if m.word = append(m.word, r); len(m.word) > len(m.typed)+m.max {
			return m.max + 1
		}
	}
	if len(m.typed)-len(m.word) > m.max {
		return m.max + 1
	}
	far := m.max + 1
	for j := range m.previous {
		m.previous[j] = min(j, far)
	}
	for i, r := range m.word {
		from, to := max(0, i-m.max), min(len(m.typed), i+1+m.max)
		m.row[from] = far
		if from == 0 {
			m.row[0] = min(i+1, far)
		}
		least := m.row[from]
		for j := from; j < to; j++ {
			d := m.previous[j]
			if r != m.typed[j] {
				d++
			}
			if j+1 < i+1+m.max { // otherwise the cell above is outside the band
				d = min(d, m.previous[j+1]+1)
			}
			d = min(d, m.row[j]+1)
			if i > 0 && j > 0 && r == m.typed[j-1] && m.word[i-1] == m.typed[j] {
				d = min(d, m.twoBack[j-1]+1)
			}
			m.row[j+1] = min(d, far)
			least = min(least, m.row[j+1])
		}
		if least > m.max {
			return far
		}
		m.twoBack, m.previous, m.row = m.previous, m.row, m.twoBack
	}
	return m.previous[len(m.typed)]
}
