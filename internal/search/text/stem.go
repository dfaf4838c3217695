package text

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/danish"
	"github.com/blevesearch/snowballstem/dutch"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/finnish"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/italian"
	"github.com/blevesearch/snowballstem/norwegian"
	"github.com/blevesearch/snowballstem/portuguese"
	"github.com/blevesearch/snowballstem/russian"
	"github.com/blevesearch/snowballstem/spanish"
	"github.com/blevesearch/snowballstem/swedish"
)

var stemmers = map[string]func(*snowballstem.Env) bool{
	"da": danish.Stem, "nl": dutch.Stem, "en": english.Stem, "fi": finnish.Stem, "fr": french.Stem,
	"de": german.Stem, "it": italian.Stem, "no": norwegian.Stem, "pt": portuguese.Stem, "ru": russian.Stem,
	"es": spanish.Stem, "sv": swedish.Stem, "none": func(*snowballstem.Env) bool { return true },
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
	stem      func(*snowballstem.Env) bool
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
	for word := range strings.FieldsSeq(stopwordList) {
		a.stopwords[word] = true
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
	env := snowballstem.NewEnv(term)
	a.stem(env)
	// the cache must not refer to the memory of the term, which may be a mapped file that is unmapped later
	known := &stemmed{strings.Clone(term), strings.Clone(env.Current())}
	slot.Store(known)
	return known.stem
}

// IsStopword reports whether a term is too common to be searched for.
func (a *Analyzer) IsStopword(term string) bool { return a.stopwords[term] }
