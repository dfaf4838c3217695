package text

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unsafe"
)

func termsOf(tokens []Token) []string {
	var out []string
	for _, t := range tokens {
		out = append(out, t.Term)
	}
	return out
}

func TestTokens(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Senior C++ / C# Developer", "senior c++ c# developer"},
		{".NET, ASP.NET and VB.net", ".net asp .net and vb .net"},
		{"www.behance.net is a site", "www behance net is a site"},
		{"Node.js, React.JS; d3.js.", "node.js react.js d3.js"},
		{"R&D at AT&T, cats&dogs", "r&d at at&t cats dogs"},
		{"Société Générale’s café", "societe generale cafe"},
		{"don't l'Oréal, chargé d’accueil, D'Arcy, O'Brien, l'", "dont oreal charge accueil arcy obrien l"},
		{"Straße Łódź Ærø", "strasse lodz aero"},
		{"5+ years, A+ player, Google+", "5 years a player google"},
		{"東京都", "東京 京都 都"},
		{"full-stack", "full stack"},
		{"$20/hr, $18.50 /HR or 16 per hr", "20 hour 18 50 hour or 16 per hour"},
		{"HR, HR/Payroll, CFO/HR, 2 HR people, super hr", "hr hr payroll cfo hr 2 hr people super hr"},
		{"end.Next sentence", "end next sentence"},
		{"", ""},
		{"!!! ... ---", ""},
	} {
		if got := strings.Join(termsOf(Tokens(c.in)), " "); got != c.want {
			t.Errorf("Tokens(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestTokenRanges(t *testing.T) {
	in := "Chef à l’Opéra: C++, 東京都 and Node.js"
	for _, tok := range Tokens(in) {
		if got := Fold(in[tok.Start:tok.End]); got != tok.Term {
			t.Errorf("token %q is at %q", tok.Term, in[tok.Start:tok.End])
		}
	}
}

func TestQueryTokensOfUnspacedScripts(t *testing.T) {
	if got := termsOf(QueryTokens("東京")); !slices.Equal(got, []string{"東京"}) {
		t.Errorf("got %q", got)
	}
	if got := termsOf(QueryTokens("都")); !slices.Equal(got, []string{"都"}) {
		t.Errorf("got %q", got)
	}
}

func TestStem(t *testing.T) {
	a, err := New("en", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, kept := range []string{"c++", "c#", ".net", "node.js", "b2b", "it", "5"} {
		if a.Stem(kept) != kept {
			t.Errorf("Stem(%q) = %q", kept, a.Stem(kept))
		}
	}
	if _, err := New("xx", ""); err == nil {
		t.Error("an unknown language is accepted")
	}
}

// A term may be in a mapped file, which is unmapped after the next merge. Cached stems must not refer to it.
func TestCachedStemsAreCopies(t *testing.T) {
	a, err := New("en", "")
	if err != nil {
		t.Fatal(err)
	}
	for word, stem := range map[string]string{"developers": "developer", "berlin": "berlin"} {
		memory := []byte(word)
		for _, at := range []string{"first", "again"} {
			if got := a.Stem(unsafe.String(&memory[0], len(memory))); got != stem {
				t.Errorf("Stem(%q), %s: %q", word, at, got)
			}
		}
		clear(memory)
		if got := a.Stem(word); got != stem {
			t.Errorf("Stem(%q), after the memory of the term was overwritten: %q", word, got)
		}
	}
}

func TestDefaultSynonymsAreValid(t *testing.T) {
	a, err := New("en", "")
	if err != nil {
		t.Fatal(err)
	}
	s := newSynonyms()
	for _, language := range Languages() {
		for _, list := range builtInLists(language) {
			if wrong := s.read(a, list); len(wrong) > 0 {
				t.Error(language, wrong)
			}
		}
	}
}

func TestInvalidSynonymsAreReportedAndSkipped(t *testing.T) {
	a, err := New("en", "")
	if err != nil {
		t.Fatal(err)
	}
	wrong := a.UseSynonyms("# a comment\nflorist, gardener # another\nalone\n\nfive words are too many, x\n=> x\ny =>\n" +
		"! dev\n!\nc# => csharp, sharp\n")
	var lines []string
	for _, err := range wrong {
		line, _, _ := strings.Cut(err.Error(), ":")
		lines = append(lines, line)
	}
	if got := strings.Join(lines, ", "); got != "line 3, line 5, line 6, line 7, line 9" {
		t.Errorf("invalid lines: %s: %v", got, wrong)
	}
	if got := a.Synonyms([]string{"florist"}); len(got) != 1 || got[0].Terms[0] != "gardener" {
		t.Errorf("florist: %v", got)
	}
	if got := a.Synonyms([]string{"dev"}); len(got) != 0 {
		t.Errorf("dev: %v", got)
	}
	if got := a.Synonyms([]string{"developer"}); slices.ContainsFunc(got, func(one Synonym) bool { return one.Terms[0] == "dev" }) {
		t.Errorf("developer: %v", got)
	}
	if got := a.Synonyms([]string{"sr"}); len(got) != 1 {
		t.Errorf("the default list is missing: sr: %v", got)
	}
	if got := a.Synonyms([]string{"c#"}); len(got) < 2 {
		t.Errorf("c#: %v", got)
	}
}

func TestSynonyms(t *testing.T) {
	a, err := New("en", "js, javascript\nml, machine learning # comment\n\n,,")
	if err != nil {
		t.Fatal(err)
	}
	if got := a.Synonyms([]string{"js"}); len(got) != 1 || got[0].Terms[0] != "javascript" {
		t.Errorf("js: %v", got)
	}
	if got := a.Synonyms([]string{"machine", "learning"}); len(got) != 1 || got[0].Terms[0] != "ml" {
		t.Errorf("machine learning: %v", got)
	}
	if got := a.Synonyms([]string{"comment"}); got != nil {
		t.Errorf("comment: %v", got)
	}
}

func TestFromHTML(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"<p>One</p><p>two &amp; <b>th</b>ree</p>", "One two & three"},
		{"plain", "plain"},
		{"<script>alert(1)</script>left", "left"},
		{"a < b", "a < b"},
	} {
		if got := strings.Join(strings.Fields(FromHTML(c.in)), " "); got != c.want {
			t.Errorf("FromHTML(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func FuzzTokens(f *testing.F) {
	f.Add("C++ .NET Société’s 東京都 R&D node.js")
	f.Fuzz(func(t *testing.T, s string) {
		last := 0
		for _, tok := range Tokens(s) {
			if tok.Term == "" || tok.Start >= tok.End || tok.End > len(s) || tok.Start < 0 {
				t.Fatalf("bad token %+v of %q", tok, s)
			}
			if tok.Start < last {
				t.Fatalf("the tokens of %q are not in order", s)
			}
			last = tok.Start
		}
	})
}

// simpleHTML has fragments that fromSimpleHTML accepts, and others that it must leave to the tokenizer.
var simpleHTML = []string{
	"<p>One</p><p>two &amp; <b>th</b>ree &#39;n&#x27; &nbsp; &notit; &</p>", "<h1>Head</h1><br>a<hr/>b", "<p>a < b</p>",
	"x<", "x</", "x<p", "</p>", "<title>a<b>c</title>d", "<script>alert(1)</script>left", "<style>p{}</style>left",
	"<textarea><p></textarea>", "<P>up</P>", "<p class=a>x</p>", "<!-- <p> -->y", "<!DOCTYPE html>z", "<?p>",
	"<p>a\r\nb\x00c</p>", "<h7>a<a1>b<1>c", "<noscript><b>n</noscript>", "<svg><title><b>t</b></title></svg>",
	"<plaintext><p>a", "</plaintext><p>a", "<p>\xff&\xff;</p>", "<ul><li>one</li><li>two</li></ul>",
}

func TestFromSimpleHTML(t *testing.T) {
	taken := 0
	for _, s := range simpleHTML {
		if text, simple := fromSimpleHTML(s); simple {
			taken++
			if want := fromAnyHTML(s); text != want {
				t.Errorf("%q becomes %q, want %q", s, text, want)
			}
		}
	}
	if taken < 4 || taken > len(simpleHTML)/2 {
		t.Errorf("%d of %d are accepted as simple", taken, len(simpleHTML))
	}
}

func FuzzFromHTML(f *testing.F) {
	for _, s := range simpleHTML {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want := fromAnyHTML(s)
		if text, simple := fromSimpleHTML(s); simple && text != want {
			t.Fatalf("%q becomes %q, want %q", s, text, want)
		}
	})
}

func TestStemKeepsTheFirstLetter(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	const letters = "aeioustnrlgemyhzwcédüöåжкси"
	runes := []rune(letters)
	for _, language := range Languages() {
		a, err := New(language, "")
		if err != nil {
			t.Fatal(err)
		}
		for range 20_000 {
			var letters []rune
			for range 3 + r.IntN(9) {
				letters = append(letters, runes[r.IntN(len(runes))])
			}
			word := Fold(string(letters))
			if stem := a.Stem(word); stem == "" || stem[0] != word[0] {
				t.Fatalf("%s: the stem of %q is %q", language, word, stem)
			}
		}
	}
}

// TestTokensBeginning compares TokensBeginning with Tokens: it must return every token that begins with an initial.
func TestTokensBeginning(t *testing.T) {
	texts := []string{
		"Managers manage C++ and .NET, node.js; Écoles é́tude 東京都 R&D company's L'Oréal ﬁne İstanbul ÀB 9to5 naïve", "", "m M ™ µ",
	}
	for _, s := range texts {
		for first := range 256 {
			var initials [256]bool
			initials[first] = true
			var want, got []Token
			for _, token := range Tokens(s) {
				if int(token.Term[0]) == first {
					want = append(want, token)
				}
			}
			for _, token := range TokensBeginning(s, &initials) {
				if int(token.Term[0]) == first {
					got = append(got, token)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%q from %q: %v, want %v", s, rune(first), got, want)
			}
		}
	}
}
