package fonts

import (
	"strings"
	"unicode"

	"github.com/gosimple/unidecode"
	"golang.org/x/text/unicode/norm"
)

// MissingGlyph replaces what no font has and cannot be transliterated, such as emoji.
const MissingGlyph = '\ufffd'

// Transliterate composes accents, drops control characters, and writes in Latin letters what knows reports no font to have: no Go
// module has a font for Thai or Indian scripts, and names must stay recognisable. One MissingGlyph stands for any number in a row of
// characters that cannot be written so.
func Transliterate(text string, knows func(rune) bool) string {
	if isPrintableASCII(text) {
		return text
	}
	var out strings.Builder
	last := rune(0)
	for _, r := range norm.NFC.String(text) {
		switch {
		case unicode.IsSpace(r):
			r = ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r):
			continue
		case !knows(r):
			latin := unidecode.Unidecode(string(r))
			if unicode.IsMark(r) || latin != "" && latin != "[?]" {
				out.WriteString(strings.TrimSuffix(latin, "[?]"))
				last = 0
				continue
			}
			r = MissingGlyph
		}
		if r != MissingGlyph || last != MissingGlyph {
			out.WriteRune(r)
		}
		last = r
	}
	return out.String()
}

func isPrintableASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x7f || text[i] < 0x20 {
			return false
		}
	}
	return true
}
