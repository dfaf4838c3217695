// Package values reads what other systems and people write into the fields of a job: pay, dates, HTML, and the words for job types,
// workplaces and levels. A text that is not clear gives no value but a reason, which the report of an import shows.
package values

import (
	"html"
	"strings"
	"unicode"
)

func setOf[T comparable](members ...T) map[T]bool {
	set := make(map[T]bool, len(members))
	for _, member := range members {
		set[member] = true
	}
	return set
}

// Text returns a text on one line, without entities, control characters and repeated spaces.
func Text(text string) string {
	if strings.Contains(text, "&") {
		text = html.UnescapeString(text)
	}
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, ""), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\u200b' || r == '\ufeff'
	}), " ")
}

// Quote returns the beginning of a text in quotes, for reports.
func Quote(text string) string {
	text = Text(text)
	if runes := []rune(text); len(runes) > 60 {
		text = string(runes[:60]) + "…"
	}
	return `"` + text + `"`
}

// key returns a text as words in lower case with single spaces around and between them: " full time " for "FULL_TIME", "Full-time"
// and "FullTime".
func key(text string) string {
	var key strings.Builder
	space := func() {
		if !strings.HasSuffix(key.String(), " ") {
			key.WriteByte(' ')
		}
	}
	space()
	var before rune
	for _, r := range strings.ToValidUTF8(text, "") {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if unicode.IsUpper(r) && unicode.IsLower(before) {
				space()
			}
			key.WriteRune(unicode.ToLower(r))
		default:
			space()
		}
		before = r
	}
	space()
	return key.String()
}
