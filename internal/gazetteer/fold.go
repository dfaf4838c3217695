package gazetteer

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// plainLetters spells letters that have no Unicode decomposition as people write them who lack them on the keyboard.
var plainLetters = map[rune]string{
	'ß': "ss", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'æ': "ae", 'œ': "oe", 'ı': "i", 'ħ': "h", 'ŋ': "n", 'ə': "e",
}

// shortWords are spelled out, so that "St. Louis" and "Saint Louis" meet.
var shortWords = map[string]string{"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort"}

// fold returns the key of a name: lower case without accents, words separated by one space.
func fold(s string) string { return string(appendFold(nil, s)) }

// appendFold appends the key of s to dst.
func appendFold(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			s = norm.NFKD.String(s)
			break
		}
	}

	start := len(dst) // of the key
	word := start     // of the current word
	initials := false // the word before was made of single letters
	endWord := func() {
		if word == len(dst) {
			return
		}
		if len(dst)-word == 1 && dst[word] >= 'a' && dst[word] <= 'z' {
			// "U. S. A." and "D.C." are one word each.
			if initials {
				dst[word-1] = dst[word]
				dst = dst[:word]
			}
			initials = true
		} else {
			initials = false
			if long, ok := shortWords[string(dst[word:])]; ok {
				dst = append(dst[:word], long...)
			}
		}
		dst = append(dst, ' ')
		word = len(dst)
	}
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			dst = append(dst, byte(r))
		case r >= 'A' && r <= 'Z':
			dst = append(dst, byte(r)+'a'-'A')
		case r == '\'' || r == '’' || r == '‘' || r == 'ʼ' || r == 'ʻ' || r == '`' || r == utf8.RuneError:
		case r < utf8.RuneSelf:
			endWord()
		case unicode.Is(unicode.Mn, r):
		default:
			r = unicode.ToLower(r)
			if plain, ok := plainLetters[r]; ok {
				dst = append(dst, plain...)
			} else if unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.Mc, r) {
				dst = utf8.AppendRune(dst, r)
			} else {
				endWord()
			}
		}
	}
	endWord()
	if len(dst) > start {
		dst = dst[:len(dst)-1] // the last word's space
	}
	return dst
}
