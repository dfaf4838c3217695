package engine

import (
	"slices"
	"strings"

	"jobboard/internal/search/text"
)

// roles adds up the titles, all of which have the words, that name the same work in these words. The last word may be incomplete.
func (t textCounts) roles(words []string) textCounts {
	roles := textCounts{}
	for title, n := range t {
		if role := text.Role(title); role != "" && (role == title || hasWords(role, words)) {
			roles[role] += n
		}
	}
	return roles
}

// hasWords reports whether a text has the words, the last of which may be incomplete.
func hasWords(s string, words []string) bool {
	tokens := text.Tokens(s)
	for i, word := range words {
		has := func(t text.Token) bool { return t.Term == word || i == len(words)-1 && strings.HasPrefix(t.Term, word) }
		if !slices.ContainsFunc(tokens, has) {
			return false
		}
	}
	return true
}
