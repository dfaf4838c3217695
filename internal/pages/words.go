package pages

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// The texts of the pages, one file per language: a key leads to a text, or to one for each plural form of the number {n}.
//
//go:embed words
var catalogues embed.FS

// DefaultLanguage is the language of a board that chooses none.
const DefaultLanguage = "en"

// Languages lists the languages that the pages can speak.
func Languages() []string {
	entries, err := catalogues.ReadDir("words")
	if err != nil { // the folder is in the binary
		panic(err)
	}
	var list []string
	for _, entry := range entries {
		list = append(list, strings.TrimSuffix(entry.Name(), ".json"))
	}
	return list
}

// words are the texts in one language.
type words struct {
	Language string
	tag      language.Tag
	numbers  *message.Printer
	texts    map[string]text

	latinDigits bool // numbers below a thousand are written as strconv does
}

// text is one text by its plural forms, as CLDR names them; one without a number has "other" alone.
type text map[string]string

// UnmarshalJSON implements [json.Unmarshaler].
func (t *text) UnmarshalJSON(raw []byte) error {
	var single string
	if json.Unmarshal(raw, &single) == nil {
		*t = text{"other": single}
		return nil
	}
	return json.Unmarshal(raw, (*map[string]string)(t))
}

func newWords(lang string) (*words, error) {
	raw, err := catalogues.ReadFile("words/" + lang + ".json")
	if err != nil {
		return nil, fmt.Errorf("there are no pages in the language %q, only in %s", lang, strings.Join(Languages(), ", "))
	}
	tag := language.Make(lang)
	w := &words{Language: lang, tag: tag, numbers: message.NewPrinter(tag)}
	w.latinDigits = w.numbers.Sprint(987) == "987"
	if err := json.Unmarshal(raw, &w.texts); err != nil {
		return nil, fmt.Errorf("read the texts in %s: %w", lang, err)
	}
	return w, nil
}

// say gives a text with its {placeholders} filled in: name, value, name, value. The number n chooses the plural form. A key that
// isn't there shows itself; a test finds those.
func (w *words) say(key string, pairs ...any) string {
	forms, known := w.texts[key]
	if !known {
		return key
	}
	said := forms["other"]
	if len(pairs) == 0 {
		return said
	}
	filled := make([]string, 0, 8)
	for i := 0; i+1 < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		value := ""
		switch v := pairs[i+1].(type) {
		case int:
			value = w.number(v)
			if form, has := forms[pluralForm(w.tag, v)]; name == "n" && has {
				said = form
			}
		case string:
			value = v
		default:
			value = fmt.Sprint(v)
		}
		filled = append(filled, name, value)
	}
	return fill(said, filled)
}

// fill puts values in the place of their {names}: name, value, name, value.
func fill(said string, values []string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(said, "{")
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			out.WriteString(said)
			return out.String()
		}
		out.WriteString(before)
		value := "{" + name + "}"
		for i := 0; i < len(values); i += 2 {
			if values[i] == name {
				value = values[i+1]
			}
		}
		out.WriteString(value)
		said = after
	}
}

// has reports whether there is a text.
func (w *words) has(key string) bool { return w.texts[key] != nil }

func (w *words) keys() []string { return slices.Sorted(maps.Keys(w.texts)) }

// number writes a whole number as the language does: 1,234.
func (w *words) number(n int) string {
	if w.latinDigits && 0 <= n && n < 1000 {
		return strconv.Itoa(n)
	}
	return w.numbers.Sprint(n)
}

func pluralForm(tag language.Tag, n int) string {
	n = max(n, -n) % 10_000_000 // of more digits the last ones decide
	switch plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0) {
	case plural.Zero:
		return "zero"
	case plural.One:
		return "one"
	case plural.Two:
		return "two"
	case plural.Few:
		return "few"
	case plural.Many:
		return "many"
	}
	return "other"
}
