package engine

import (
	"slices"
	"testing"
	"time"

	"jobboard/internal/search/text"
)

// TestRankingOrder checks what everybody expects of a ranking, with two documents that differ in one respect.
func TestRankingOrder(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	old := now.AddDate(0, -3, 0)
	a, err := text.New("en", "pm => project manager, product manager\nsr, senior")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, query   string
		first, second Document
	}{
		{"fresh before stale when equally right", "nurse",
			Document{Title: "Nurse", Published: now}, Document{Title: "Nurse", Published: old}},
		{"a title before a fresher mention", "nurse",
			Document{Title: "Night nurse", Published: old},
			Document{Title: "Driver", Body: "You drive a nurse to patients.", Published: now}},
		{"a title before a fresher skill", "python",
			Document{Title: "Python developer", Published: old}, Document{Title: "Analyst", Skills: []string{"Python"}, Published: now}},
		{"the exact title before fresher ones that hold it", "project manager",
			Document{Title: "Project Manager", Published: old}, Document{Title: "Senior Project Manager", Published: now}},
		{"the exact title before a fresher one whose text repeats it", "chef",
			Document{Title: "Chef", Published: old},
			Document{Title: "Executive chef", Skills: []string{"chef"}, Body: "chef chef chef chef", Published: now}},
		{"a short title before a long one", "accountant",
			Document{Title: "Assistant accountant", Published: old},
			Document{Title: "Accountant, driver, cook, nanny, gardener and whoever else wants to work", Published: old}},
		{"the word as typed before another of its stem", "engineer",
			Document{Title: "Software engineer", Published: old}, Document{Title: "Software engineering", Published: old}},
		{"the beginning of a word is not the word", "new*",
			Document{Title: "New desk", Published: old}, Document{Title: "News desk", Published: old}},
		{"a plural is the word as typed", "nurses",
			Document{Title: "Nurse wanted", Published: now}, Document{Title: "Nursing wanted", Published: now}},
		{"words next to each other before words apart", "account manager",
			Document{Title: "Account manager fashion", Published: old}, Document{Title: "Manager fashion account", Published: old}},
		{"the rare word counts more", "hydrologist manager",
			Document{Title: "Hydrologist", Body: "reports to a manager", Published: old},
			Document{Title: "Manager", Body: "works with a hydrologist", Published: old}},
		{"what it is about before what it mentions", "forklift",
			Document{Title: "Driver", Body: "forklift by day, forklift by night, forklift always", Published: old},
			Document{Title: "Driver", Body: "no forklift needed", Published: old}},
		{"a place that is named nowhere else", "nurse lyon",
			Document{Title: "Nurse", Keywords: []string{"Lyon, France"}, Published: old},
			Document{Title: "Cook", Body: "for a nurse who once was in Lyon", Published: now}},
		{"abbreviations", "sr pm",
			Document{Title: "Senior project manager", Published: old},
			Document{Title: "Clerk", Body: "Sr. PM wanted as a friend", Published: old}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.first.ID, test.second.ID = "z", "a" // with equal scores the second would come first
			ix := NewMemory(a)
			// other documents, so that rarity has a meaning
			batch := Batch{Put: []Document{test.second, test.first}, Seq: 1}
			for i := range 20 {
				batch.Put = append(batch.Put, Document{ID: string(rune('b' + i)), Title: "Manager", Published: old})
			}
			if err := ix.Apply(batch); err != nil {
				t.Fatal(err)
			}
			r, err := ix.Search(Query{Words: Parse(a, test.query), Scope: Everything(), Limit: 50, Now: now})
			if err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, hit := range r.Hits {
				ids = append(ids, hit.ID)
			}
			first, second := slices.Index(ids, "z"), slices.Index(ids, "a")
			if first != 0 || second < 1 {
				t.Errorf("%q gives %v", test.query, ids)
			}
		})
	}
}

// TestOneWaySynonym checks that a search for an abbreviation finds its meaning, but not the other way round.
func TestOneWaySynonym(t *testing.T) {
	a, err := text.New("en", "pm => project manager, product manager")
	if err != nil {
		t.Fatal(err)
	}
	ix := NewMemory(a)
	if err := ix.Apply(Batch{Put: []Document{{ID: "project", Title: "Project manager"}, {ID: "product", Title: "Product manager"},
		{ID: "pm", Title: "PM"}}, Seq: 1}); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]int{"pm": 3, "project manager": 1, "product manager": 1} {
		if r, err := ix.Search(Query{Words: Parse(a, query), Scope: Everything(), Limit: 10}); err != nil || r.Total != want {
			t.Errorf("%q finds %d, %v, want %d", query, r.Total, err, want)
		}
	}
}

// TestUnfinishedWordBesideAPhrase checks that a phrase still counts when the word after it is read as a prefix.
func TestUnfinishedWordBesideAPhrase(t *testing.T) {
	ix := NewMemory(newAnalyzer(t))
	must(t, ix.Apply(Batch{Put: []Document{
		{ID: "right", Title: "Project manager", Body: "in kotlin"},
		{ID: "apart", Title: "Manager of a project", Body: "in kotlin"},
		{ID: "other", Title: "Project manager", Body: "in prolog"},
	}}))
	r, err := ix.Search(Query{Words: Parse(ix.analyzer, `"project manager" kotl`), Scope: Everything(), Limit: 10,
		Facets: []string{"type"}})
	must(t, err)
	if r.Total != 1 || len(r.Hits) != 1 || r.Hits[0].ID != "right" {
		t.Errorf("found %d: %v", r.Total, r.Hits)
	}
}
