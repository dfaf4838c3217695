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

// Languages lists the language codes that New takes: ISO 639-1, and "none" for no stemming.
func Languages() []string {
	var codes []string
	for code := range stemmers {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	return codes
}

// Analyzer holds what depends on the board's language: the stemmer, the stopwords and the synonyms.
// It is safe for use by many goroutines.
type Analyzer struct {
	Language  string
	stem      func(*snowballstem.Env) bool
	stopwords map[string]bool
	synonyms  atomic.Pointer[synonyms]
	stemmed   [4096]atomic.Pointer[stemmed] // the last form of each hash that was stemmed, since texts repeat few words
}

type stemmed struct{ term, stem string }

// New makes an analyzer for one of Languages, with the default synonyms and those of an own list: see UseSynonyms. Lines
// of it that make no sense are skipped.
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

// Stem cuts a folded form to its stem, which begins with the same letter. Forms with digits or signs (c++, node.js,
// b2b) and those of two letters stay as they are.
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
	// What stays must not be a piece of the form, which may lie in a mapped file that is gone tomorrow.
	known := &stemmed{strings.Clone(term), strings.Clone(env.Current())}
	slot.Store(known)
	return known.stem
}

// IsStopword reports whether a folded form is too common to search for by itself.
func (a *Analyzer) IsStopword(term string) bool { return a.stopwords[term] }
