package search

import (
	"jobboard/internal/gazetteer"
	"jobboard/internal/search/engine"
)

// Filter fields, and their only value, of jobs that are at no place and of profiles with neither skills nor interests.
const (
	Placeless = "placeless"
	Topicless = "topicless"
)

// PlaceValues returns the filter values of what lies in a place; of a city with a radius, of all that may lie within so many
// km of it. An unknown place has none.
func PlaceValues(p gazetteer.Place, radiusKm float64) []engine.Value {
	keys := placeKeys(p)
	if len(keys) == 0 {
		return nil
	}
	values := []engine.Value{{Field: "place", Value: keys[len(keys)-1]}}
	if p.HasPoint() && radiusKm > 0 {
		values = append(values, engine.CellValues(engine.Near{Point: engine.Point{Lat: p.Lat, Lon: p.Lon}, RadiusKm: radiusKm})...)
	}
	return values
}
