package text

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxRoleWords is the most words that a role has; what is longer is an advertisement.
const maxRoleWords = 6

var bracketed = regexp.MustCompile(`\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}`)

// Role returns the work that the title of a job names, without its place, pay and praise: "Night Nurse" for "URGENT: Night Nurse (m/f) -
// $30/hr". It is empty for titles that name none or are too long to be one. Each keystroke of a suggestion reads thousands of titles, so
// regular expressions would take too long.
func Role(title string) string {
	if strings.ContainsAny(title, "([{") {
		title = bracketed.ReplaceAllString(title, " ")
	}
	for title != "" {
		part, rest := cutRole(title)
		words := make([]string, 0, maxRoleWords)
		for word := range strings.FieldsSeq(part) {
			if isNoRole(word) {
				continue
			}
			if len(words) == maxRoleWords {
				return ""
			}
			words = append(words, word)
		}
		if role := strings.TrimFunc(strings.Join(words, " "), isRoleMargin); role != "" {
			return role
		}
		title = rest
	}
	return ""
}

// isRoleMargin reports whether a character does not belong to a role at its beginning or end.
func isRoleMargin(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '+' && r != '#'
}

const (
	roleDashes = "-–—|•*/" // end a role with a space on either side; "@" does so after a space
	roleStops  = ",;:!?…"
)

// roleEnders are words behind which the place, the pay or the praise begins.
var roleEnders = []string{"at", "in", "for", "needed", "wanted", "required", "paying", "near"}

// cutRole cuts a title where the role ends and the place, the pay or the praise begins. rest is what follows.
func cutRole(title string) (part, rest string) {
	for i := 0; i < len(title); {
		if b := title[i]; b < utf8.RuneSelf && asciiWord[b] { // nearly always
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(title[i:])
		switch {
		case isBlank(title[i]):
			after := skipBlanks(title, i)
			if end := skipAny(title, after, roleDashes+"@"); end > after {
				return title[:i], title[skipBlanks(title, end):]
			}
			if n := len(enderAt(title[after:])); n > 0 {
				return title[:i], title[after+n+1:]
			}
			i = after
		case strings.ContainsRune(roleDashes, r):
			end := skipAny(title, i, roleDashes)
			if after := skipBlanks(title, end); after > end {
				return title[:i], title[after:]
			}
			i = end
		case strings.ContainsRune(roleStops, r):
			return title[:i], title[i+size:]
		case strings.HasPrefix(title[i:], ".."):
			return title[:i], title[skipAny(title, i, "."):]
		default:
			i += size
		}
	}
	return title, ""
}

// enderAt returns the word of roleEnders that s begins with, followed by a blank, or "".
func enderAt(s string) string {
	for _, word := range roleEnders {
		if len(s) > len(word) && isBlank(s[len(word)]) && strings.EqualFold(s[:len(word)], word) {
			return word
		}
	}
	return ""
}

func isBlank(b byte) bool { return b == ' ' || b == '\t' || b == '\n' || b == '\f' || b == '\r' }

func skipBlanks(s string, i int) int {
	for i < len(s) && isBlank(s[i]) {
		i++
	}
	return i
}

// skipAny returns the offset behind the characters from i on that are in chars.
func skipAny(s string, i int, chars string) int {
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !strings.ContainsRune(chars, r) {
			break
		}
		i += size
	}
	return i
}

// noRoleWords are words of every advertisement.
var noRoleWords = func() map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(`urgent urgently immediate immediately hiring needed wanted required now job jobs position positions
		opening openings vacancy vacancies remote part-time parttime full-time fulltime home-based homebased new asap`) {
		set[word] = true
	}
	return set
}()

// isNoRole reports whether a word says nothing about the work: pay, numbers of postings, and words of every advertisement.
func isNoRole(word string) bool {
	switch {
	case strings.IndexFunc(word, unicode.IsLetter) < 0, word[0] == '#', strings.ContainsAny(word, "$€£"):
		return true
	case '0' <= word[0] && word[0] <= '9':
		last := strings.TrimSuffix(strings.ToLower(word), "r")
		return len(last) > 1 && (last[len(last)-1] == 'k' || last[len(last)-1] == 'h')
	case len(word) > 1 && word[1] == '/':
		return isGenders(word)
	}
	return noRoleWords[strings.ToLower(word)]
}

// isGenders reports whether a word is "m/w/d" or the like.
func isGenders(word string) bool {
	for i := range len(word) {
		b := word[i] | ('a' - 'A')
		if i%2 == 1 && word[i] != '/' || i%2 == 0 && !strings.ContainsRune("mwfdx", rune(b)) {
			return false
		}
	}
	return len(word)%2 == 1
}
