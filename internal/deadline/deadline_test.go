package deadline

import (
	"testing"

	"github.com/pocketbase/pocketbase/core"
)

func TestResolve(t *testing.T) {
	jobs := core.NewBaseCollection("jobs")
	jobs.Fields.Add(&core.DateField{Name: "deadline"}, &core.JSONField{Name: "locations"}, &core.JSONField{Name: "applicantCountries"})
	for _, c := range []struct{ name, locations, countries, day, want string }{
		{"winter in Berlin", `[{"country":"DE","region":"Berlin"}]`, `[]`, "2026-12-24", "2026-12-24 22:59:59.000Z"},
		{"summer in Berlin", `[{"country":"DE"}]`, `[]`, "2026-07-01", "2026-07-01 21:59:59.000Z"},
		{"Texas", `[{"country":"US","region":"Texas"}]`, `[]`, "2026-12-24", "2026-12-25 05:59:59.000Z"},
		{"the first place that is known", `[{"name":"Somewhere"},{"country":"JP"}]`, `[]`, "2026-12-24", "2026-12-24 14:59:59.000Z"},
		{"remote from Portugal", `[]`, `["PT"]`, "2026-12-24", "2026-12-24 23:59:59.000Z"},
		{"no place", ``, ``, "2026-12-24", "2026-12-24 23:59:59.000Z"},
		{"the day the clocks change", `[{"country":"DE"}]`, `[]`, "2026-10-25", "2026-10-25 22:59:59.000Z"},
	} {
		job := core.NewRecord(jobs)
		job.Set("locations", c.locations)
		job.Set("applicantCountries", c.countries)
		SetDate(job, c.day)
		Resolve(job)
		if got := job.GetString("deadline"); got != c.want {
			t.Errorf("%s: %s ends at %s, want %s", c.name, c.day, got, c.want)
		}
	}
}

func TestIsDay(t *testing.T) {
	for text, want := range map[string]bool{
		"2026-12-24": true, "2026-12-24 00:00:00.000Z": false, "2026-02-30": false, "24.12.2026": false, "": false,
	} {
		if IsDate(text) != want {
			t.Errorf("IsDate(%q) = %v", text, !want)
		}
	}
}
