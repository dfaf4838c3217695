package text

import (
	"strings"

	"golang.org/x/net/html"
)

// FromHTML gives the readable text of an HTML fragment, with a space where a tag ends a block, so that words of
// two paragraphs do not run together. Text without mark-up comes back as it is.
func FromHTML(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	z := html.NewTokenizer(strings.NewReader(s))
	hidden := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if hidden == 0 {
				b.Write(z.Text())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			hidden += hides(name)
			separate(&b, name)
		case html.EndTagToken:
			name, _ := z.TagName()
			hidden = max(0, hidden-hides(name))
			separate(&b, name)
		}
	}
}

func hides(tag []byte) int {
	if t := string(tag); t == "script" || t == "style" {
		return 1
	}
	return 0
}

// separate writes a space for a tag, unless it only dresses letters inside a word.
func separate(b *strings.Builder, tag []byte) {
	switch string(tag) {
	case "b", "i", "em", "strong", "u", "span", "a", "mark", "sub", "sup", "small", "font":
	default:
		b.WriteByte(' ')
	}
}
