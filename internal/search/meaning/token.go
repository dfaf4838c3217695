package meaning

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"jobboard/internal/search/text"
)

// word is a run of letters and digits of a search text.
type word struct {
	start, end int
	folded     string
	capitals   bool // it has no small letter
	possessive bool // it ends in 's
	opens      bool // an expression may begin here: what is before is a space or punctuation, not a hyphen or a sign
	closes     bool // an expression may end here
}

// split returns the words of a text. Quoted parts are left out, since they are taken literally; an unclosed quotation is one too.
func split(s string) []word {
	var words []word
	quoted := false
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == '"' {
			quoted = !quoted
		}
		if quoted || !isLetter(r) {
			i += size
			continue
		}
		end := i + size
		for end < len(s) {
			r, size := utf8.DecodeRuneInString(s[end:])
			if !isLetter(r) && !(isApostrophe(r) && isLetterAt(s, end+size)) {
				break
			}
			end += size
		}
		if w := newWord(s, i, end); w.folded != "" { // not only accents
			words = append(words, w)
		}
		i = end
	}
	return words
}

func newWord(s string, start, end int) word {
	w := word{start: start, end: end, folded: text.Fold(s[start:end])}
	w.capitals = strings.IndexFunc(s[start:end], unicode.IsLower) < 0
	body := strings.ReplaceAll(s[start:end], "\u2019", "'")
	w.possessive = strings.HasSuffix(body, "'s") || strings.HasSuffix(body, "'S")
	before, _ := utf8.DecodeLastRuneInString(s[:start])
	w.opens = start == 0 || unicode.IsSpace(before) || strings.ContainsRune(`,;:/(|[`, before)
	after, size := utf8.DecodeRuneInString(s[end:])
	next, _ := utf8.DecodeRuneInString(s[end+size:])
	w.closes = end == len(s) || unicode.IsSpace(after) || strings.ContainsRune(`,;:/)|]`, after) ||
		strings.ContainsRune(".!?", after) && (end+size == len(s) || unicode.IsSpace(next))
	return w
}

func isLetter(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}

func isApostrophe(r rune) bool { return r == '\'' || r == '\u2019' }

func isLetterAt(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return isLetter(r)
}

// joined reports whether nothing but spaces, hyphens, dots and apostrophes is between two neighbouring words.
func joined(s string, before, after word) bool {
	return strings.Trim(s[before.end:after.start], " \t-\u2010\u2011.'\u2019") == ""
}

// key returns the folded words, joined by spaces.
func key(words []word) string {
	if len(words) == 1 {
		return words[0].folded
	}
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w.folded)
	}
	return b.String()
}
