package search

import (
	"jobboard/internal/gazetteer"
	"jobboard/internal/search/engine"
)

// Placeless, Cityless and Topicless are filter fields, and at the same time their only values. Jobs and profiles without a place have
// the first, those without a city the second, profiles with neither skills nor interests the third.
const (
	Placeless = "placeless"
	Cityless  = "cityless"
	Topicless = "topicless"
)

// PlaceValues returns filter values that every document in a place has at least one of. With a radius in km they include
// those of all documents that may be within it. An unknown place has none.
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
