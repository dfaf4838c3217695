// Package text turns what people write into the words that the search engine compares.
//
// A text becomes tokens (Tokens), each a folded form: lower case, accents removed. A form becomes a stem
// (Analyzer.Stem), so that "managers" finds "manager". Documents, queries and highlights go through the same
// functions, which is what makes them agree.
package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Token is one word of a text: its folded form, and where it stands in the original, in bytes.
type Token struct {
	Term       string
	Start, End int
}

// maxWordBytes cuts absurdly long words (encoded files, rulers of dashes) so that they cannot bloat the index.
const maxWordBytes = 64

// Tokens splits a text into folded words.
//
// Kept whole: C++, C#, .NET, Node.js and its kin, R&D. Scripts written without spaces give overlapping pairs of
// characters, and the last character alone, so that any part of a run can be found.
func Tokens(s string) []Token { return AppendTokens(nil, s) }

// AppendTokens is Tokens for who reads many texts: it appends to out, whose room can be used again.
func AppendTokens(out []Token, s string) []Token { return appendTokens(out, s, true, nil) }

// TokensBeginning is Tokens for who looks for few words: of those that begin with an ASCII sign it leaves out the ones whose
// form begins with another byte than initials has. The rest is left to the caller.
func TokensBeginning(s string, initials *[256]bool) []Token {
	return appendTokens(nil, s, true, initials)
}

// QueryTokens is Tokens for the searching side: a run of a script without spaces gives only its pairs, since a
// document that continues the run has no single last character at this place.
func QueryTokens(s string) []Token {
	return appendTokens(nil, s, false, nil)
}

func appendTokens(out []Token, s string, document bool, initials *[256]bool) []Token {
	for i := 0; i < len(s); {
		switch b := s[i]; {
		case b >= utf8.RuneSelf || b == '.':
		case !asciiWord[b]:
			i++
			continue
		default: // as nearly always
			end := wordEnd(s, i)
			if initials == nil || initials[b|('a'-'A')] { // digits have this bit anyway
				out = appendWord(out, s, i, end)
			}
			i = end
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case isUnspaced(r):
			end := i
			for end < len(s) {
				r, size := utf8.DecodeRuneInString(s[end:])
				if !isUnspaced(r) && !unicode.IsMark(r) {
					break
				}
				end += size
			}
			out = appendBigrams(out, s, i, end, document)
			i = end
		case isWord(r):
			end := wordEnd(s, i)
			out = appendWord(out, s, i, end)
			i = end
		case r == '.' && startsDotNet(s, i):
			out = append(out, Token{".net", i, i + 4})
			i += 4
		default:
			i += size
		}
	}
	return out
}

// asciiWord are the letters and digits of ASCII, which nearly all texts are made of.
var asciiWord = func() (table [utf8.RuneSelf]bool) {
	for b := range table {
		table[b] = 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9'
	}
	return table
}()

func isWord(r rune) bool {
	if r < utf8.RuneSelf {
		return asciiWord[r]
	}
	return (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)) && !isUnspaced(r)
}

// isUnspaced tells the scripts that put no spaces between words.
func isUnspaced(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// wordEnd returns the end of the word that starts at i, the signs that belong to it included.
func wordEnd(s string, i int) int {
	end := lettersEnd(s, i)
	rest := s[end:]
	if rest == "" || rest[0] == ' ' { // as nearly always
		return end
	}
	switch {
	case strings.HasPrefix(rest, "++") && !wordAt(s, end+2):
		return end + 2
	case strings.HasPrefix(rest, "#") && end-i == 1 && !wordAt(s, end+1):
		return end + 1
	case strings.HasPrefix(rest, ".") && len(rest) >= 3 && strings.EqualFold(rest[:3], ".js") && !wordAt(s, end+3):
		return end + 3
	case strings.HasPrefix(rest, "&") && end-i <= 2 && wordAt(s, end+1):
		// R&D, Q&A, AT&T; but not "cats&dogs"
		if after := lettersEnd(s, end+1); after-end-1 <= 2 {
			return after
		}
	case isApostrophe(rest) > 0:
		// "company's", "l'Oréal", "don't": the word goes on; Fold drops a possessive and the sign
		n := isApostrophe(rest)
		if wordAt(s, end+n) {
			return lettersEnd(s, end+n)
		}
	}
	return end
}

func lettersEnd(s string, i int) int {
	for i < len(s) {
		if b := s[i]; b < utf8.RuneSelf {
			if !asciiWord[b] {
				break
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if !isWord(r) {
			break
		}
		i += size
	}
	return i
}

func wordAt(s string, i int) bool {
	if i >= len(s) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	return isWord(r)
}

// isApostrophe returns the width of the apostrophe that s starts with, or 0.
func isApostrophe(s string) int {
	switch {
	case strings.HasPrefix(s, "'"):
		return 1
	case strings.HasPrefix(s, "\u2019"):
		return len("\u2019")
	}
	return 0
}

// startsDotNet finds ".NET" also inside "ASP.NET", but not in "www.network.com" or "slideshare.net".
func startsDotNet(s string, i int) bool {
	if len(s)-i < 4 || !strings.EqualFold(s[i:i+4], ".net") || wordAt(s, i+4) {
		return false
	}
	if i == 0 || !isWordByte(s[i-1]) {
		return true
	}
	return i >= 3 && strings.EqualFold(s[i-3:i], "asp") || i >= 2 && strings.EqualFold(s[i-2:i], "vb")
}

func isWordByte(b byte) bool { return b >= utf8.RuneSelf || isWord(rune(b)) }

func appendWord(out []Token, s string, start, end int) []Token {
	word := s[start:end]
	if len(word) > maxWordBytes {
		cut := maxWordBytes
		for !utf8.RuneStart(word[cut]) {
			cut--
		}
		word = word[:cut]
	}
	term := Fold(word)
	if term == "" {
		return out
	}
	return append(out, Token{term, start, end})
}

func appendBigrams(out []Token, s string, start, end int, document bool) []Token {
	var starts []int
	for i := start; i < end; {
		r, size := utf8.DecodeRuneInString(s[i:])
		if isUnspaced(r) { // else a mark, which goes with the character before it
			starts = append(starts, i)
		}
		i += size
	}
	starts = append(starts, end)
	for i := 0; i+2 < len(starts); i++ {
		out = append(out, Token{Fold(s[starts[i]:starts[i+2]]), starts[i], starts[i+2]})
	}
	if n := len(starts); document || n == 2 {
		out = append(out, Token{Fold(s[starts[n-2]:starts[n-1]]), starts[n-2], starts[n-1]})
	}
	return out
}

// Unspaced reports whether a form is of a script without spaces, where one character is found by prefix.
func Unspaced(term string) bool {
	r, _ := utf8.DecodeRuneInString(term)
	return isUnspaced(r)
}
