package hooks_test

import (
	"strings"
	"testing"

	"jobboard/collections"
	"jobboard/internal/testapp"
)

// A saved search takes what the search endpoint takes; what that refuses is refused here, and named.
func TestSavedQueriesAreChecked(t *testing.T) {
	p := newPipeline(t)
	save := func(query any) testapp.Response {
		return p.Call(p.seeker, "POST", testapp.Records(collections.SavedSearches),
			map[string]any{"name": "Mine", "query": query, "frequency": "instant"})
	}
	good := save(map[string]any{"q": `"go developer" -intern`, "workplace": []string{"remote", "hybrid"}, "salaryMin": 50000})
	if good.Status != 200 {
		t.Fatalf("a good query: %d %s", good.Status, good.Raw)
	}
	path := testapp.Records(collections.SavedSearches, good.Body["id"].(string))
	for name, query := range map[string]any{
		"salaryMin": map[string]any{"salaryMin": "much"}, "near": map[string]any{"near": "Lyon"}, "sort": map[string]any{"sort": "best"},
		"q": map[string]any{"q": map[string]any{"all": "go"}}, "object": []string{"go"},
		"Did you mean jobType?": map[string]any{"jobtype": "full_time"},
	} {
		for method, got := range map[string]testapp.Response{
			"POST": save(query), "PATCH": p.Call(p.seeker, "PATCH", path, map[string]any{"query": query}),
		} {
			if got.Status != 400 || got.Code("query") == "" || !strings.Contains(got.Raw, name) {
				t.Errorf("%s %s: %d %s", method, name, got.Status, got.Raw)
			}
		}
	}
}
