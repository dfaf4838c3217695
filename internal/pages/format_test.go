package pages

import (
	"strings"
	"testing"

	"jobboard/collections"
	"jobboard/internal/gazetteer"
)

// speak gives the texts in both languages that ship. Spaces that hold an amount together are written as ~ in these tests.
func speak(t *testing.T) map[string]*words {
	t.Helper()
	all := map[string]*words{}
	for _, lang := range []string{"en", "de"} {
		w, err := newWords(lang)
		if err != nil {
			t.Fatal(err)
		}
		all[lang] = w
	}
	return all
}

func TestPayIsWrittenAsTheLanguageDoes(t *testing.T) {
	for _, c := range []struct {
		least, most float64
		currency    string
		en, de      string
	}{
		{50_000, 60_000, "EUR", "€50,000 – €60,000", "50.000–60.000~€"},
		{50_000, 60_000, "CAD", "CA$50,000–60,000", "50.000–60.000~CA$"},
		{467_500, 605_000, "SEK", "SEK~467,500–605,000", "467.500–605.000~SEK"},
		{12.5, 15, "GBP", "£12.50 – £15.00", "12,50–15,00~£"},
		{40_000, 0, "USD", "from $40,000", "ab 40.000~$"},
		{0, 3_000, "CHF", "up to CHF~3,000", "bis 3.000~CHF"},
		{9.99, 9.99, "EUR", "€9.99", "9,99~€"},
		{70_000, 60_000, "XYZ", "XYZ~60,000", "60.000~XYZ"},
	} {
		for lang, w := range speak(t) {
			want := map[string]string{"en": c.en, "de": c.de}[lang]
			got := w.pay(&job{SalaryMin: c.least, SalaryMax: c.most, SalaryCurrency: c.currency}).Text
			if strings.ReplaceAll(got, "\u00a0", "~") != want {
				t.Errorf("%s: %v to %v %s is %q, want %q", lang, c.least, c.most, c.currency, got, want)
			}
		}
	}
	w := speak(t)["en"]
	if w.pay(&job{SalaryCurrency: "EUR"}) != nil {
		t.Error("a job that says nothing has pay")
	}
	for typed, want := range map[[2]string]string{{"1000", "eur"}: "€1,000", {"1000", ""}: "1,000", {"12.5", "SEK"}: "SEK~12.50",
		{"lots", "EUR"}: "lots", {"1e309", "EUR"}: "1e309", {"NaN", ""}: "NaN", {"5", "<b>"}: "<B>~5"} {
		if got := strings.ReplaceAll(w.leastPay(typed[0], typed[1]), "\u00a0", "~"); got != want {
			t.Errorf("at least %v is %q, want %q", typed, got, want)
		}
	}
}

func TestNumbersAndSpans(t *testing.T) {
	for stored, want := range map[string][2]string{
		"1-10": {"1–10", "1–10"}, "201-1000": {"201–1,000", "201–1.000"}, "1001+": {"1,001+", "1.001+"}, "": {"", ""},
	} {
		if en, de := speak(t)["en"].size(stored), speak(t)["de"].size(stored); en != want[0] || de != want[1] {
			t.Errorf("%q people: %q and %q, want %q", stored, en, de, want)
		}
	}
	w := speak(t)["de"]
	for span, want := range map[[2]int]string{{1, 20}: "1–20", {41, 41}: "41", {981, 1000}: "981–1.000"} {
		if got := w.span(span[0], span[1]); got != want {
			t.Errorf("from %d to %d: %q, want %q", span[0], span[1], got, want)
		}
	}
}

func TestPlacesAreWrittenInTheLanguage(t *testing.T) {
	de, en := speak(t)["de"], speak(t)["en"]
	for typed, want := range map[string]string{"berlin": "Berlin, Deutschland", "Zurich": "Zürich, Schweiz", "France": "Frankreich",
		"Austin, Texas": "Austin, Texas, Vereinigte Staaten", "Remote": "Remote"} {
		place, ok := gazetteer.Resolve(typed)
		if !ok {
			t.Fatalf("no place %s", typed)
		}
		if got := de.place(place); got != want {
			t.Errorf("%s is %q, want %q", typed, got, want)
		}
		if found, _ := gazetteer.Resolve(de.searchable(place)); found.Name != place.Name {
			t.Errorf("a search for %q finds %q", de.searchable(place), found.Name)
		}
		if got := en.place(place); got != place.Name {
			t.Errorf("%s is %q in English, want %q", typed, got, place.Name)
		}
	}
	berlin := collections.Location{Name: "Berlin, Germany", City: "Berlin", Country: "DE"}
	for text, want := range map[string]string{"Berlin, Germany": "Berlin, Deutschland", "Berlin or nearby": "Berlin or nearby"} {
		if got := de.where(&job{Location: text, Locations: []collections.Location{berlin}}); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{"Dublin, Ireland": "Dublin, Irland", "dublin": "dublin",
		"Ireland": "Irland", "wherever you are": "wherever you are"} {
		if got := de.placeText(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	if got := de.country("ZZ"); got != "" {
		t.Errorf("no country is %q", got)
	}
}
