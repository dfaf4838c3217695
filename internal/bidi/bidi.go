// Package bidi puts right-to-left text into the order in which it is seen, for what sets characters in the order in which they are
// written out, such as PDF and pictures. It is the part of the Unicode bidirectional algorithm (UAX 9) that names and titles need:
// one left-to-right line, right-to-left spans in it, numbers inside those.
package bidi

import (
	"slices"
	"strings"
	"unicode"

	"github.com/hajimehoshi/bitmapfont/v3"
	"golang.org/x/text/language"
)

// LeftToRight turns every right-to-left span into the order and the joined forms in which it is seen from the left.
func LeftToRight(text string) string {
	if strings.IndexFunc(text, IsRightToLeft) < 0 {
		return text
	}
	var out strings.Builder
	runes := []rune(text)
	for i := 0; i < len(runes); {
		if !IsRightToLeft(runes[i]) {
			out.WriteRune(runes[i])
			i++
			continue
		}
		end := i + 1 // a span ends with its last right-to-left letter before a left-to-right one
		for j := i; j < len(runes) && (IsRightToLeft(runes[j]) || !unicode.IsLetter(runes[j])); j++ {
			if IsRightToLeft(runes[j]) {
				end = j + 1
			}
		}
		if end < len(runes) && closes(runes[i:end], runes[end]) { // a bracket belongs to the span of its counterpart (UAX 9, N0)
			end++
		}
		out.WriteString(reverseSpan(runes[i:end]))
		i = end
	}
	return out.String()
}

// closes reports whether r closes a bracket that is open in the span.
func closes(span []rune, r rune) bool {
	const opening, closing = "([{", ")]}"
	at := strings.IndexRune(closing, r)
	if at < 0 {
		return false
	}
	open := strings.Count(string(span), opening[at:at+1])
	return open > strings.Count(string(span), closing[at:at+1])
}

// reverseSpan reverses a span word by word; numbers keep their order and brackets are mirrored.
func reverseSpan(span []rune) string {
	var pieces []string
	for i := 0; i < len(span); {
		end := i + 1
		switch {
		case IsRightToLeft(span[i]):
			for end < len(span) && IsRightToLeft(span[end]) {
				end++
			}
			pieces = append(pieces, bitmapfont.PresentationForms(string(span[i:end]), bitmapfont.DirectionRightToLeft, language.Und))
		case unicode.IsDigit(span[i]):
			for end < len(span) && (unicode.IsDigit(span[end]) || strings.ContainsRune(".,:/", span[end])) {
				end++
			}
			pieces = append(pieces, string(span[i:end]))
		default:
			pieces = append(pieces, mirrored(span[i]))
		}
		i = end
	}
	slices.Reverse(pieces)
	return strings.Join(pieces, "")
}

func mirrored(r rune) string {
	const from, to = "()[]{}<>«»", ")(][}{><»«"
	if i := strings.IndexRune(from, r); i >= 0 {
		return string([]rune(to)[len([]rune(from[:i]))])
	}
	return string(r)
}

// IsRightToLeft reports whether a character is a letter of a right-to-left script.
func IsRightToLeft(r rune) bool {
	return !unicode.IsDigit(r) && (r >= 0x590 && r <= 0x8ff || r >= 0xfb1d && r <= 0xfdff || r >= 0xfe70 && r <= 0xfeff)
}
