package text

import (
	"regexp"
	"strings"
	"unicode"
)

// maxRoleWords is the most words that a role has; what is longer is an advertisement.
const maxRoleWords = 6

var (
	bracketed = regexp.MustCompile(`\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}`)
	// roleEnd is where the role ends and the place, the pay or the praise begins.
	roleEnd = regexp.MustCompile(`(?i)\s+[-–—|•*/@]+\s*|\s*[-–—|•*/]+\s+|[,;:!?…]|\.\.+|\s+(?:at|in|for|needed|wanted|required|paying|near)\s`)
	// noRole is what says nothing about the work: pay, numbers of postings, and words of every advertisement.
	noRole = regexp.MustCompile(`(?i)^(?:[^\pL]+|.*[$€£].*|` +
		`#.*|\d.*[kh]r?|[mwfdx](?:/[mwfdx])+|urgent(?:ly)?|immediate(?:ly)?|` +
		`hiring|needed|wanted|required|now|jobs?|positions?|openings?|vacanc(?:y|ies)|` +
		`remote|part[- ]?time|full[- ]?time|home[- ]based|new|asap)$`)
)

// Role returns the work that the title of a job names, without its place, pay and praise: "Night Nurse" for "URGENT: Night Nurse (m/f) -
// $30/hr". It is empty for titles that name none or are too long to be one.
func Role(title string) string {
	title = bracketed.ReplaceAllString(title, " ")
	for title != "" {
		part, rest := title, ""
		if at := roleEnd.FindStringIndex(title); at != nil {
			part, rest = title[:at[0]], title[at[1]:]
		}
		var words []string
		for word := range strings.FieldsSeq(part) {
			if !noRole.MatchString(word) {
				words = append(words, word)
			}
		}
		switch role := strings.TrimFunc(strings.Join(words, " "), isRoleMargin); {
		case len(words) > maxRoleWords:
			return ""
		case role != "":
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
