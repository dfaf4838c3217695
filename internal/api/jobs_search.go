package api

import (
	"maps"
	"net/url"

	"jobboard/collections"
	"jobboard/internal/search"
	"jobboard/internal/search/engine"
)

func searchJobs(c *call) error { return c.searchIndexedJobs(c.QueryParams()) }

func listEmployerJobs(c *call) error {
	id := c.Param("employer_id")
	if _, err := c.view(collections.Employers, id, nil); err != nil {
		return err
	}
	params := maps.Clone(c.QueryParams())
	params["employer"] = []string{id}
	return c.searchIndexedJobs(params)
}

func (c *call) searchIndexedJobs(params url.Values) error {
	scope, err := c.jobScope()
	if err != nil {
		return err
	}
	return c.search(searchSpec{kind: search.Jobs, parse: search.Parser.Jobs, scope: scope,
		collection: collections.Jobs, expand: "employer", title: "title", body: "description"}, params)
}

// jobScope returns what the caller may find: published jobs, or with mine=1 all jobs of the caller's employers.
func (c *call) jobScope() (engine.Scope, error) {
	mine, err := c.isSet("mine")
	if err != nil || !mine {
		return search.Published(), err
	}
	if c.auth() == nil {
		return engine.Scope{}, unauthorized(c)
	}
	employers, err := c.ownEmployers()
	return search.OfEmployers(employers), err
}
