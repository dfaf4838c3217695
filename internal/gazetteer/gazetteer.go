// Package gazetteer holds the world's countries, regions and cities, offline, and reads the place names that people write in jobs and
// profiles.
//
// The data is GeoNames (https://www.geonames.org, CC-BY 4.0), packed by generate/generate.mjs.
package gazetteer

//go:generate sh -c "cd generate && npm install --no-package-lock --ignore-scripts && node generate.mjs"

// Place is a city, a region, a country or "Remote". Fields that are not known are empty.
type Place struct {
	// Name is the text to show, such as "Lyon, Auvergne-Rhône-Alpes, France"; Resolve understands it.
	Name string
	City string
	// Region is the first level under the country (state, province, Land), spelled out.
	Region string
	// Country is an ISO 3166-1 alpha-2 code in capitals.
	Country string
	// Lat and Lon are WGS 84 degrees, right to about 100 m; both are 0 unless the city is known (see HasPoint).
	Lat float64
	Lon float64
	// Population counts the city's people; 0 for regions and countries.
	Population int
}

// Load reads the data, if that has not been done: some 9 MB, in a third of a second. Otherwise the first use does it.
func Load() { theAtlas() }

// HasPoint reports whether the place has coordinates. Only cities do: regions and countries are too large.
func (p Place) HasPoint() bool { return p.Lat != 0 || p.Lon != 0 }

// Remote is the place of work that is anywhere.
const Remote = "Remote"
