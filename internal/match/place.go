package match

import (
	"slices"
	"strings"
	"sync"

	"jobboard/collections"
	"jobboard/internal/gazetteer"
	"jobboard/internal/search/engine"
)

// matchPlace returns the place that speaks for the job, or "", and whether the places that the person prefers speak against
// it. Remote jobs are everywhere, except in countries where the remote worker may not live. A home speaks for a job nearby
// but never against one elsewhere, since people move.
func matchPlace(job Job, prefs Preferences) (place string, against bool) {
	if job.Workplace == "remote" {
		if len(job.Countries) == 0 {
			return "", false
		}
		country := resolve(prefs.Home).Country
		if country == "" {
			return "", false
		}
		if !slices.Contains(job.Countries, country) {
			return "", true
		}
		return gazetteer.CountryName(country), false
	}
	if len(job.Places) == 0 {
		return "", false
	}
	for _, at := range job.Places {
		for _, preferred := range prefs.Places {
			if inOrNear(at, preferred) {
				return at.Name, false
			}
		}
	}
	if len(prefs.Places) > 0 {
		return "", true
	}
	for _, at := range job.Places {
		if prefs.HomePoint != (engine.Point{}) && near(at, prefs.HomePoint) {
			return at.Name, false
		}
	}
	return "", false
}

// inOrNear reports whether a job's place is in, or near, the place that a preferred text means.
func inOrNear(at collections.Location, preferred string) bool {
	place := resolve(preferred)
	switch {
	case place.HasPoint() && at.Lat != nil:
		return near(at, engine.Point{Lat: place.Lat, Lon: place.Lon})
	case place.Country == "":
		return strings.Contains(strings.ToLower(at.Name), strings.ToLower(strings.TrimSpace(preferred)))
	case place.City != "":
		return place.Country == at.Country && strings.EqualFold(place.City, at.City)
	}
	return place.Country == at.Country && (place.Region == "" || strings.EqualFold(place.Region, at.Region))
}

// near reports whether a job's place lies within commuting distance of a point.
func near(at collections.Location, point engine.Point) bool {
	return at.Lat != nil && at.Lon != nil && engine.Distance(engine.Point{Lat: *at.Lat, Lon: *at.Lon}, point) <= commuteKm
}

// resolved keeps what the gazetteer said of a text: a fan-out asks for the same cities again and again.
var resolved = struct {
	sync.Mutex
	places map[string]gazetteer.Place
}{places: map[string]gazetteer.Place{}}

const maxResolved = 10_000

// resolve finds the place a text means; the zero place is none.
func resolve(text string) gazetteer.Place {
	if text == "" {
		return gazetteer.Place{}
	}
	resolved.Lock()
	defer resolved.Unlock()
	if place, ok := resolved.places[text]; ok {
		return place
	}
	if len(resolved.places) >= maxResolved {
		clear(resolved.places)
	}
	place, _ := gazetteer.Resolve(text)
	resolved.places[text] = place
	return place
}
