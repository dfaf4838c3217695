package text

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// vocabulary has the built-in lists: synonyms.txt and roles.txt are English and always known, synonyms.de.txt and the like belong to a
// language.
//
//go:embed vocabulary/*.txt
var vocabulary embed.FS

// list returns a list of the vocabulary, "" when there is none.
func list(name string) string {
	raw, err := fs.ReadFile(vocabulary, "vocabulary/"+name+".txt")
	if err != nil {
		return ""
	}
	return string(raw)
}

// builtInLists returns the lists of synonyms for a language.
func builtInLists(language string) []string {
	return []string{list("synonyms"), list("roles"), list("synonyms." + language)}
}

// MaxSynonymWords is the maximum number of words in an expression with synonyms.
const MaxSynonymWords = 4

// Synonym is an expression that a document may hold instead of the typed one.
type Synonym struct {
	Terms   []string
	InTitle bool // it counts only in titles
}

// synonyms maps an expression, as its stems joined by spaces, to the other members of its groups.
type synonyms struct {
	byStems map[string][]Synonym
	words   map[string]bool // the stems of all words in it
}

func newSynonyms() *synonyms {
	return &synonyms{byStems: map[string][]Synonym{}, words: map[string]bool{}}
}

// UseSynonyms replaces the synonyms by the built-in ones, with additions and removals from the board's own list:
//
//	js, javascript                  a search for one finds the others
//	pm => project manager           only from left to right
//	title: nanny, babysitter        the others are looked for in titles only
//	! dev                           removes an expression of the built-in lists
//	# a comment
//
// It returns an error for each invalid line, which is skipped. It may be called while searches are running.
func (a *Analyzer) UseSynonyms(own string) []error {
	s := newSynonyms()
	for _, builtIn := range builtInLists(a.Language) {
		s.read(a, builtIn)
	}
	wrong := s.read(a, own)
	a.synonyms.Store(s)
	return wrong
}

func (s *synonyms) read(a *Analyzer, list string) (wrong []error) {
	return ReadList(list, func(line string) error { return s.readLine(a, line) })
}

func (s *synonyms) readLine(a *Analyzer, line string) error {
	if removed, ok := strings.CutPrefix(line, "!"); ok {
		list, err := expressions(removed)
		for _, one := range list {
			s.remove(a, one)
		}
		return err
	}
	line, inTitle := strings.CutPrefix(line, "title:")
	typed, meant, oneWay := strings.Cut(line, "=>")
	from, err := expressions(typed)
	if err != nil {
		return err
	}
	to := from
	if oneWay {
		to, err = expressions(meant)
	} else if len(from) < 2 {
		err = errors.New("a group needs at least two members")
	}
	if err != nil {
		return err
	}
	for _, one := range slices.Concat(from, to) {
		for _, term := range one {
			s.words[a.Stem(term)] = true
		}
	}
	for _, one := range from {
		for _, other := range to {
			s.add(a, one, Synonym{other, inTitle})
		}
	}
	return nil
}

// add adds a synonym of an expression. One that counts everywhere replaces the same in titles only.
func (s *synonyms) add(a *Analyzer, one []string, other Synonym) {
	key, otherKey := a.stemKey(one), a.stemKey(other.Terms)
	if key == otherKey {
		return
	}
	known := slices.IndexFunc(s.byStems[key], func(known Synonym) bool { return a.stemKey(known.Terms) == otherKey })
	if known < 0 {
		s.byStems[key] = append(s.byStems[key], other)
	} else if !other.InTitle {
		s.byStems[key][known].InTitle = false
	}
}

// remove removes an expression from all groups.
func (s *synonyms) remove(a *Analyzer, one []string) {
	key := a.stemKey(one)
	delete(s.byStems, key)
	for other, list := range s.byStems {
		s.byStems[other] = slices.DeleteFunc(list, func(known Synonym) bool { return a.stemKey(known.Terms) == key })
	}
}

// expressions parses a comma-separated list into the terms of each expression.
func expressions(list string) ([][]string, error) {
	var out [][]string
	for part := range strings.SplitSeq(list, ",") {
		var terms []string
		for _, t := range QueryTokens(part) {
			terms = append(terms, t.Term)
		}
		switch {
		case len(terms) == 0:
			return nil, errors.New("a member has no word")
		case len(terms) > MaxSynonymWords:
			return nil, fmt.Errorf("a member has more than %d words", MaxSynonymWords)
		}
		out = append(out, terms)
	}
	return out, nil
}

func (a *Analyzer) stemKey(terms []string) string {
	stems := make([]string, len(terms))
	for i, f := range terms {
		stems[i] = a.Stem(f)
	}
	return strings.Join(stems, " ")
}

// Knows reports whether a word is a stopword or has a place in the synonyms, in any form: it is no misspelling.
func (a *Analyzer) Knows(term string) bool {
	return a.IsStopword(term) || a.synonyms.Load().words[a.Stem(term)]
}

// Synonyms returns the synonyms of an expression, which is a sequence of terms.
func (a *Analyzer) Synonyms(terms []string) []Synonym {
	if len(terms) == 0 || len(terms) > MaxSynonymWords {
		return nil
	}
	return a.synonyms.Load().byStems[a.stemKey(terms)]
}
