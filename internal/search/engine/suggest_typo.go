package engine

import "strings"

// minCorrectedLetters is the length of the shortest word whose typing error a suggestion corrects.
const minCorrectedLetters = 4

// correctTyped replaces the words that no title has by the nearest that some title has, within one edit and with the same first letter;
// the last word may be incomplete. It returns nil if there is nothing to replace.
func correctTyped(views []*segmentView, scopes []bitset, words []string) []string {
	corrected, changed := make([]string, len(words)), false
	for i, word := range words {
		corrected[i] = word
		if len(word) < minCorrectedLetters {
			continue
		}
		if better := nearestInTitles(views, scopes, word, i == len(words)-1); better != "" && better != word {
			corrected[i], changed = better, true
		}
	}
	if !changed {
		return nil
	}
	return corrected
}

// nearestInTitles returns the most frequent word of titles that is a typed word but for at most one edit or, for a prefix, begins so.
func nearestInTitles(views []*segmentView, scopes []bitset, typed string, prefix bool) string {
	counts := map[string]int{}
	best := ""
	for i, v := range views {
		from, to := v.terms.withPrefix(typed[:1])
		for term := from; term < to; term++ {
			word := v.terms.get(term)
			if !beginsNearly(word, typed, prefix) {
				continue
			}
			n := v.termPostings(uint32(term), FieldTitle).countAnd(scopes[i])
			if n == 0 {
				continue
			}
			if word == typed || prefix && strings.HasPrefix(word, typed) {
				return typed // no error
			}
			word = strings.Clone(word)
			counts[word] += n
			if best == "" || counts[word] > counts[best] || counts[word] == counts[best] && word < best {
				best = word
			}
		}
	}
	return best
}

// beginsNearly reports whether a word is the typed one but for one insertion, deletion, substitution or transposition or, for a prefix,
// begins so. The first letters are equal.
func beginsNearly(word, typed string, prefix bool) bool {
	i := 0
	for i < len(word) && i < len(typed) && word[i] == typed[i] {
		i++
	}
	w, t := word[i:], typed[i:]
	ends := func(rest, of string) bool { return rest == of || prefix && strings.HasPrefix(rest, of) }
	switch {
	case ends(w, t):
		return true
	case t == "": // the word goes on: one letter is missing at the end
		return len(w) == 1
	case ends(w, t[1:]): // a letter too many
		return true
	case w == "":
		return false
	case ends(w[1:], t[1:]) || ends(w[1:], t): // another letter, or one that is missing
		return true
	}
	return len(w) > 1 && len(t) > 1 && w[0] == t[1] && w[1] == t[0] && ends(w[2:], t[2:])
}
