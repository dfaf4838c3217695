package engine

import (
	"cmp"
	"math/bits"
	"slices"
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
	mem := &scratch{}
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
		better := nearestForm(snap, scopes, clause.Any[0].Words[0].Form, with[c])
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
func nearestForm(snap *snapshot, scopes []bitset, typed string, with int) string {
	most := maxEdits(typed)
	near := map[string]int{}
	letters, length := lettersOf(typed), utf8.RuneCountInString(typed)
	wanted := []rune(typed)
	for _, v := range snap.segments {
		for form, has := range v.letters {
			// every edit changes at most two letters of the signature
			if bits.OnesCount32(has^letters) > 2*most {
				continue
			}
			b := v.forms.bytes(form)
			if len(b) < length-most || len(b) > (length+most)*utf8.UTFMax {
				continue
			}
			word := v.forms.get(form)
			if _, known := near[word]; known || word == typed {
				continue
			}
			if d := edits(wanted, []rune(word), most); d <= most {
				near[strings.Clone(word)] = d
			}
		}
	}
	type option struct {
		word        string
		edits, with int
	}
	var options []option
	for word, d := range near {
		if n := countForm(snap, scopes, word); n > with {
			options = append(options, option{word, d, n})
		}
	}
	if len(options) == 0 {
		return ""
	}
	return slices.MinFunc(options, func(x, y option) int {
		return cmp.Or(cmp.Compare(x.edits, y.edits), cmp.Compare(y.with, x.with), cmp.Compare(x.word, y.word))
	}).word
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

// countForm counts the documents in scope that hold a form.
func countForm(snap *snapshot, scopes []bitset, form string) int {
	n := 0
	for i, v := range snap.segments {
		if f, ok := v.forms.find(form); ok {
			n += v.formIn(uint32(f), FieldAny).countAnd(scopes[i])
		}
	}
	return n
}

// lettersOf is a signature: which letters a word has. Words whose signatures differ in many letters are far apart,
// which saves comparing them.
func lettersOf(word string) uint32 {
	var set uint32
	for _, r := range word {
		set |= 1 << (uint32(r) % 31)
	}
	return set
}

// edits is the number of letters to insert, remove, replace or swap with a neighbour to make one word of the
// other; more than most when there are more.
func edits(a, b []rune, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return most + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row[0] = i + 1
		least := row[0]
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
			least = min(least, row[j+1])
		}
		if least > most {
			return most + 1
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
