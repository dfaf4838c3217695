package match

import (
	"fmt"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/search"
	"jobboard/internal/search/text"
)

// maxPositions is how many of the positions that a person has held count as roles, the first ones.
const maxPositions = 3

// roleReader reads the roles that people name.
type roleReader struct {
	parser   search.Parser
	analyzer *text.Analyzer
}

func newRoleReader(app core.App) (roleReader, error) {
	analyzer, err := search.Analyzer(app)
	if err != nil {
		return roleReader{}, fmt.Errorf("read roles: %w", err)
	}
	parser, err := search.ParserOf(app)
	if err != nil {
		return roleReader{}, fmt.Errorf("read roles: %w", err)
	}
	return roleReader{parser, analyzer}, nil
}

// of returns the words of the role that a headline or title names, without its place, level and the like, and after them those of the
// role's synonyms.
func (r roleReader) of(title string) [][]Word {
	words := r.words(r.parser.Remaining(text.Role(title)))
	if len(words) == 0 {
		return nil
	}
	roles := [][]Word{words}
	terms := make([]string, len(words))
	for i, word := range words {
		terms[i] = word.Form
	}
	for _, synonym := range r.analyzer.Synonyms(terms) {
		var role []Word
		for _, term := range synonym.Terms {
			role = append(role, Word{term, r.analyzer.Stem(term)})
		}
		roles = append(roles, role)
	}
	return roles
}

// words returns the telling words of a text, each once.
func (r roleReader) words(s string) []Word {
	var words []Word
	for _, token := range text.Tokens(s) {
		word := Word{token.Term, r.analyzer.Stem(token.Term)}
		if !r.analyzer.IsStopword(word.Form) && !slices.ContainsFunc(words, func(w Word) bool { return w.Stem == word.Stem }) {
			words = append(words, word)
		}
	}
	return words
}

// ofTitle returns the telling words of the role that a job's title names or, if it names none, of the whole title.
func (r roleReader) ofTitle(title string) []Word {
	if words := r.words(text.Role(title)); len(words) > 0 {
		return words
	}
	return r.words(title)
}
