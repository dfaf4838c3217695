package meaning

import (
	_ "embed" // the built-in vocabulary
	"errors"
	"fmt"
	"slices"
	"strings"

	"jobboard/internal/search/text"
)

//go:embed vocabulary.txt
var builtIn string

// maxExpressionWords is the length of the longest expression that is understood.
const maxExpressionWords = 5

// The names of lines that are not parameters with a value.
const (
	lineFiller    = "filler"
	lineIn        = "in"
	lineNear      = "near"
	lineArea      = "area"
	lineWords     = "words"
	lineAmbiguous = "ambiguous"
	lineNever     = "never"
)

// sense is what an expression of the vocabulary means.
type sense struct {
	field, value string // of a search parameter
	anywhere     bool   // the words themselves count in the whole text, not only in the title
	filler       bool
	in, near     bool
	area         bool
	words        bool
	ambiguous    bool
	never        bool
}

// Vocabulary is a list of expressions with what they mean.
type Vocabulary struct {
	senses map[string]*sense // by the folded words, joined by spaces
	begins map[string]int    // by the first word: how many words the longest expression has
	words  map[string]bool   // all folded words of the expressions
	values map[string][]string
	titles map[string][][]string // by "parameter=value": the words of its expressions, without those that contain another of them
}

// NewVocabulary returns the built-in vocabulary with a board's own lines. values are the values that each parameter has. A line is
// one of
//
//	jobType=part_time: part time, teilzeit       expressions for the value of a parameter
//	experienceLevel=entry anywhere: no experience    jobs count too whose text has the expression anywhere, not only in the title
//	filler: jobs, hiring         left out when something else remains
//	in: in, at                   before a place
//	near: near, around           before a place whose surroundings count too
//	area: area, metro area       after such a place
//	words: remote sensing        never understood, although "remote" is
//	ambiguous: reading, nice     a place only after "in" or "near", or before a region or country
//	never: java                  never a place
//	! freelance                  removes an expression from the built-in lines
//	# a comment
//
// It returns an error for each invalid line of the board's own, which is skipped.
func NewVocabulary(own string, values map[string][]string) (*Vocabulary, []error) {
	v := &Vocabulary{senses: map[string]*sense{}, begins: map[string]int{}, words: map[string]bool{}, values: values}
	text.ReadList(builtIn, v.readLine)
	wrong := text.ReadList(own, v.readLine)
	for expression := range v.senses {
		words := strings.Fields(expression)
		v.begins[words[0]] = max(v.begins[words[0]], len(words))
		for _, word := range words {
			v.words[word] = true
		}
	}
	v.titles = v.expressionsByValue()
	return v, wrong
}

// Expressions returns the expressions for a value of a parameter, each as folded words. Those that contain another one are left out: a
// title with "fully remote" has "remote" too.
func (v *Vocabulary) Expressions(field, value string) [][]string { return v.titles[field+"="+value] }

func (v *Vocabulary) expressionsByValue() map[string][][]string {
	words := map[string][][]string{}
	byValue := map[string][]string{}
	for expression, s := range v.senses {
		if s.field != "" {
			byValue[s.field+"="+s.value] = append(byValue[s.field+"="+s.value], expression)
		}
	}
	for name, all := range byValue {
		var shortest []string
		for _, one := range all {
			contains := func(other string) bool { return other != one && strings.Contains(" "+one+" ", " "+other+" ") }
			if !slices.ContainsFunc(all, contains) {
				shortest = append(shortest, one)
			}
		}
		slices.Sort(shortest)
		for _, one := range shortest {
			words[name] = append(words[name], strings.Fields(one))
		}
	}
	return words
}

// Knows reports whether a folded word is in an expression of the vocabulary, so that it is no misspelling.
func (v *Vocabulary) Knows(word string) bool { return v.words[word] }

func (v *Vocabulary) readLine(line string) error {
	if removed, ok := strings.CutPrefix(line, "!"); ok {
		list, err := expressions(removed)
		for _, one := range list {
			delete(v.senses, one)
		}
		return err
	}
	name, rest, ok := strings.Cut(line, ":")
	if !ok {
		return errors.New("a line needs a name and a colon")
	}
	add, err := v.adder(strings.TrimSpace(name))
	if err != nil {
		return err
	}
	list, err := expressions(rest)
	if err != nil {
		return err
	}
	for _, one := range list {
		if v.senses[one] == nil {
			v.senses[one] = &sense{}
		}
		add(v.senses[one])
	}
	return nil
}

// adder returns what a line with this name adds to the sense of its expressions.
func (v *Vocabulary) adder(name string) (func(*sense), error) {
	switch name {
	case lineFiller:
		return func(s *sense) { s.filler = true }, nil
	case lineIn:
		return func(s *sense) { s.in = true }, nil
	case lineNear:
		return func(s *sense) { s.near = true }, nil
	case lineArea:
		return func(s *sense) { s.area = true }, nil
	case lineWords:
		return func(s *sense) { s.words = true }, nil
	case lineAmbiguous:
		return func(s *sense) { s.ambiguous = true }, nil
	case lineNever:
		return func(s *sense) { s.never = true }, nil
	}
	field, value, ok := strings.Cut(name, "=")
	if !ok || v.values[field] == nil {
		return nil, fmt.Errorf("%q is none of the names of lines", name)
	}
	value, anywhere := strings.CutSuffix(value, " anywhere")
	if !slices.Contains(v.values[field], value) {
		return nil, fmt.Errorf("%s has the values %s", field, strings.Join(v.values[field], ", "))
	}
	return func(s *sense) { s.field, s.value, s.anywhere = field, value, anywhere }, nil
}

// expressions parses a comma-separated list into the folded words of each expression. An empty member is ignored, so that a line
// may end in a comma.
func expressions(list string) ([]string, error) {
	var out []string
	for part := range strings.SplitSeq(list, ",") {
		words := split(part)
		if len(words) == 0 {
			continue
		}
		if len(words) > maxExpressionWords {
			return nil, fmt.Errorf("an expression has more than %d words", maxExpressionWords)
		}
		out = append(out, key(words))
	}
	if len(out) == 0 {
		return nil, errors.New("the line has no expression")
	}
	return out, nil
}

// longest returns the longest expression that some words begin with and for which fits holds, and how many words it has.
func (v *Vocabulary) longest(s string, words []word, fits func(*sense) bool) (*sense, int) {
	for n := run(s, words, min(v.begins[words[0].folded], len(words))); n > 0; n-- {
		if !words[n-1].closes {
			continue
		}
		if found := v.senses[key(words[:n])]; found != nil && fits(found) {
			return found, n
		}
	}
	return nil, 0
}

// run returns how many of the first words belong together, at most n.
func run(s string, words []word, n int) int {
	n = min(n, len(words))
	for i := 1; i < n; i++ {
		if !joined(s, words[i-1], words[i]) {
			return i
		}
	}
	return n
}
