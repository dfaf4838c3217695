package search

import (
	"jobboard/collections"
	"jobboard/internal/search/engine"
)

// The scopes repeat the API rules of what is searched, so that what is counted is what may be seen. Rows are read through
// the rules themselves.

// Published is the scope of everybody: published jobs.
func Published() engine.Scope {
	return engine.Scope{Rules: []engine.ScopeRule{{Values: map[string][]string{"status": {"published"}}}}}
}

// OfEmployers is the scope of mine=1: all jobs of these employers, in every status.
func OfEmployers(ids []string) engine.Scope {
	return engine.Scope{Rules: []engine.ScopeRule{{Values: map[string][]string{"employer": ids}}}}
}

// Candidates' visibility. Whoever has left is nobody's candidate, not even the admin's.

// CandidatesOf is the scope of the people of these employers: profiles open to all employers, and those of who has applied
// to one of theirs, save the hidden ones. Without an employer it holds nobody.
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

// AllCandidates is the scope of admins.
func AllCandidates() engine.Scope {
	return engine.Scope{Rules: []engine.ScopeRule{{Values: map[string][]string{"account": {"active"}}}}}
}
