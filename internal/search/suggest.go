package search

import (
	"cmp"
	"slices"

	"jobboard/internal/gazetteer"
	"jobboard/internal/search/engine"
)

// maxPlaceCandidates is the number of places, the biggest first, whose documents are counted for a suggestion.
const maxPlaceCandidates = 8

// Suggestions are completions of what somebody has begun to type, the most frequent first.
type Suggestions struct {
	engine.Suggestions
	Places []string `json:"places"` // names that gazetteer.Resolve understands
}

// Suggest completes a text from the documents in scope, with at most n suggestions of each kind.
func (ix *Index) Suggest(typed string, scope engine.Scope, n int) (Suggestions, error) {
	if err := ix.catchUp(); err != nil {
		return Suggestions{}, err
	}
	s := Suggestions{Suggestions: ix.engine.Suggest(typed, scope, n)}
	var err error
	s.Places, err = ix.suggestPlaces(typed, scope, n)
	return s, err
}

// suggestPlaces completes the name of a place that some document in scope is in.
func (ix *Index) suggestPlaces(typed string, scope engine.Scope, n int) ([]string, error) {
	type option struct {
		name      string
		documents int
	}
	var options []option
	for _, place := range gazetteer.Suggest(typed, maxPlaceCandidates) {
		result, err := ix.engine.Search(engine.Query{Scope: scope, Filters: []engine.Filter{{Any: PlaceValues(place, 0)}}, NoSpelling: true})
		if err != nil {
			return nil, err
		}
		if result.Total > 0 {
			options = append(options, option{place.Name, result.Total})
		}
	}
	slices.SortStableFunc(options, func(x, y option) int { return cmp.Compare(y.documents, x.documents) })
	names := []string{}
	for _, o := range options[:min(n, len(options))] {
		names = append(names, o.name)
	}
	return names, nil
}
