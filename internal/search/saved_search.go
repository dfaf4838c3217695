package search

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/pocketbase/dbx"

	"jobboard/internal/search/engine"
	"jobboard/internal/search/text"
)

// errNoObject is what is said to a saved query that is something else.
var errNotObject = &FieldError{"query", "Must be an object of search parameters."}

// ParseSaved reads the query of a saved search: the parameters of GET /api/jobs/search as a JSON object, such as
// {"q": "go developer", "workplace": ["remote", "hybrid"], "salaryMin": 50000}. It finds what they find there. Its errors
// are *FieldError and name the parameter.
func ParseSaved(a *text.Analyzer, raw string) (engine.Query, error) {
	params, err := savedParams(raw)
	if err != nil {
		return engine.Query{}, err
	}
	return ParseJobs(a, params)
}

// savedParams turns the object into parameters. Those of a page say nothing about what is found.
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
			return nil, &FieldError{name, "Must be a text, a number, true or false, or a list of these."}
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

// Probe asks of one job which of many queries find it, in microseconds each: it is an index with that job alone.
type Percolator struct {
	index    *Index
	jobIndex *engine.Index
}

// NewProbe reads a job as it is stored now. A job that is gone answers no query.
func (ix *Index) NewPercolator(id string) (*Percolator, error) {
	docs, err := ix.kind.load(ix.app, "r.id = {:id}", dbx.Params{"id": id})
	if err != nil {
		return nil, err
	}
	jobIndex := engine.NewMemory(ix.Analyzer())
	if err := jobIndex.Apply(engine.Batch{Put: docs}); err != nil {
		return nil, fmt.Errorf("index %s %s alone: %w", ix.kind.table, id, err)
	}
	return &Percolator{index: ix, jobIndex: jobIndex}, nil
}

// Answers reports whether a query finds the job. Corrections of the spelling, which a search offers instead of finding
// nothing, are no answers.
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
	// It was found by a word that begins like the last one. That is an answer only where no job at all has the last word
	// as it stands.
	asWord, err := p.index.Search(engine.Query{Words: engine.Words{Must: q.Words.Must[last:]}, Scope: q.Scope, NoSpelling: true})
	return asWord.Total == 0, err
}

// ErrBehind is what a search says that would miss what was committed.
var ErrBehind = errors.New("the search index is not up to date")

// SearchWhole is Search for those who can't ask again: it fails with ErrBehind rather than miss a committed change.
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
