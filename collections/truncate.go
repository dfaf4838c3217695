package collections

import "unicode/utf8"

// Truncate shortens a text to at most max characters, as text fields count them. An ellipsis stands for what is left out.
func Truncate(text string, max int) string {
	if utf8.RuneCountInString(text) <= max {
		return text
	}
	return string([]rune(text)[:max-1]) + "…"
}
