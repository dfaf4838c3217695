package collections

import "unicode/utf8"

// Truncate shortens a text to at most limit characters, as text fields count them. An ellipsis stands for what is left out.
func Truncate(text string, limit int) string {
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	return string([]rune(text)[:limit-1]) + "…"
}
