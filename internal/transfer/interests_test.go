package transfer

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"jobboard/collections"
	"jobboard/internal/transfer/values"
)

func TestIndustrySynonymsLeadToIndustries(t *testing.T) {
	raw, err := os.ReadFile("../../migrations/1764000300_seed_fields_of_interest.json")
	if err != nil {
		t.Fatal(err)
	}
	var seeds []struct{ Name, Slug, Kind string }
	if err := json.Unmarshal(raw, &seeds); err != nil {
		t.Fatal(err)
	}
	slugs, names := map[string]bool{}, map[string]bool{}
	for _, seed := range seeds {
		if seed.Kind == collections.KindIndustry {
			slugs[seed.Slug] = true
			names[interestKey(seed.Name)] = true
		}
	}
	seen := map[string]string{}
	for line := range strings.Lines(industrySynonymsText) {
		slug, list, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok || !slugs[slug] {
			t.Errorf("there is no industry %q", slug)
		}
		for name := range strings.SplitSeq(list, ", ") {
			key := interestKey(name)
			if seen[key] != "" {
				t.Errorf("%q stands for %s and %s", name, seen[key], slug)
			}
			if seen[key] = slug; names[key] {
				t.Errorf("%q is the name of an industry", name)
			}
		}
	}
	book := interestBook{byKind: map[string]map[string]string{collections.KindIndustry: {"restaurants": "r", "banking": "b"}}}
	for text, want := range map[string]string{"Gastronomie": "r", "BANKS": "b", "Banking": "b", "Retail": "", "": ""} {
		if got := book.find(text, collections.KindIndustry); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestValuesThatReadersGiveAreThoseOfTheBoard(t *testing.T) {
	for _, value := range collections.JobTypes() {
		if got := values.JobType(value); got != value {
			t.Errorf("the job type %s is read as %q", value, got)
		}
	}
	for _, value := range collections.Workplaces() {
		if got, _ := values.Workplace(value); got != value {
			t.Errorf("the workplace %s is read as %q", value, got)
		}
	}
	for _, value := range collections.ExperienceLevels() {
		if got := values.Level(value); got != value {
			t.Errorf("the level %s is read as %q", value, got)
		}
	}
	for _, value := range collections.SalaryPeriods() {
		if got := values.Period(value); got != value {
			t.Errorf("the period %s is read as %q", value, got)
		}
	}
}
