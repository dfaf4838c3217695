package engine

import (
	"cmp"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// fewHits is the total under which a better spelling is looked for.
const fewHits = 3

// maxCorrected bounds how many words of one query are corrected.
const maxCorrected = 4

// correct looks for words that the caller can see and that differ from a typed one by a letter or two. If the
// query finds more with them, it tells so; if it found nothing before, the hits are those of the better spelling.
func (ix *Index) correct(snap *snapshot, q *Query, r *Result, with []int) {
	if q.Words.Source == "" {
		return
	}
	mem := &bitsetPool{}
	defer mem.release()
	var scopes []bitset
	for _, v := range snap.segments {
		scopes = append(scopes, v.scopeOf(q.Scope, mem))
	}
	source := q.Words.Source
	corrected := 0
	for c := len(q.Words.Must) - 1; c >= 0 && corrected < maxCorrected; c-- {
		clause := &q.Words.Must[c]
		if clause.Text == "" || with[c] >= fewHits {
			continue
		}
		better := nearestTerm(snap, scopes, clause.Any[0].Words[0].Term, with[c])
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
	again.Words = Parse(ix.analyzer, source)
	found, _ := ix.answer(snap, &again)
	if found.Total <= r.Total {
		return
	}
	if r.Total == 0 {
		*r = found
		r.Corrected = true
	}
	r.DidYouMean = source
}

// nearestForm gives the word nearest to a typed one among those that more documents in scope hold; among equally
// near ones the most frequent.
func nearestTerm(snap *snapshot, scopes []bitset, typed string, with int) string {
	type option struct {
		word        string
		edits, with int
	}
	most := maxEdits(typed)
	near := map[string]*option{}
	letters, meter := letterSignature(typed), newEditDistance(typed, most)
	for i, v := range snap.segments {
		for form, has := range v.letters {
			// every edit brings at most one letter, and takes away at most one
			if bits.OnesCount32(has&^letters) > most || bits.OnesCount32(letters&^has) > most {
				continue
			}
			word := v.terms.get(form)
			edits := meter.between(word)
			if edits == 0 || edits > most {
				continue
			}
			one := near[word]
			if one == nil {
				one = &option{word: strings.Clone(word), edits: edits}
				near[one.word] = one
			}
			one.with += v.termPostings(uint32(form), FieldAny).countAnd(scopes[i])
		}
	}
	best := option{edits: most + 1}
	for _, one := range near {
		if one.with > with && cmp.Or(cmp.Compare(one.edits, best.edits), cmp.Compare(best.with, one.with), cmp.Compare(one.word, best.word)) < 0 {
			best = *one
		}
	}
	return best.word
}

// maxEdits is how many letters may differ: short words are too alike.
func maxEdits(word string) int {
	switch n := utf8.RuneCountInString(word); {
	case n < 3:
		return 0
	case n < 5:
		return 1
	default:
		return 2
	}
}

// lettersOf is a signature: which letters a word has. Words whose signatures differ in many letters are far apart,
// which saves comparing them.
func letterSignature(word string) uint32 {
	var set uint32
	for _, r := range word {
		set |= 1 << (uint32(r) % 31)
	}
	return set
}

// meter tells how far words are from a typed one.
type editDistance struct {
	typed, word            []rune
	max                    int
	twoBack, previous, row []int // of the table of distances, by letters of the typed word
}

func newEditDistance(typed string, most int) *editDistance {
	m := &editDistance{typed: []rune(typed), max: most}
	cells := make([]int, 3*(len(m.typed)+1))
	n := len(m.typed) + 1
	m.twoBack, m.previous, m.row = cells[:n], cells[n:2*n], cells[2*n:]
	return m
}

// edits is the number of letters to insert, remove, replace or swap with a neighbour to make the typed word of a word;
// more than most when there are more. Only the cells of the table are filled that can be within most.
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
			if j+1 < i+1+m.max { // else above lies outside what was filled
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
