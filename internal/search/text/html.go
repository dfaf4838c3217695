package text

import (
	"strings"

	"golang.org/x/net/html"
)

// FromHTML returns the visible text of an HTML fragment, with a space in place of every block tag, so that the words of two
// paragraphs are not joined. Text without markup is returned as it is.
func FromHTML(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return s
	}
	if text, simple := fromSimpleHTML(s); simple {
		return text
	}
	return fromAnyHTML(s)
}

// fromSimpleHTML is a much faster fromAnyHTML for HTML whose tags have no attributes, as in nearly all job descriptions. For
// other HTML it returns false.
func fromSimpleHTML(s string) (text string, simple bool) {
	if strings.IndexByte(s, '\r') >= 0 || strings.IndexByte(s, 0) >= 0 { // bytes that the tokenizer replaces
		return "", false
	}
	var b strings.Builder
	b.Grow(len(s))
	for s != "" {
		tag := strings.IndexByte(s, '<')
		if tag < 0 {
			tag = len(s)
		}
		if words := s[:tag]; strings.IndexByte(words, '&') < 0 {
			b.WriteString(words)
		} else {
			b.WriteString(html.UnescapeString(words))
		}
		if s = s[tag:]; s == "" {
			break
		}
		name := strings.TrimPrefix(s[1:], "/")
		end := 0
		for end < len(name) && ('a' <= name[end] && name[end] <= 'z' || end > 0 && '1' <= name[end] && name[end] <= '6') {
			end++
		}
		if end == 0 || end == len(name) || name[end] != '>' || isRawText(name[:end]) {
			return "", false
		}
		writeSeparator(&b, name[:end])
		s = name[end+1:]
	}
	return b.String(), true
}

// isRawText reports whether the content of an element is not parsed for tags.
func isRawText(tag string) bool {
	switch tag {
	case "iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "textarea", "title", "xmp":
		return true
	}
	return false
}

func fromAnyHTML(s string) string {
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
			hidden += hiddenDepth(name)
			writeSeparator(&b, string(name))
		case html.EndTagToken:
			name, _ := z.TagName()
			hidden = max(0, hidden-hiddenDepth(name))
			writeSeparator(&b, string(name))
		}
	}
}

// hiddenDepth returns 1 for elements whose content is not visible, and 0 for others.
func hiddenDepth(tag []byte) int {
	if t := string(tag); t == "script" || t == "style" {
		return 1
	}
	return 0
}

// writeSeparator writes a space for a tag, unless the tag may occur inside a word.
func writeSeparator(b *strings.Builder, tag string) {
	switch tag {
	case "b", "i", "em", "strong", "u", "span", "a", "mark", "sub", "sup", "small", "font":
	default:
		b.WriteByte(' ')
	}
}
