package pages

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/gazetteer"
	"jobboard/internal/pages/pageurl"
	"jobboard/internal/search"
	"jobboard/internal/search/engine"
	"jobboard/internal/sitemap"
)

const (
	listsFresh = time.Hour
	// mostListed is how many places are looked at, and busiest in how many of them the fields are counted too, each by a search.
	mostListed = 20_000
	busiest    = 50
)

// landingBook keeps the addresses of the landing pages that there are.
type landingBook struct {
	mu    sync.Mutex
	made  time.Time
	paths []string
}

func (s *site) sitemapOfLists(e *core.RequestEvent) error {
	paths, err := s.landingPaths(e)
	if errors.Is(err, search.ErrBehind) {
		e.Response.Header().Set("Retry-After", turnAfter)
		return e.Error(http.StatusServiceUnavailable, "The board is counting its jobs. Try again in a moment.", err)
	}
	if err != nil {
		return err
	}
	urls := beginSitemap(e)
	for _, path := range paths[:min(len(paths), sitemap.MaxEntries)] {
		if err = urls.Add(s.baseURL()+path, time.Time{}); err != nil { // lists change with every job
			return finishStream(e, err)
		}
	}
	return finishStream(e, urls.Close())
}

// landingPaths are the pages with lists that may be indexed.
func (s *site) landingPaths(e *core.RequestEvent) ([]string, error) {
	b := &s.landings
	b.mu.Lock()
	defer b.mu.Unlock()
	if time.Since(b.made) < listsFresh {
		return b.paths, nil
	}
	paths, err := s.findLandings(e)
	if errors.Is(err, search.ErrBehind) && b.paths != nil {
		return b.paths, nil
	}
	if err != nil {
		return nil, err
	}
	b.made, b.paths = time.Now(), paths
	return paths, nil
}

func (s *site) findLandings(e *core.RequestEvent) ([]string, error) {
	index, err := search.For(s.app, search.Jobs)
	if err != nil {
		return nil, fmt.Errorf("open the search index: %w", err)
	}
	count := func(filters []engine.Filter, facets ...string) (map[string][]engine.FacetCount, error) {
		found, err := index.Search(engine.Query{Scope: search.Published(), Filters: filters, Facets: facets, FacetSize: mostListed,
			NoSpelling: true})
		if err != nil {
			return nil, fmt.Errorf("count the jobs of landing pages: %w", err)
		}
		return found.Facets, nil
	}
	all, err := count(nil, "place", "field", "industry", "workplace")
	if err != nil {
		return nil, err
	}
	paths := []string{pageurl.Home, pageurl.Jobs}
	for _, c := range all["workplace"] {
		if c.Value == "remote" && c.Count >= leastJobs {
			paths = append(paths, pageurl.Remote)
		}
	}
	paths = append(paths, s.fieldPaths(e, all, "")...)
	cities := 0
	for _, c := range all["place"] {
		place, isCity := placeOfKey(c.Value)
		slug := pageurl.PlaceSlug(place)
		if c.Count < leastJobs || slug == "" {
			continue
		}
		paths = append(paths, pageurl.In(slug))
		if cities++; !isCity || cities > busiest {
			continue
		}
		there, err := count([]engine.Filter{{Any: []engine.Value{{Field: "place", Value: c.Value}}}}, "field", "industry")
		if err != nil {
			return nil, err
		}
		paths = append(paths, s.fieldPaths(e, there, slug)...)
	}
	return paths, nil
}

// fieldPaths are the landing pages of the fields in a place, or of everywhere, by how many jobs they were counted to have.
func (s *site) fieldPaths(e *core.RequestEvent, counts map[string][]engine.FacetCount, place string) []string {
	var paths []string
	for _, name := range []string{"field", "industry"} {
		for _, c := range counts[name] {
			field, known := s.fields.find(e.App, c.Value)
			if known && field.Slug == c.Value && c.Count >= leastJobs && field.param() == name {
				paths = append(paths, pageurl.Field(field.Slug, place))
			}
		}
	}
	return paths
}

// placeOfKey reads the search's key of a country, such as "@FR", or of a city, such as "@FR//lyon", see search.placeKeys.
func placeOfKey(key string) (place gazetteer.Place, isCity bool) {
	key, isKey := strings.CutPrefix(key, "@")
	if !isKey {
		return gazetteer.Place{}, false
	}
	country, city, isCity := strings.Cut(key, "//")
	name := gazetteer.CountryName(country) // "" for the key of a region, whose name is no country's code
	if name == "" {
		return gazetteer.Place{}, false
	}
	if isCity {
		name = city + ", " + country
	}
	place, known := gazetteer.Resolve(name)
	if !known || isCity != (place.City != "") {
		return gazetteer.Place{}, false
	}
	return place, isCity
}
