package text

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/danish"
	"github.com/blevesearch/snowballstem/dutch"
	"github.com/blevesearch/snowballstem/finnish"
	"github.com/blevesearch/snowballstem/italian"
	"github.com/blevesearch/snowballstem/norwegian"
	"github.com/blevesearch/snowballstem/portuguese"
	"github.com/blevesearch/snowballstem/russian"
	"github.com/blevesearch/snowballstem/spanish"
	"github.com/blevesearch/snowballstem/swedish"
)

// stemmers are the stemmers by language. Those of English, German and French are light: Snowball's make "accountant" and "account",
// "developer" and "development", "intern" and "international" one.
var stemmers = map[string]func(term string) string{
	"en": stemEnglish, "de": stemGerman, "fr": stemFrench, "none": func(term string) string { return term },
	"da": snowball(danish.Stem), "nl": snowball(dutch.Stem), "fi": snowball(finnish.Stem), "it": snowball(italian.Stem),
	"no": snowball(norwegian.Stem), "pt": snowball(portuguese.Stem), "ru": snowball(russian.Stem), "es": snowball(spanish.Stem),
	"sv": snowball(swedish.Stem),
}

func snowball(stem func(*snowballstem.Env) bool) func(term string) string {
	return func(term string) string {
		env := snowballstem.NewEnv(term)
		stem(env)
		return env.Current()
	}
}

// Languages returns the language codes that New accepts: ISO 639-1 codes, and "none" for no stemming.
func Languages() []string {
	var codes []string
	for code := range stemmers {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	return codes
}

// Analyzer has the stemmer, the stopwords and the synonyms of a language. It is safe for concurrent use.
type Analyzer struct {
	Language  string
	stem      func(term string) string
	stopwords map[string]bool
	synonyms  atomic.Pointer[synonyms]
	stemmed   [4096]atomic.Pointer[stemmed] // cache by hash of the term: texts repeat few words
}

type stemmed struct{ term, stem string }

// New returns an analyzer for one of Languages, with the default synonyms and those of the board's own list (see UseSynonyms).
// Invalid lines of the list are skipped.
func New(language, ownSynonyms string) (*Analyzer, error) {
	stem, ok := stemmers[language]
	if !ok {
		return nil, fmt.Errorf("search language %q is not one of %s", language, strings.Join(Languages(), ", "))
	}
	a := &Analyzer{Language: language, stem: stem, stopwords: map[string]bool{}}
	for word := range strings.FieldsSeq(list("stopwords") + "\n" + list("stopwords."+language)) {
		a.stopwords[Fold(word)] = true
	}
	a.UseSynonyms(ownSynonyms)
	return a, nil
}

// Stem returns the stem of a term, which begins with the same letter. Terms with digits or signs (c++, node.js, b2b) and those
// of two letters are their own stems.
func (a *Analyzer) Stem(term string) string {
	if len(term) < 3 {
		return term
	}
	for i := 0; i < len(term); i++ {
		if b := term[i]; b < 'a' && b < 0x80 {
			return term
		}
	}
	hash := uint32(2166136261) // FNV-1a
	for i := 0; i < len(term); i++ {
		hash = (hash ^ uint32(term[i])) * 16777619
	}
	slot := &a.stemmed[(hash^hash>>16)%uint32(len(a.stemmed))]
	if known := slot.Load(); known != nil && known.term == term {
		return known.stem
	}
	// the cache must not refer to the memory of the term, which may be a mapped file that is unmapped later
	known := &stemmed{strings.Clone(term), strings.Clone(a.stem(term))}
	slot.Store(known)
	return known.stem
}

// IsStopword reports whether a term is too common to be searched for.
func (a *Analyzer) IsStopword(term string) bool { return a.stopwords[term] }
