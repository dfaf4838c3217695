package search

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/pocketbase/dbx"

	"jobboard/internal/nearest"
	"jobboard/internal/search/engine"
)

// errNotObject is the error for a saved query that is not a JSON object.
var errNotObject = &FieldError{"query", "Must be an object of search parameters."}

// Saved parses the query of a saved search: the parameters of GET /api/jobs/search as a JSON object, such as
// {"q": "go developer", "workplace": ["remote", "hybrid"], "salaryMin": 50000}. The query finds the same jobs as the endpoint.
// Errors are of type *FieldError and name the parameter.
func (p Parser) Saved(raw string) (Query, error) {
	params, err := savedParams(raw)
	if err != nil {
		return Query{}, err
	}
	return p.Jobs(params)
}

// JobParams lists the parameters of the job search.
var JobParams = []string{"page", "perPage", "sort", "filter", "fields", "expand", "skipTotal", "mine", "q", "ids", "location", "industry",
	"field", "skills", "jobType", "workplace", "experienceLevel", "employer", "salaryMin", "salaryCurrency", "postedWithin", "cursor",
	"facets", "highlight", "near", "radius"}

// CheckSavedNames fails with a *FieldError if the query of a saved search has a parameter that the job search doesn't have.
func CheckSavedNames(raw string) error {
	params, err := savedParams(raw)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if !slices.Contains(JobParams, name) {
			return &FieldError{name, "There is no such parameter. " + nearest.Advice(name, JobParams)}
		}
	}
	return nil
}

// savedParams converts the JSON object to URL parameters. A cursor is ignored, because it does not affect which jobs match.
func savedParams(raw string) (url.Values, error) {
	decoder := json.NewDecoder(bytes.NewReader([]byte(raw)))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil || object == nil {
		return nil, errNotObject
	}
	params := url.Values{}
	for name, value := range object {
		list, ok := valueTexts(value)
		switch {
		case !ok:
			return nil, &FieldError{name, "Must be a string, a number, true or false, or a list of these."}
		case name == "cursor":
		case name == "near":
			params.Set(name, strings.Join(list, ","))
		case (name == "filter" || name == "mine") && strings.Join(list, "") != "":
			return nil, &FieldError{name, "Can't be saved."}
		case len(list) > 0:
			params[name] = list
		}
	}
	return params, nil
}

func valueTexts(value any) ([]string, bool) {
	switch v := value.(type) {
	case nil:
		return nil, true
	case string:
		return []string{v}, true
	case json.Number:
		return []string{v.String()}, true
	case bool:
		return []string{strconv.FormatBool(v)}, true
	case []any:
		var all []string
		for _, item := range v {
			one, ok := valueTexts(item)
			if _, nested := item.([]any); nested || !ok {
				return nil, false
			}
			all = append(all, one...)
		}
		return all, true
	}
	return nil, false
}

// Percolator matches many queries against one job. It is an index of only that job, so a query takes microseconds.
type Percolator struct {
	index    *Index
	jobIndex *engine.Index
}

// NewPercolator returns a percolator for a job as it is stored now. A job that does not exist matches no query.
func (ix *Index) NewPercolator(id string) (*Percolator, error) {
	docs, err := ix.kind.load(ix.app, "r.id = {:id}", dbx.Params{"id": id})
	if err != nil {
		return nil, err
	}
	jobIndex := engine.NewMemory(ix.Analyzer())
	if err := jobIndex.Apply(engine.Batch{Put: docs}); err != nil {
		return nil, fmt.Errorf("index %s %s by itself: %w", ix.kind.table, id, err)
	}
	return &Percolator{index: ix, jobIndex: jobIndex}, nil
}

// Matches reports whether a query finds the job. A match only by a corrected spelling does not count.
func (p *Percolator) Matches(q engine.Query) (bool, error) {
	q.Offset, q.Limit, q.After, q.Facets, q.NoSpelling = 0, 0, nil, nil, true
	result, err := p.jobIndex.Search(q)
	if err != nil || result.Total == 0 {
		return false, err
	}
	last := len(q.Words.Must) - 1
	if !q.Words.Typing || result.Words.Must[last].Any[0].Words[0] == q.Words.Must[last].Any[0].Words[0] {
		return true, nil
	}
	// The job matched because the last word was read as a prefix. That counts only if no job has the last word as it is.
	asWord, err := p.index.Search(engine.Query{Words: engine.Words{Must: q.Words.Must[last:]}, Scope: q.Scope, NoSpelling: true})
	return asWord.Total == 0, err
}

// ErrBehind is returned by searches that would miss committed changes.
var ErrBehind = errors.New("the search index is not up to date")

// SearchUpToDate is Search for callers that cannot search again later: it returns ErrBehind rather than miss a committed change.
func (ix *Index) SearchUpToDate(q engine.Query) (engine.Result, error) {
	last, err := ix.lastSeq()
	if err != nil {
		return engine.Result{}, err
	}
	if err := ix.catchUp(); err != nil {
		return engine.Result{}, err
	}
	if ix.engine.RebuildReason() != nil || ix.engine.Seq() < last {
		return engine.Result{}, fmt.Errorf("%s: %w", ix.kind.table, ErrBehind)
	}
	return ix.engine.Search(q)
}
