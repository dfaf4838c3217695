// Package text is the analysis of texts for the search: tokens, folding, stems, stopwords and synonyms.
//
// A text is split into tokens (Tokens). The term of a token is folded: lower case, without accents. A term has a stem
// (Analyzer.Stem), so that "managers" finds "manager". Documents, queries and highlights are analysed by the same functions, so
// that they agree.
package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Token is one word of a text: its term, which is folded, and its range in the text, in bytes.
type Token struct {
	Term       string
	Start, End int
}

// maxWordBytes is the length at which absurdly long words, such as encoded files, are cut, so that they do not bloat the index.
const maxWordBytes = 64

// Tokens splits a text into tokens.
//
// C++, C#, .NET, R&D, and names such as Node.js are single tokens. A run of a script without spaces becomes overlapping
// character bigrams, and its last character, so that any part of the run can be found.
func Tokens(s string) []Token { return AppendTokens(nil, s) }

// AppendTokens is Tokens for callers with many texts: it appends to out, so that its memory can be reused.
func AppendTokens(out []Token, s string) []Token { return appendTokens(out, s, true, nil) }

// TokensBeginning is a faster Tokens for callers that look for certain words only: it leaves out ASCII words whose term does not
// begin with one of the initials. Other tokens may begin with any byte.
func TokensBeginning(s string, initials *[256]bool) []Token {
	return appendTokens(nil, s, true, initials)
}

// QueryTokens is Tokens for queries: a run of a script without spaces becomes only bigrams, because a document in which the run
// continues does not have its last character as a token.
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
		default: // nearly always
			end := wordEnd(s, i)
			if initials == nil || initials[b|('a'-'A')] || elided(s[i:end]) > 0 { // digits have this bit anyway
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

// asciiWord has the ASCII letters and digits. The loops over texts test it first, because nearly all words are ASCII.
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

// isUnspaced reports whether a character belongs to a script that has no spaces between words.
func isUnspaced(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// wordEnd returns the end of the word that starts at i, including the signs that belong to it.
func wordEnd(s string, i int) int {
	end := lettersEnd(s, i)
	rest := s[end:]
	if rest == "" || rest[0] == ' ' { // nearly always
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
		// "company's", "l'Oréal", "don't": the word continues; Fold removes the apostrophe and a possessive s
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

// isApostrophe returns the number of bytes of the apostrophe that s starts with, or 0.
func isApostrophe(s string) int {
	switch {
	case strings.HasPrefix(s, "'"):
		return 1
	case strings.HasPrefix(s, "\u2019"):
		return len("\u2019")
	}
	return 0
}

// startsDotNet reports whether ".NET" starts at i: also in "ASP.NET", but not in "www.network.com" or "slideshare.net".
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

// elided returns the length of an elided article at the beginning of a word, as in "d'accueil" and "l'Oréal", or 0.
func elided(word string) int {
	if len(word) < 4 || word[1] != '\'' && word[1] < utf8.RuneSelf || strings.IndexByte("dDlL", word[0]) < 0 {
		return 0
	}
	n := 1 + isApostrophe(word[1:])
	if n == 1 {
		return 0
	}
	if first := Fold(word[n:]); first == "" || strings.IndexByte("aeiouyh", first[0]) < 0 {
		return 0
	}
	return n
}

func appendWord(out []Token, s string, start, end int) []Token {
	start += elided(s[start:end])
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
	if isPerHour(s[:start], term) {
		term = "hour"
	}
	return append(out, Token{term, start, end})
}

// isPerHour reports whether "hr" is the unit of a wage, as in "$20/hr" and "$18 per hr", rather than human resources.
func isPerHour(before, term string) bool {
	if term != "hr" && term != "hrs" {
		return false
	}
	before = strings.TrimRight(before, " ")
	if rest, ok := strings.CutSuffix(before, "/"); ok {
		before = strings.TrimRight(rest, " ")
		return before != "" && (asciiDigit(before[len(before)-1]) || strings.HasSuffix(before, ")"))
	}
	per, ok := cutSuffixFold(before, "per")
	return ok && (per == "" || !isWordByte(per[len(per)-1]))
}

func cutSuffixFold(s, suffix string) (string, bool) {
	at := len(s) - len(suffix)
	if at < 0 || !strings.EqualFold(s[at:], suffix) {
		return s, false
	}
	return s[:at], true
}

func asciiDigit(b byte) bool { return '0' <= b && b <= '9' }

func appendBigrams(out []Token, s string, start, end int, document bool) []Token {
	var starts []int
	for i := start; i < end; {
		r, size := utf8.DecodeRuneInString(s[i:])
		if isUnspaced(r) { // otherwise it is a mark, which belongs to the character before it
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

// Unspaced reports whether a term is of a script without spaces, where a single character is searched for as a prefix.
func Unspaced(term string) bool {
	r, _ := utf8.DecodeRuneInString(term)
	return isUnspaced(r)
}
