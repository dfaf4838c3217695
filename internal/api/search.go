package api

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/apis"

	"jobboard/collections"
	"jobboard/internal/api/recordjson"
	"jobboard/internal/problem"
	"jobboard/internal/search"
	"jobboard/internal/search/engine"
	"jobboard/internal/search/meaning"
	"jobboard/internal/search/text"
)

// searchPage is the list shape with what a search adds to it, but without the items.
type searchPage struct {
	pageHead
	Facets          map[string]map[string]int `json:"facets,omitempty"` // by parameter: value, records
	Took            float64                   `json:"took"`             // milliseconds
	NextCursor      string                    `json:"nextCursor,omitempty"`
	DidYouMean      string                    `json:"didYouMean,omitempty"`
	TotalIsEstimate bool                      `json:"totalIsEstimate,omitempty"`
	Interpretation  *meaning.Interpretation   `json:"interpretation,omitempty"`
	UnknownPlaces   []string                  `json:"unknownPlaces,omitempty"`
	MatchedAllWords *int                      `json:"matchedAllWords,omitempty"` // of totalItems; the others hold most words
}

// searchSpec is what a search route searches, and within which scope.
type searchSpec struct {
	kind  *search.Kind
	parse func(search.Parser, url.Values) (search.Query, error)
	scope engine.Scope // everything that the caller may find, whatever the parameters say

	collection  string // of the records
	expand      string // the relation that is expanded in every record
	title, body string // the fields in which the words that were found are marked
}

// search answers with the records that the search index finds, as the caller may see them.
func (c *call) search(s searchSpec, params url.Values) error {
	started := time.Now()
	number, perPage, err := c.paging()
	if err != nil {
		return err
	}
	board, query, err := c.searchQuery(s, params)
	if err != nil {
		return err
	}
	skipTotal, err := c.isSet("skipTotal")
	if err != nil {
		return err
	}
	query.Limit = perPage
	query.Offset = min((number-1)*perPage, engine.MaxOffset)
	if query.IDs, err = c.allowedIDs(s.collection); err != nil {
		return err
	}
	query.Partial = query.Interpretation != nil
	found, err := board.Search(query.Query)
	if errors.Is(err, search.ErrBehind) {
		c.Response().Header().Set("Retry-After", "1")
		return apis.NewApiError(http.StatusServiceUnavailable, "The search index is being built. Try again in a moment.", nil)
	}
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	answer := searchPage{DidYouMean: found.DidYouMean, TotalIsEstimate: found.Estimated, Interpretation: query.Interpretation,
		UnknownPlaces: board.UnknownPlaces(query),
		pageHead:      newPageHead(number, perPage, found.Total)}
	if query.Interpretation != nil {
		answer.MatchedAllWords = &found.MatchedAllWords
	}
	if skipTotal {
		answer.TotalItems, answer.TotalPages = -1, -1
	}
	if found.Next != nil {
		answer.NextCursor = found.Next.String()
	}
	if len(query.Facets) > 0 {
		answer.Facets = map[string]map[string]int{}
		for name, counts := range found.Facets {
			answer.Facets[name] = map[string]int{}
			for _, one := range counts {
				answer.Facets[name][one.Value] = one.Count
			}
		}
	}
	items, err := c.hitItems(s, board.Analyzer(), found)
	if err != nil {
		return err
	}
	answer.Took = float64(time.Since(started).Microseconds()) / 1000
	return c.sendItems(answer, items)
}

// allowedIDs returns the ids that the parameters ids and filter allow; nil means all.
func (c *call) allowedIDs(collection string) (map[string]bool, error) {
	var among map[string]bool
	if filter := c.QueryParam("filter"); filter != "" {
		var err error
		if among, err = c.idsMatching(collection, filter); err != nil {
			return nil, err
		}
	}
	ids := c.values("ids")
	if len(ids) == 0 {
		return among, nil
	}
	if len(ids) > maxPerPage {
		return nil, invalid("ids", problem.InvalidValue, fmt.Sprintf("Must be at most %d ids.", maxPerPage))
	}
	asked := map[string]bool{}
	for _, id := range ids {
		if among == nil || among[id] {
			asked[id] = true
		}
	}
	return asked, nil
}

// searchQuery opens the index and parses the query, which stays within the scope.
func (c *call) searchQuery(s searchSpec, params url.Values) (*search.Index, search.Query, error) {
	board, err := search.For(c.door.app, s.kind)
	if err != nil {
		return nil, search.Query{}, fmt.Errorf("open the search index: %w", err)
	}
	parser, err := board.Parser()
	if err != nil {
		return nil, search.Query{}, err
	}
	query, err := s.parse(parser, params)
	var wrong *search.FieldError
	if errors.As(err, &wrong) {
		return nil, query, invalid(wrong.Field, problem.InvalidValue, wrong.Message)
	}
	query.Scope = s.scope
	return board, query, err
}

// hitItems reads the records of the hits, in the order of the hits, and adds highlights, score and missing words to each.
func (c *call) hitItems(s searchSpec, a *text.Analyzer, found engine.Result) ([]recordjson.Item, error) {
	ids := make([]string, len(found.Hits))
	byID := map[string]engine.Hit{}
	for i, hit := range found.Hits {
		ids[i], byID[hit.ID] = hit.ID, hit
	}
	items, err := c.itemsByID(s.collection, ids, s.expand, s.title, s.body)
	if err != nil || len(found.Words.Must) == 0 {
		return items, err
	}
	marker := engine.NewHighlighter(a, found.Words)
	for i := range items {
		item := &items[i]
		if item.Has("highlights") {
			item.AddTexts("highlights", s.highlights(marker, item)...)
		}
		hit := byID[item.ID]
		if err := item.Add("score", hit.Score); err != nil {
			return nil, err
		}
		if hit.Relaxed == 0 {
			continue
		}
		if err := item.Add("missingWords", found.Missing[hit.Relaxed-1]); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// highlights returns the texts in which words were found, with the words marked.
func (s searchSpec) highlights(marker *engine.Highlighter, item *recordjson.Item) []recordjson.Text {
	found := make([]recordjson.Text, 0, 2)
	if title, ok := marker.Highlight(item.Text(s.title)); ok {
		found = append(found, recordjson.Text{Name: s.title, Value: title})
	}
	if snippet, ok := marker.Snippet(text.FromHTML(item.Text(s.body))); ok {
		found = append(found, recordjson.Text{Name: s.body, Value: snippet})
	}
	return found
}

// ownEmployers returns the ids of the employers that the caller belongs to. Users who have lost the role employer belong to none.
func (c *call) ownEmployers() ([]string, error) {
	if c.auth().GetString("role") == collections.RoleJobSeeker {
		return nil, nil
	}
	if collections.IsAPIKey(c.auth()) {
		return collections.EmployersOf(c.app(), c.auth().Id)
	}
	id := quoted(c.auth().Id)
	own, err := c.idsMatching(collections.Employers, "owner = "+id+" || members:each ?= "+id)
	return slices.Collect(maps.Keys(own)), err
}
