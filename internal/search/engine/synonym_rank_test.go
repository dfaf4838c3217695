package engine

import (
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
		{ID: "html", Title: "Baker", Body: "user interface", Published: now},
		{ID: "ui", Title: "Baker", Body: "ui", Published: now},
	}}))
	for typed, want := range map[string][]string{
		"attorney": {"attorney", "lawyer"}, "lawyer": {"lawyer", "attorney"},
		"software developer": {"developer", "engineer"},
		"ui":                 {"ui", "html"}, "user interface": {"html", "ui"},
	} {
		r, err := ix.Search(Query{Words: Parse(ix.analyzer, typed), Scope: Everything(), Limit: 2, Now: now})
		must(t, err)
		if len(r.Hits) != 2 || r.Hits[0].ID != want[0] || r.Hits[1].ID != want[1] {
			t.Errorf("%q finds %v, want %v", typed, r.Hits, want)
		}
	}
}
