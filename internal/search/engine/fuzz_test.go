package engine

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"jobboard/internal/search/text"
)

// seeds are queries and texts, ordinary and hostile ones.
var seeds = []string{
	"", " ", "nurse night", `"project manager"`, `-intern -"per diem"`, "title:nurse company:acme skill:go", "java OR kotlin",
	"manag*", "C++ C# .NET Node.js R&D", "sr dev", "東京都", "พยาบาล กรุงเทพ", "Société’s café", `"`, `""`, `" "`, "-", "--", "*", "**",
	"-*", "OR", "OR OR", "| x", "x |", "title:", `title:"`, `title:-x`, "skill:*", "(((", ")x(", "a*b*", `-"a b`, "AND the of", "the",
	"\x00\xff\xfe", "\u200b\u0301", strings.Repeat("x ", 600), strings.Repeat("\"a ", 60), "<b>bold</b> & <mark>", "a\u0000b",
	"İstanbul ß ﬁ ŉ", "1+1=2 #1 @home 50%", "x:y:z", "full-stack/front-end",
	"🙂 nurse 🙂", strings.Repeat("nurse java/", 99), strings.Repeat("senior/", 140), strings.Repeat("the ", 99),
	"don't l'Oréal", "title:東京", "京", `"東京都 nurse"`, "nurse\tnight\nshift", "ⅷ ² ½",
}

// FuzzParse checks that any text can be parsed, that the result is well formed, and that it can be searched for.
func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	a := newAnalyzer(f)
	ix := NewMemory(a)
	w := newWorld(1)
	if err := ix.Apply(w.batch(60, 60)); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		words := Parse(a, s)
		if len(words.Source) > maxQueryBytes || !strings.HasPrefix(s, words.Source) {
			t.Fatalf("the source of %q is %q", s, words.Source)
		}
		if words.Typing && len(words.Must) == 0 {
			t.Fatalf("%q is still being typed, but has no words", s)
		}
		clauses := slices.Concat(words.Must, words.Where, words.MustNot)
		if len(clauses) > maxQueryClauses {
			t.Fatalf("%d clauses of %q", len(clauses), s)
		}
		for _, c := range clauses {
			if len(c.Any) == 0 {
				t.Fatalf("an empty clause of %q", s)
			}
			if end := c.At + len(c.Text); c.Text != "" && (c.At < 0 || end > len(words.Source) || words.Source[c.At:end] != c.Text) {
				t.Fatalf("a clause of %q says that %q is at %d", s, c.Text, c.At)
			}
			for _, alt := range c.Any {
				if len(alt.Words) == 0 {
					t.Fatalf("an empty alternative of %q", s)
				}
				for _, w := range alt.Words {
					if w.Term == "" || w.Stem == "" {
						t.Fatalf("an empty word of %q", s)
					}
				}
			}
		}
		found, err := ix.Search(Query{Words: words, Scope: Everything(), Limit: 5, Facets: []string{"type"}, Now: w.now, Partial: true})
		if err != nil || len(found.Hits) > found.Total {
			t.Fatalf("%q: %d hits of %d, %v", s, len(found.Hits), found.Total, err)
		}
	})
}

var markTag = regexp.MustCompile(`</?mark>`)

// FuzzHighlighter checks that highlights are safe HTML: they contain only their own closed marks, and otherwise the text.
func FuzzHighlighter(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, "Night <b>nurse</b> & C++ 'developer' in 東京都 \" "+s)
		f.Add("nurse "+s, s)
		f.Add("man* b mark", "<mark>manager</mark> &lt;b&gt; "+s)
	}
	a := newAnalyzer(f)
	f.Fuzz(func(t *testing.T, query, s string) {
		m := NewHighlighter(a, Parse(a, query))
		whole, has := m.Highlight(s)
		checkMarks(t, whole)
		if got := html.UnescapeString(markTag.ReplaceAllString(whole, "")); got != s {
			t.Fatalf("%q marked is %q", s, got)
		}
		if has != strings.Contains(whole, "<mark>") {
			t.Fatalf("%q: has %v, but is %q", s, has, whole)
		}
		snippet, has := m.Snippet(s)
		checkMarks(t, snippet)
		if !has && snippet != "" || has && !strings.Contains(snippet, "<mark>") {
			t.Fatalf("the snippet of %q is %v %q", s, has, snippet)
		}
		if !utf8.ValidString(snippet) {
			t.Fatalf("the snippet %q is not UTF-8", snippet)
		}
		text.FromHTML(s)
	})
}

func checkMarks(t *testing.T, s string) {
	t.Helper()
	if depth := strings.Count(s, "<mark>") - strings.Count(s, "</mark>"); depth != 0 {
		t.Fatalf("%q has %d marks open", s, depth)
	}
	if rest := markTag.ReplaceAllString(s, ""); strings.ContainsAny(rest, `<>"'`) {
		t.Fatalf("%q has HTML of its own", s)
	}
}

func FuzzParseCursor(f *testing.F) {
	f.Add("")
	f.Add("zz")
	f.Add((&Cursor{Sort: SortNewest, ID: "x", Now: 1}).String())
	f.Add((&Cursor{Sort: SortSalary, Currency: "EUR", Key: 1e300, ID: "x", Now: -1 << 62}).String())
	a := newAnalyzer(f)
	ix := NewMemory(a)
	if err := ix.Apply(newWorld(1).batch(60, 60)); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		after, err := ParseCursor(s)
		if err != nil {
			return
		}
		for _, sort := range []Sort{SortRelevance, SortSalary} {
			if _, err := ix.Search(Query{Words: Parse(a, "nurse"), Sort: sort, After: after, Scope: Everything(), Limit: 3}); err != nil {
				t.Fatal(err)
			}
		}
	})
}
