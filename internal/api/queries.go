package api

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/apis"

	"jobboard/internal/api/openapi"
	"jobboard/internal/nearest"
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

// queryNames returns the names of the route's query parameters.
func (r route) queryNames() []string {
	var names []string
	for _, p := range r.query {
		if p.In == "" {
			names = append(names, p.Name)
		}
	}
	return names
}

// checkNames refuses query parameters that the route doesn't have: with a misspelt filter, a list would return everything.
func (c *call) checkNames(r route) error {
	query := c.Request().URL.RawQuery
	if query == "" || r.ignoresUnknown {
		return nil
	}
	sent, err := url.ParseQuery(query)
	if err != nil {
		return invalid("query", problem.InvalidValue, "The address's query is not well formed: "+err.Error()+".")
	}
	known := r.queryNames()
	unknown := validation.Errors{}
	for name := range sent {
		if !slices.Contains(known, name) && len(unknown) < maxUnknown {
			unknown[name] = validation.NewError(problem.UnknownParameter, "Unknown parameter. "+nearest.Advice(name, known))
		}
	}
	if len(unknown) > 0 {
		return apis.NewBadRequestError("Failed to read the request.", unknown)
	}
	return nil
}

// maxUnknown is how many unknown parameters an error names.
const maxUnknown = 20

// checkQuery checks what the caller has written into the query before anything runs.
func (c *call) checkQuery(r route) error {
	if err := c.checkNames(r); err != nil {
		return err
	}
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
