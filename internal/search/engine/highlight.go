package engine

import (
	"html"
	"strings"
	"unicode/utf8"

	"jobboard/internal/search/text"
)

// snippetBytes is the approximate length of a snippet.
const snippetBytes = 200

// Highlighter marks the words of a query in texts. Its results are safe HTML: everything is escaped except its own <mark>.
type Highlighter struct {
	analyzer *text.Analyzer
	stems    map[string]bool
	others   map[string]bool // stems that are marked in titles only: parts of synonyms mean little in a text
	initials [256]bool       // first bytes of the stems and prefixes: a term that begins with any other byte is none of them
	prefixes []string
}

// NewHighlighter returns a highlighter for the words of Result.Words. Stopwords in phrases are not marked.
func NewHighlighter(a *text.Analyzer, words Words) *Highlighter {
	m := &Highlighter{analyzer: a, stems: map[string]bool{}, others: map[string]bool{}}
	for _, clause := range words.Must {
		for _, alt := range clause.Any {
			stems := m.stems
			if alt.Synonym && (alt.Phrase || alt.Field == FieldTitle) {
				stems = m.others
			}
			for _, w := range alt.Words {
				if len(alt.Words) == 1 || !a.IsStopword(w.Term) {
					stems[w.Stem] = true
					m.initials[w.Stem[0]] = true
				}
				if w.Prefix {
					m.prefixes = append(m.prefixes, w.Term)
					m.initials[w.Term[0]] = true
				}
			}
		}
	}
	return m
}

// find returns the tokens of a plain text to be marked.
func (m *Highlighter) find(s string, isTitle bool) []text.Token {
	var found []text.Token
	for _, t := range text.TokensBeginning(s, &m.initials) {
		hit := false
		if m.initials[t.Term[0]] {
			stem := m.analyzer.Stem(t.Term)
			hit = m.stems[stem] || isTitle && m.others[stem]
		}
		for _, p := range m.prefixes {
			hit = hit || strings.HasPrefix(t.Term, p)
		}
		// character bigrams of scripts without spaces overlap, and become one mark
		if last := len(found) - 1; hit && last >= 0 && t.Start < found[last].End {
			found[last].End = max(found[last].End, t.End)
		} else if hit {
			found = append(found, t)
		}
	}
	return found
}

// Highlight returns a title as HTML with the query's words marked, and false when it has none of them.
func (m *Highlighter) Highlight(s string) (string, bool) {
	found := m.find(s, true)
	return marked(s, found, 0, len(s)), len(found) > 0
}

// Snippet returns the part of a plain text that holds the most of the query's words, and false when it has none.
func (m *Highlighter) Snippet(s string) (string, bool) {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "")
	}
	found := m.find(s, false)
	if len(found) == 0 {
		return "", false
	}
	first, most := 0, 0
	for i := range found {
		n := 0
		for n < len(found)-i && found[i+n].End-found[i].Start <= snippetBytes {
			n++
		}
		if n > most {
			first, most = i, n
		}
	}
	from := startOfWord(s, max(0, found[first].Start-snippetBytes/5))
	to := min(len(s), max(from+snippetBytes, found[first].End))
	for to < len(s) && (isWordByte(s[to]) || !utf8.RuneStart(s[to])) && to-from < 2*snippetBytes {
		to++
	}
	for to < len(s) && !utf8.RuneStart(s[to]) {
		to++
	}
	out := marked(s, found, from, to)
	out = strings.Join(strings.Fields(out), " ")
	if from > 0 {
		out = "… " + out
	}
	if to < len(s) {
		out += " …"
	}
	return out, true
}

func isWordByte(b byte) bool { return b > ' ' }

// startOfWord returns the start of the next word at or after i.
func startOfWord(s string, i int) int {
	if i == 0 {
		return 0
	}
	if blank := strings.IndexByte(s[i:], ' '); blank >= 0 && blank < snippetBytes/5 {
		return i + blank + 1
	}
	for !utf8.RuneStart(s[i]) {
		i++
	}
	return i
}

func marked(s string, found []text.Token, from, to int) string {
	var b strings.Builder
	at := from
	for _, t := range found {
		if t.Start < at || t.End > to {
			continue
		}
		b.WriteString(html.EscapeString(s[at:t.Start]))
		b.WriteString("<mark>" + html.EscapeString(s[t.Start:t.End]) + "</mark>")
		at = t.End
	}
	b.WriteString(html.EscapeString(s[at:to]))
	return b.String()
}
