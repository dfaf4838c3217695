package text

import (
	"os"
	"strings"
	"testing"
)

// stemFamilies returns the words of testdata by language. Words of a line have one stem, but different ones across a slash.
func stemFamilies(t testing.TB) map[string]string {
	t.Helper()
	families := map[string]string{}
	for _, language := range []string{"en", "de", "fr"} {
		raw, err := os.ReadFile("testdata/stems." + language + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		families[language] = string(raw)
	}
	return families
}

func TestStemsPartWhatIsAPart(t *testing.T) {
	t.Parallel()
	for language, list := range stemFamilies(t) {
		a, err := New(language, "")
		if err != nil {
			t.Fatal(err)
		}
		for family := range strings.Lines(list) {
			seen := map[string]string{}
			for same := range strings.SplitSeq(family, "/") {
				words := strings.Fields(same)
				if len(words) == 0 {
					continue
				}
				stem := a.Stem(Fold(words[0]))
				for _, word := range words[1:] {
					if got := a.Stem(Fold(word)); got != stem {
						t.Errorf("%s: the stem of %q is %q, of %q %q", language, word, got, words[0], stem)
					}
				}
				if other := seen[stem]; other != "" {
					t.Errorf("%s: %q and %q have the stem %q", language, words[0], other, stem)
				}
				seen[stem] = words[0]
			}
		}
	}
}

func FuzzStem(f *testing.F) {
	for _, list := range stemFamilies(f) {
		for word := range strings.FieldsSeq(list) {
			f.Add(word)
		}
	}
	var analyzers []*Analyzer
	for _, language := range Languages() {
		a, err := New(language, "")
		if err != nil {
			f.Fatal(err)
		}
		analyzers = append(analyzers, a)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, token := range Tokens(s) {
			for _, a := range analyzers {
				if stem := a.Stem(token.Term); stem == "" || stem[0] != token.Term[0] {
					t.Fatalf("%s: the stem of %q is %q", a.Language, token.Term, stem)
				}
			}
		}
	})
}

func FuzzSynonyms(f *testing.F) {
	a, err := New("en", "")
	if err != nil {
		f.Fatal(err)
	}
	for _, list := range builtInLists("de") {
		f.Add(list)
	}
	f.Add("title: a, b => c\n! a\n# x\n=>\n,,\n!\ntitle:")
	f.Fuzz(func(t *testing.T, list string) {
		s := newSynonyms()
		s.read(a, list)
		for key, others := range s.byStems {
			for _, other := range others {
				if n := len(other.Terms); n == 0 || n > MaxSynonymWords || a.stemKey(other.Terms) == key {
					t.Fatalf("%q has the synonym %q", key, other.Terms)
				}
			}
		}
	})
}
