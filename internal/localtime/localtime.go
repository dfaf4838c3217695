// Package localtime writes times as people read them: in their own time zone, which the text names.
package localtime

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/gazetteer"
)

// Valid reports whether name is a time zone of the IANA database, such as Europe/Berlin.
func Valid(name string) bool {
	if name == "" || strings.EqualFold(name, "local") {
		return false // to Go these are the machine's own
	}
	_, err := time.LoadLocation(name)
	return err == nil
}

// Zone returns the time zone in which a user reads the times of a job: the user's own, else that of the job's place, else UTC.
func Zone(user, job *core.Record) *time.Location { return ZoneOf(user.GetString("timeZone"), job) }

// ZoneOf is [Zone] for a user's time zone by name, which may be empty.
func ZoneOf(name string, job *core.Record) *time.Location {
	if Valid(name) {
		if zone, err := time.LoadLocation(name); err == nil {
			return zone
		}
	}
	return OfJob(job)
}

// OfJob returns the time zone of the job's first known place, else of the first country of its remote workers, else UTC.
func OfJob(job *core.Record) *time.Location {
	var places []collections.Location
	if json.Unmarshal([]byte(job.GetString("locations")), &places) == nil {
		for _, place := range places {
			if zone := gazetteer.TimeZone(place.Country, place.Region); zone != nil {
				return zone
			}
		}
	}
	var countries []string
	if json.Unmarshal([]byte(job.GetString("applicantCountries")), &countries) == nil {
		for _, country := range countries {
			if zone := gazetteer.TimeZone(country, ""); zone != nil {
				return zone
			}
		}
	}
	return time.UTC
}

// Day returns the day of a time in a zone, such as Tuesday, 3 March 2026.
func Day(at time.Time, zone *time.Location) string {
	return at.In(zone).Format("Monday, 2 January 2006")
}

// Format returns a time in a zone, such as Tuesday, 3 March 2026, 10:00 CET. Zones whose abbreviation is only an offset are named by
// it: 10:00 UTC+04.
func Format(at time.Time, zone *time.Location) string {
	name, _ := at.In(zone).Zone()
	if strings.HasPrefix(name, "+") || strings.HasPrefix(name, "-") {
		name = "UTC" + name
	}
	return Day(at, zone) + at.In(zone).Format(", 15:04 ") + name
}
