package engine

import (
	"slices"
	"strings"

	"jobboard/internal/search/text"
)

// having returns the texts that have the words, the last of which may be incomplete.
func (t textCounts) having(words []string) textCounts {
	for written := range t {
		var terms []string
		for _, token := range text.Tokens(written) {
			terms = append(terms, token.Term)
		}
		for i, word := range words {
			has := func(term string) bool { return term == word || i == len(words)-1 && strings.HasPrefix(term, word) }
			if !slices.ContainsFunc(terms, has) {
				delete(t, written)
				break
			}
		}
	}
	return t
}

// roles adds up the titles that name the same work.
func (t textCounts) roles() textCounts {
	roles := textCounts{}
	for title, n := range t {
		if role := text.Role(title); role != "" {
			roles[role] += n
		}
	}
	return roles
}
