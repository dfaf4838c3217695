package gazetteer

import (
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestCountry(t *testing.T) {
	for _, test := range []struct{ text, code, name string }{
		{"DE", "DE", "Germany"}, {"de", "DE", "Germany"}, {"DEU", "DE", "Germany"}, {"Germany", "DE", "Germany"},
		{"Allemagne", "DE", "Germany"}, {"UK", "GB", "United Kingdom"}, {"GB", "GB", "United Kingdom"}, {"usa", "US", "United States"},
		{"United States of America", "US", "United States"}, {"Côte d'Ivoire", "CI", "Côte d’Ivoire"}, {"Holland", "NL", "Netherlands"},
		{"日本", "JP", "Japan"}, {"Turkey", "TR", "Türkiye"}, {" france ", "FR", "France"}, {"Hong Kong", "HK", "Hong Kong"},
	} {
		if code, name, ok := Country(test.text); !ok || code != test.code || name != test.name {
			t.Errorf("%q is read as %q %q %v, want %q %q", test.text, code, name, ok, test.code, test.name)
		}
	}
	for _, text := range []string{"", "ZZ", "XX", "England", "Paris", "Europe", strings.Repeat("x", 1000)} {
		if code, _, ok := Country(text); ok {
			t.Errorf("%.20q is read as the country %s", text, code)
		}
	}
}

func TestCountryCodes(t *testing.T) {
	for code, name := range map[string]string{"FR": "France", "US": "United States", "GB": "United Kingdom", "ZZ": "", "fr": "", "": ""} {
		if got := CountryName(code); got != name {
			t.Errorf("%q is named %q, want %q", code, got, name)
		}
		if ValidCountry(code) != (name != "") {
			t.Errorf("%q: valid is %v", code, ValidCountry(code))
		}
	}
	if n := len(theCountries().list); n != 250 {
		t.Errorf("%d countries, want ISO's 249 and Kosovo", n)
	}
	for nickname, code := range countryNicknames {
		if !ValidCountry(code) || fold(nickname) != nickname {
			t.Errorf("%q cannot lead to %q", nickname, code)
		}
	}
}

func TestSuggest(t *testing.T) {
	for _, test := range []struct {
		prefix string
		want   []string // the first ones
	}{
		{"ber", []string{"Berlin, Germany"}},
		{"Mün", []string{"Munich, Bavaria, Germany"}},
		{"new yo", []string{"New York City, New York, United States"}},
		{"germ", []string{"Germany"}},
		{"texa", []string{"Texas, United States"}},
		{"Paris, t", []string{"Paris, Texas, United States", "Paris, Tennessee, United States"}},
		{"paris, fr", []string{"Paris, Île-de-France, France"}},
		{"nyc", []string{"New York City, New York, United States"}},
	} {
		var names []string
		for _, p := range Suggest(test.prefix, 8) {
			names = append(names, p.Name)
		}
		if len(names) < len(test.want) || !slices.Equal(names[:len(test.want)], test.want) {
			t.Errorf("%q suggests %q, want first %q", test.prefix, names, test.want)
		}
	}
	if got := Suggest("s", 5); len(got) != 5 {
		t.Errorf("%d suggestions instead of 5", len(got))
	}
	if got := Suggest("a", 1000); len(got) > maxSuggestions {
		t.Errorf("%d suggestions at once", len(got))
	}
	for _, prefix := range []string{"", " ", ",", "qwertz"} {
		if got := Suggest(prefix, 5); len(got) != 0 {
			t.Errorf("%q suggests %v", prefix, got)
		}
	}
	if got := Suggest("ber", 0); got != nil {
		t.Errorf("none asked for, %d given", len(got))
	}
}

func TestSuggestNamesEachPlaceOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range Suggest("san", 50) {
		if seen[p.Name] {
			t.Errorf("%s comes twice", p.Name)
		}
		seen[p.Name] = true
	}
}

func TestFold(t *testing.T) {
	for text, key := range map[string]string{
		"München":         "munchen",
		"  St.  Louis ":   "saint louis",
		"D.C.":            "dc",
		"U. S. A.":        "usa",
		"Weißenburg":      "weissenburg",
		"Łódź":            "lodz",
		"Tromsø":          "tromso",
		"L'Aquila":        "laquila",
		"Aix-en-Provence": "aix en provence",
		"İstanbul":        "istanbul",
		"Mt. Pocono":      "mount pocono",
		"---":             "",
		"":                "",
	} {
		if got := fold(text); got != key {
			t.Errorf("%q folds to %q, want %q", text, got, key)
		}
	}
}

func TestMemory(t *testing.T) {
	heap := func() uint64 {
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	before := heap()
	a, err := readAtlas()
	if err != nil {
		t.Fatal(err)
	}
	used := float64(heap()-before) / (1 << 20)
	t.Logf("%d cities, %d names: %.1f MB", len(a.owners), len(a.cityKeys.ends), used)
	if used > 25 {
		t.Errorf("the gazetteer takes %.1f MB", used)
	}
	runtime.KeepAlive(a)
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := readAtlas(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSuggest(b *testing.B) {
	for _, prefix := range []string{"s", "ber", "new york"} {
		b.Run(prefix, func(b *testing.B) {
			for b.Loop() {
				Suggest(prefix, 10)
			}
		})
	}
}

func TestFirstWordsTellMostWordsApart(t *testing.T) {
	a := theAtlas()
	for _, table := range []*keyTable{&a.cityKeys, &a.regionKeys, &a.nicknameKeys} {
		for i := range table.ends {
			if !a.begins(table.key(i)) {
				t.Fatalf("%q is a name", table.key(i))
			}
		}
	}
	none := 0
	words := strings.Fields("software developer accountant registered engineer customer assistant marketing receptionist hibernate")
	for _, word := range words {
		if !a.begins(word) {
			none++
		}
	}
	if none < len(words)*2/3 {
		t.Errorf("only %d of %d words begin no name", none, len(words))
	}
}
