package gazetteer

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxText is the longest text that is read, in bytes; no place name is longer.
const maxText = 300

const (
	// A name that is both a city and a region means the city when at least this share of the region lives there:
	// "New York" is the city, "Ontario" the province (and not the city in California).
	regionShare = 0.08
	// A city is found by its names in other languages and its old names, unless a place of 1/100 its size has the name today.
	aliasShare = 0.01
)

// Resolve finds the place a text means: "Lyon", "Paris, FR", "New York, NY", "US, NY, New York", "NZ, , Auckland", "München",
// "Austin TX", "Germany", "US, CA", "Remote", "Remote, Germany". Of several places the most populous is taken.
// Where the country or region is known but not the city, City keeps the text as written and the place has no point.
// ok is false when nothing of the text is understood.
func Resolve(text string) (Place, bool) {
	if len(text) > maxText {
		return Place{}, false
	}
	text = strings.ToValidUTF8(text, " ")
	parts, remote := dropRemoteWords(splitParts(text, false))
	place, ok := resolveParts(parts, text)
	if !remote {
		return place, ok
	}
	if !ok {
		return Place{Name: Remote}, true
	}
	place.Name = Remote + ", " + place.Name
	return place, true
}

// resolveParts reads the parts, or finer ones of the same text where those explain more.
func resolveParts(parts []part, text string) (Place, bool) {
	if len(parts) == 0 {
		return Place{}, false
	}
	a := theAtlas()
	parts = lastParts(parts)
	best, found := a.match(parts)
	if best.explained < len(parts) {
		if fine, _ := dropRemoteWords(splitParts(text, true)); len(fine) > len(parts) {
			fine = lastParts(fine)
			if other, ok := a.match(fine); ok && (!found || other.explained > best.explained) {
				best, found, parts = other, true, fine
			}
		}
	}
	best, found, parts = a.improve(best, found, parts)
	if !found {
		return Place{}, false
	}
	place := a.place(best.city, best.region, best.country)
	for i, p := range parts {
		if place.City != "" {
			break
		}
		if best.used&(1<<i) == 0 && utf8.RuneCountInString(p.raw) <= 100 {
			place.City = withoutNumbers(p.raw)
			place.Name = a.displayName(place, best.country)
		}
	}
	return place, true
}

// withoutNumbers drops postcodes and house numbers.
func withoutNumbers(text string) string {
	words := slices.DeleteFunc(strings.Fields(text), func(word string) bool { return strings.ContainsAny(word, digits) })
	return strings.Join(words, " ")
}

func lastParts(parts []part) []part { return parts[max(0, len(parts)-maxParts):] }

// improve tries other readings of the parts that the match left aside, and keeps those that explain more.
func (a *atlas) improve(best match, found bool, parts []part) (match, bool, []part) {
	for i := 0; i < len(parts) && best.explained < len(parts); i++ {
		if best.used&(1<<i) != 0 {
			continue
		}
		before := parts
		for _, variant := range variants(parts[i]) {
			candidate := make([]part, 0, len(before)+2)
			candidate = append(append(append(candidate, before[:i]...), variant...), before[i+1:]...)
			other, ok := a.match(candidate)
			read := uint(1<<len(variant)-1) << i // the bits of the variant's pieces
			if ok && other.used&read == read && other.better(best, found) {
				best, found, parts = other, true, candidate
			}
		}
	}
	return best, found, parts
}

// match is one reading of some parts: which are the city, the region, the country; -1 where there is none.
type match struct {
	city, region, country int
	explained             int  // how many parts are understood
	used                  uint // which, one bit each
	weight                float64
}

func (m match) better(other match, found bool) bool {
	if !found || m.explained != other.explained {
		return !found || m.explained > other.explained
	}
	return m.weight > other.weight
}

// match finds the reading that explains most parts, and of these the most populous.
func (a *atlas) match(parts []part) (best match, found bool) {
	best = match{city: -1, region: -1, country: -1}
	try := func(m match) {
		if m.better(best, found) {
			best, found = m, true
		}
	}

	var countries [maxVariantParts]int
	var byCode [maxVariantParts]bool
	var regions, cities [maxVariantParts][]uint32
	for i, p := range parts {
		countries[i] = -1
		// Inside a text two letters are a region sooner than a country.
		if number, code, ok := a.book.numberOf(p.key); ok && (!code || i == 0 || i == len(parts)-1) {
			countries[i], byCode[i] = number, code
		}
		regions[i] = a.regionKeys.find(p.key)
		cities[i] = a.findCities(p.key)
	}

	for c := -1; c < len(parts); c++ {
		country := -1
		explained, used := 0, uint(0)
		if c >= 0 {
			if country = countries[c]; country < 0 {
				continue
			}
			explained, used = 1, 1<<c
			try(match{-1, -1, country, explained, used, a.countryWeight(country, byCode[c], cities[c])})
		}
		for r := range parts {
			if r == c {
				continue
			}
			for _, ref := range regions[r] {
				owner := a.regions[ref].country
				if country < 0 || country == owner {
					try(match{-1, int(ref), owner, explained + 1, used | 1<<r, a.regionWeight(int(ref), cities[r])})
				}
			}
		}
		for t := range parts {
			if t == c {
				continue
			}
			for _, ref := range cities[t] {
				city, alias := int(ref/2), ref%2 == 1
				owner, region := a.countryOf(city), a.regionOf(city)
				if country >= 0 && country != owner {
					continue
				}
				weight := float64(a.populations[city])
				if alias {
					weight *= aliasShare
				}
				m := match{city, region, owner, explained + 1, used | 1<<t, weight}
				try(m)
				if region < 0 {
					continue
				}
				for r := range parts {
					if r != c && r != t && slices.Contains(regions[r], uint32(region)) {
						m.explained++
						m.used |= 1 << r
						try(m)
						break
					}
				}
			}
		}
	}
	return best, found
}

// findCities returns the cities of a name, as city number * 2, + 1 for names in other languages and old names.
func (a *atlas) findCities(key string) []uint32 {
	cities := a.cityKeys.find(key)
	if nicknamed := a.nicknameKeys.find(key); len(nicknamed) > 0 {
		cities = slices.Concat(cities, nicknamed)
	}
	return cities
}

// bigCity is from where a nickname is better known than a country's code: "LA" is not Laos.
const bigCity = 1_000_000

// countryWeight puts a country above all cities and regions of its name, except where the name's city is most of the country
// (Singapore).
func (a *atlas) countryWeight(country int, byCode bool, sameName []uint32) float64 {
	for _, ref := range sameName {
		city := int(ref / 2)
		population := float64(a.populations[city])
		if ref%2 == 0 && a.countryOf(city) == country && population > a.countries[country].population/2 {
			return 0
		}
		if ref%2 == 0 && byCode && population > bigCity {
			return 0
		}
	}
	return math.Inf(1)
}

// regionWeight compares a region with cities of its name; where the city is most of the region (Vienna), the city is meant.
func (a *atlas) regionWeight(region int, sameName []uint32) float64 {
	for _, ref := range sameName {
		if city := int(ref / 2); a.regionOf(city) == region && float64(a.populations[city]) > a.regions[region].population/2 {
			return 0
		}
	}
	return a.regions[region].population * regionShare
}
