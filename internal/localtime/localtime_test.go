package localtime_test

import (
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/localtime"
)

func TestTimesAreLocal(t *testing.T) {
	jobs := core.NewBaseCollection("jobs")
	jobs.Fields.Add(&core.JSONField{Name: "locations"}, &core.JSONField{Name: "applicantCountries"})
	users := core.NewBaseCollection("users")
	users.Fields.Add(&core.TextField{Name: "timeZone"})
	const (
		winter      = "2026-03-28T09:00:00Z"
		springNight = "2026-03-29T00:59:59Z" // the last second before the clocks of Europe change
		spring      = "2026-03-29T01:00:00Z"
		autumn      = "2026-10-25T01:00:00Z"
	)
	for _, c := range []struct{ zone, locations, countries, at, want string }{
		{"Europe/Berlin", "", "", winter, "Saturday, 28 March 2026, 10:00 CET"},
		{"Europe/Berlin", "", "", springNight, "Sunday, 29 March 2026, 01:59 CET"},
		{"Europe/Berlin", "", "", spring, "Sunday, 29 March 2026, 03:00 CEST"},
		{"Europe/Berlin", "", "", autumn, "Sunday, 25 October 2026, 02:00 CET"},
		{"America/New_York", `[{"country":"DE"}]`, "", winter, "Saturday, 28 March 2026, 05:00 EDT"}, // the user's own comes first
		{"", `[{"country":"DE"}]`, "", spring, "Sunday, 29 March 2026, 03:00 CEST"},
		{"", `[{"name":"Somewhere"},{"country":"US","region":"Texas"}]`, "", winter, "Saturday, 28 March 2026, 04:00 CDT"},
		{"", "", `["JP"]`, autumn, "Sunday, 25 October 2026, 10:00 JST"},
		{"Asia/Dubai", "", "", winter, "Saturday, 28 March 2026, 13:00 UTC+04"},
		{"", "", "", winter, "Saturday, 28 March 2026, 09:00 UTC"},
		{"Nowhere/Atall", `[{"country":"DE"}]`, "", winter, "Saturday, 28 March 2026, 10:00 CET"}, // plain SQL may write it
	} {
		user, job := core.NewRecord(users), core.NewRecord(jobs)
		user.Set("timeZone", c.zone)
		job.Set("locations", c.locations)
		job.Set("applicantCountries", c.countries)
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := localtime.Format(at, localtime.Zone(user, job)); got != c.want {
			t.Errorf("%s for %q, %s %s: %q, want %q", c.at, c.zone, c.locations, c.countries, got, c.want)
		}
	}
	for name, want := range map[string]bool{"Europe/Berlin": true, "UTC": true, "": false, "Local": false, "local": false, "CET+1": false,
		"../etc/passwd": false, "Europe/Atlantis": false} {
		if localtime.Valid(name) != want {
			t.Errorf("%q is valid: %t, want %t", name, !want, want)
		}
	}
}
