package engine

import (
	"slices"
	"testing"
	"time"
)

// A document that holds a synonym ranks below one that holds the word as typed in the same field, be it one word or several.
func TestSynonymsRankBelowTheWordsAsTyped(t *testing.T) {
	ix := NewMemory(newAnalyzer(t))
	now := time.Now()
	must(t, ix.Apply(Batch{Put: []Document{
		{ID: "lawyer", Title: "Lawyer", Published: now},
		{ID: "attorney", Title: "Attorney for patents, trade marks and much else", Published: now},
		{ID: "engineer", Title: "Software engineer", Published: now},
		{ID: "developer", Title: "Developer of software for ships, trains and planes", Published: now},
		{ID: "service desk", Title: "Service desk agent, nights", Published: now},
		{ID: "support", Title: "Support for ten customers, nights", Body: "It is for all.", Published: now},
		{ID: "it support", Title: "Nights in IT support", Published: now},
		{ID: "apart", Title: "Full of a stack", Published: now},
		{ID: "fullstack", Title: "Fullstack work here", Published: now},
		{ID: "full stack", Title: "A baker for full stack ovens", Published: now},
		{ID: "html", Title: "Baker", Body: "user interface", Published: now},
		{ID: "ui", Title: "Baker", Body: "ui", Published: now},
	}}))
	for typed, want := range map[string][]string{
		"attorney": {"attorney", "lawyer"}, "lawyer": {"lawyer", "attorney"},
		"software developer": {"developer", "engineer"},
		"ui":                 {"ui", "html"}, "user interface": {"html", "ui"},
		"it support": {"it support", "service desk", "support"}, "full stack": {"full stack", "fullstack", "apart"},
	} {
		r, err := ix.Search(Query{Words: Parse(ix.analyzer, typed), Scope: Everything(), Limit: 10, Now: now})
		must(t, err)
		var got []string
		for _, hit := range r.Hits {
			got = append(got, hit.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q finds %q, want %q", typed, got, want)
		}
	}
}
