package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// plainLetters are letters that Unicode does not decompose into a base letter and a mark, but that people type as plain ones.
var plainLetters = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ı': "i", 'ħ': "h",
}

// Fold returns a word in lower case, without accents, apostrophes and a possessive 's: "Société's" becomes "societe".
func Fold(word string) string {
	ascii := true
	lower := true
	for i := 0; i < len(word); i++ {
		b := word[i]
		ascii = ascii && b < utf8.RuneSelf && b != '\''
		lower = lower && !('A' <= b && b <= 'Z')
	}
	if ascii {
		if lower {
			return word
		}
		return strings.ToLower(word)
	}
	var b strings.Builder
	b.Grow(len(word))
	for _, r := range norm.NFKD.String(word) {
		if unicode.IsMark(r) && !isUnspaced(r) {
			continue
		}
		r = unicode.ToLower(r)
		if r == '\u2019' {
			r = '\''
		}
		if plain, ok := plainLetters[r]; ok {
			b.WriteString(plain)
			continue
		}
		b.WriteRune(r)
	}
	folded := b.String()
	if !strings.Contains(folded, "'") {
		return norm.NFC.String(folded)
	}
	folded = strings.TrimSuffix(folded, "'s")
	return norm.NFC.String(strings.ReplaceAll(folded, "'", ""))
}
