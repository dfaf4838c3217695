package api

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"jobboard/internal/api/openapi"
	"jobboard/internal/problem"
	"jobboard/internal/queryguard"
)

// takesQuery reports whether the route has the parameter with the same meaning as PocketBase's lists. The sort of a search has another.
func (r route) takesQuery(name string) bool {
	for _, p := range r.query {
		if p.Name == name {
			return len(p.Enum) == 0
		}
	}
	return false
}

// checkQuery checks what the caller has written into the query before anything runs.
func (c *call) checkQuery(r route) error {
	for _, p := range r.query {
		if p.Multiple && len(c.values(p.Name)) > maxValues {
			return invalid(p.Name, problem.InvalidValue, fmt.Sprintf("Must be at most %d values.", maxValues))
		}
	}
	name := openapi.CollectionOf(r.response.Schema)
	if name == "" {
		return nil
	}
	collection, err := c.app().FindCachedCollectionByNameOrId(name)
	if err != nil {
		return fmt.Errorf("find the collection %s: %w", name, err)
	}
	query := queryguard.Query{Expand: c.QueryParam("expand"), Fields: c.QueryParam("fields"), Single: !r.takesQuery("page")}
	if r.takesQuery("filter") {
		query.Filter = c.QueryParam("filter")
	}
	if r.takesQuery("sort") {
		query.Sort = c.QueryParam("sort")
	}
	return queryguard.Check(c.app(), c.auth(), collection, query)
}

const (
	maxValues    = 100 // of one parameter, joined by OR
	maxWords     = 10  // of q, each looked for in every text
	maxWordsText = 200 // characters of q
)

// wordsCondition returns a filter for records that have every word of q in one of the fields, or "" if there are no words.
func (c *call) wordsCondition(fields ...string) (string, error) {
	q := c.QueryParam("q")
	words := strings.Fields(q)
	if utf8.RuneCountInString(q) > maxWordsText || len(words) > maxWords {
		return "", invalid("q", problem.InvalidValue, fmt.Sprintf("Must have at most %d words and %d characters.", maxWords, maxWordsText))
	}
	var all []string
	for _, word := range words {
		var one []string
		for _, field := range fields {
			one = append(one, field+" ~ "+quoted(escapeLike.Replace(word)))
		}
		all = append(all, "("+strings.Join(one, " || ")+")")
	}
	return strings.Join(all, " && "), nil
}

// escapeLike escapes the wildcards of LIKE, so that a word only matches itself.
var escapeLike = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
