package search

import (
	"jobboard/collections"
	"jobboard/internal/search/engine"
)

// The scopes repeat the API rules of the searched collections, so that totals and facets count only what the caller may see.
// The rows of a page are read through the rules themselves.

// Published returns the scope of everybody: published jobs.
func Published() engine.Scope {
	return engine.Scope{Rules: []engine.ScopeRule{{Values: map[string][]string{"status": {"published"}}}}}
}

// OfEmployers returns the scope of mine=1: all jobs of these employers, in any status.
func OfEmployers(ids []string) engine.Scope {
	return engine.Scope{Rules: []engine.ScopeRule{{Values: map[string][]string{"employer": ids}}}}
}

// CandidatesOf returns the scope of the people of these employers: the profiles that are visible to all employers, and those of
// seekers who have applied to one of their jobs, except hidden ones. Deactivated users are in no scope. Without employers the
// scope is empty.
func CandidatesOf(employers []string) engine.Scope {
	if len(employers) == 0 {
		return engine.Scope{}
	}
	return engine.Scope{Rules: []engine.ScopeRule{
		{Values: map[string][]string{"account": {"active"}, "visibility": {collections.VisibilityEmployers}}},
		{Values: map[string][]string{"account": {"active"}, "appliedTo": employers,
			"visibility": {collections.VisibilityEmployers, collections.VisibilityAppliedOnly}}},
	}}
}

// AllCandidates returns the scope of admins: all profiles of active users.
func AllCandidates() engine.Scope {
	return engine.Scope{Rules: []engine.ScopeRule{{Values: map[string][]string{"account": {"active"}}}}}
}
