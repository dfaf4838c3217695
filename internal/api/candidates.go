package api

import (
	"jobboard/collections"
	"jobboard/internal/search"
	"jobboard/internal/search/engine"
)

func candidateRoutes() []route {
	return []route{
		{
			method:   "GET",
			path:     "/api/candidates",
			id:       "listCandidates",
			summary:  "Finds job seekers among the profiles that the caller may see.",
			access:   employersAndAdmins,
			scope:    collections.ScopeCandidatesRead,
			query:    candidateParams,
			response: ok("CandidatePage"),
			handler:  listCandidates,
		},
	}
}

// listCandidates searches the profiles that the caller may see. Seekers who have left the board are not found.
func listCandidates(c *call) error {
	scope, err := c.candidateScope()
	if err != nil {
		return err
	}
	s := searchSpec{kind: search.Candidates, parse: search.Parser.Candidates, scope: scope,
		collection: collections.JobSeekers, expand: "user", title: "headline", body: "summary"}
	if c.QueryParam("job") != "" {
		return c.listCandidatesFor(s)
	}
	return c.search(s, c.QueryParams())
}

// candidateScope returns whom the caller may find: the same people whom the list rule of job_seekers shows.
func (c *call) candidateScope() (engine.Scope, error) {
	if caller := c.auth(); caller.IsSuperuser() || caller.GetString("role") == collections.RoleAdmin {
		return search.AllCandidates(), nil
	}
	employers, err := c.ownEmployers()
	return search.CandidatesOf(employers), err
}
