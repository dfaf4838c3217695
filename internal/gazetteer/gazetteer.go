// Package gazetteer knows the world's countries, regions and cities, offline, and reads the place names people write in jobs and profiles.
//
// The data is GeoNames (https://www.geonames.org, CC-BY 4.0), packed by generate/generate.mjs.
package gazetteer

import "math"

//go:generate sh -c "cd generate && npm install --no-package-lock --ignore-scripts && node generate.mjs"

// Place is a city, a region, a country or "Remote". Fields that are not known stay empty.
// Its JSON is an entry of the jobs collection's field locations.
type Place struct {
	// Name is the text to show, such as "Lyon, Auvergne-Rhône-Alpes, France"; Resolve understands it.
	Name string `json:"name"`
	City string `json:"city"`
	// Region is the first level under the country (state, province, Land), spelled out.
	Region string `json:"region"`
	// Country is an ISO 3166-1 alpha-2 code in capitals.
	Country string `json:"country"`
	// Lat and Lon are WGS 84 degrees, right to about 100 m; both are 0 unless the city is known (see HasPoint).
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
	// Population counts the city's people; 0 for regions and countries.
	Population int `json:"-"`
}

// HasPoint tells whether the place has coordinates: regions and countries are too wide for one.
func (p Place) HasPoint() bool { return p.Lat != 0 || p.Lon != 0 }

// Remote is the place of work that is anywhere.
const Remote = "Remote"

// earthRadius is the mean radius in km (IUGG).
const earthRadius = 6371.0088

// Distance is the way over the ground between two points in degrees, in km.
func Distance(lat1, lon1, lat2, lon2 float64) float64 {
	rad := math.Pi / 180
	sinLat := math.Sin((lat2 - lat1) * rad / 2)
	sinLon := math.Sin((lon2 - lon1) * rad / 2)
	h := sinLat*sinLat + math.Cos(lat1*rad)*math.Cos(lat2*rad)*sinLon*sinLon
	return 2 * earthRadius * math.Asin(math.Sqrt(math.Min(1, h)))
}
