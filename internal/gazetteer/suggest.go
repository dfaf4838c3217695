package gazetteer

import (
	"slices"
	"sort"
	"strings"
)

// maxSuggestions is the most places that Suggest returns.
const maxSuggestions = 50

// countryShare weighs a country against its cities while typing.
const countryShare = 0.5

// Suggest completes what is being typed: countries, regions and cities whose name begins with prefix, the biggest first.
// Text after a comma narrows down ("Paris, te"). At most n places, and never more than 50.
func Suggest(prefix string, n int) []Place {
	n = min(n, maxSuggestions)
	if n <= 0 || len(prefix) > maxText {
		return nil
	}
	name, rest, _ := strings.Cut(prefix, ",")
	key, within := fold(name), fold(rest)
	if key == "" {
		return nil
	}
	a := theAtlas()
	hits := topHits{keep: 4 * n}
	fits := func(region, country int) bool {
		if within == "" {
			return true
		}
		if country >= 0 && (strings.HasPrefix(fold(a.countries[country].name), within) ||
			strings.ToLower(a.countries[country].code) == within) {
			return true
		}
		return region >= 0 && (strings.HasPrefix(fold(a.regions[region].name), within) ||
			slices.Contains(a.regionKeys.find(within), uint32(region)))
	}
	for i, c := range a.countries {
		if within == "" && strings.HasPrefix(fold(c.name), key) {
			hits.add(hit{-1, -1, i, c.population * countryShare})
		}
	}
	for _, ref := range a.regionKeys.findPrefix(key) {
		if r := a.regions[ref]; strings.HasPrefix(fold(r.name), key) && fits(-1, r.country) {
			hits.add(hit{-1, int(ref), r.country, r.population * regionShare})
		}
	}
	for _, table := range []*keyTable{&a.cityKeys, &a.nicknameKeys} {
		for _, ref := range table.findPrefix(key) {
			city := int(ref / 2)
			weight := float64(a.populations[city])
			if ref%2 == 1 {
				weight *= aliasShare
			}
			if region, country := a.regionOf(city), a.countryOf(city); hits.wants(weight) && fits(region, country) {
				hits.add(hit{city, region, country, weight})
			}
		}
	}
	var places []Place
	seen := map[string]bool{}
	for _, h := range hits.list {
		if len(places) == n {
			break
		}
		p := a.place(h.city, h.region, h.country)
		// Several names of one place, and several villages of one name, show once.
		if !seen[p.Name] {
			seen[p.Name] = true
			places = append(places, p)
		}
	}
	return places
}

// hit is a place that a prefix may mean, by numbers; -1 where there is none.
type hit struct {
	city, region, country int
	weight                float64
}

// topHits keeps the heaviest hits in order: a single letter has many thousands.
type topHits struct {
	keep int
	list []hit
}

func (t *topHits) wants(weight float64) bool {
	return len(t.list) < t.keep || weight > t.list[len(t.list)-1].weight
}

func (t *topHits) add(h hit) {
	if !t.wants(h.weight) {
		return
	}
	at := sort.Search(len(t.list), func(i int) bool { return t.list[i].weight < h.weight })
	t.list = slices.Insert(t.list, at, h)
	t.list = t.list[:min(len(t.list), t.keep)]
}
