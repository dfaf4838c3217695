package search

import (
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"jobboard/internal/gazetteer"
	"jobboard/internal/search/engine"
	"jobboard/internal/search/text"
)

const defaultRadiusKm = 50

// FieldError tells which parameter is wrong, and what it must be.
type FieldError struct{ Field, Message string }

func (e *FieldError) Error() string { return e.Field + ": " + e.Message }

// facetFields are the names that the parameter facets takes.
var facetFields = []string{"industry", "field", "skills", "jobType", "workplace", "experienceLevel", "employer"}

// Jobs' visibility.

// Published is the scope of everybody: published jobs.
func Published() engine.Scope {
	return engine.Scope{Rules: []engine.ScopeRule{{Values: map[string][]string{"status": {"published"}}}}}
}

// OfEmployers is the scope of mine=1: all jobs of these employers, in every status.
func OfEmployers(ids []string) engine.Scope {
	return engine.Scope{Rules: []engine.ScopeRule{{Values: map[string][]string{"employer": ids}}}}
}

// ParseJobs reads the parameters of GET /api/jobs/search, save those of the page. Its errors are *FieldError.
func ParseJobs(a *text.Analyzer, params url.Values) (engine.Query, error) {
	q := engine.Query{Words: engine.Parse(a, params.Get("q")), Scope: Published()}
	for _, f := range []struct {
		name   string
		fields []string
	}{
		{"industry", []string{"industry", "industryId"}}, {"field", []string{"field", "fieldId"}}, {"skills", []string{"skills"}},
		{"jobType", []string{"jobType"}}, {"workplace", []string{"workplace"}}, {"experienceLevel", []string{"experienceLevel"}},
		{"employer", []string{"employer"}}, {"salaryCurrency", []string{"currency"}},
	} {
		list := values(params, f.name)
		if len(list) == 0 {
			continue
		}
		if f.name == "skills" {
			list = lower(list)
		}
		filter := engine.Filter{Facet: f.name}
		for _, v := range list {
			for _, field := range f.fields {
				filter.Any = append(filter.Any, engine.Value{Field: field, Value: v})
			}
		}
		q.Filters = append(q.Filters, filter)
	}
	if c := values(params, "salaryCurrency"); len(c) > 0 {
		q.Currency = c[0]
	}
	if raw := params.Get("salaryMin"); raw != "" {
		least, err := strconv.ParseFloat(raw, 64)
		if err != nil || !(least >= 0) || math.IsInf(least, 0) {
			return q, &FieldError{"salaryMin", "Must be a number."}
		}
		q.Ranges = append(q.Ranges, engine.Range{Column: engine.ColumnPay, Min: least, Max: math.Inf(1)})
	}
	if raw := params.Get("postedWithin"); raw != "" {
		days, err := strconv.Atoi(raw)
		if err != nil || days < 0 || days > 36_500 {
			return q, &FieldError{"postedWithin", "Must be a number of days."}
		}
		since := time.Now().AddDate(0, 0, -days).UnixMilli()
		q.Ranges = append(q.Ranges, engine.Range{Column: engine.ColumnPublished, Min: float64(since), Max: math.Inf(1)})
	}
	near, err := parseNear(params)
	if err != nil {
		return q, err
	}
	q.Near = near
	parsePlaces(params, &q)
	if err := parseOrder(params, &q); err != nil {
		return q, err
	}
	for _, name := range values(params, "facets") {
		if !slices.Contains(facetFields, name) {
			return q, &FieldError{"facets", "Must be some of " + strings.Join(facetFields, ", ") + "."}
		}
		q.Facets = append(q.Facets, name)
	}
	return q, nil
}

func parseNear(params url.Values) (*engine.Near, error) {
	raw := params.Get("near")
	if raw == "" {
		return nil, nil
	}
	latText, lonText, _ := strings.Cut(raw, ",")
	lat, errLat := strconv.ParseFloat(strings.TrimSpace(latText), 64)
	lon, errLon := strconv.ParseFloat(strings.TrimSpace(lonText), 64)
	if errLat != nil || errLon != nil || !(lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180) {
		return nil, &FieldError{"near", "Must be a latitude and a longitude such as 45.76,4.83."}
	}
	near := &engine.Near{Point: engine.Point{Lat: lat, Lon: lon}, RadiusKm: defaultRadiusKm}
	if raw := params.Get("radius"); raw != "" {
		radius, err := strconv.ParseFloat(raw, 64)
		if err != nil || !(radius > 0 && radius <= 20_100) {
			return nil, &FieldError{"radius", "Must be a number of kilometres."}
		}
		near.RadiusKm = radius
	}
	return near, nil
}

var aroundPattern = regexp.MustCompile(`(?i)^\s*(\d{1,4})\s*km\s+(?:of|from|around|near)\s+(.+)$`)

// parsePlaces reads location: names of places, or "50 km of Lyon". A comma belongs to a place ("Lyon, France")
// where the gazetteer knows it as a whole, else it separates two.
func parsePlaces(params url.Values, q *engine.Query) {
	filter := engine.Filter{Facet: "location"}
	for _, raw := range params["location"] {
		if m := aroundPattern.FindStringSubmatch(raw); m != nil && q.Near == nil {
			if place, ok := gazetteer.Resolve(m[2]); ok && place.HasPoint() {
				km, _ := strconv.ParseFloat(m[1], 64) // digits, by the pattern
				q.Near = &engine.Near{Point: engine.Point{Lat: place.Lat, Lon: place.Lon}, RadiusKm: max(1, km)}
				continue
			}
		}
		if place, ok := gazetteer.Resolve(raw); ok && len(placeKeys(place)) > 0 {
			keys := placeKeys(place)
			filter.Any = append(filter.Any, engine.Value{Field: "place", Value: keys[len(keys)-1]},
				engine.Value{Field: "place", Value: text.Fold(strings.TrimSpace(raw))})
			continue
		}
		for part := range strings.SplitSeq(raw, ",") {
			if part = strings.TrimSpace(part); part != "" {
				filter.Any = append(filter.Any, engine.Value{Field: "place", Value: text.Fold(part)})
			}
		}
	}
	if len(filter.Any) > 0 {
		q.Filters = append(q.Filters, filter)
	}
}

func parseOrder(params url.Values, q *engine.Query) error {
	switch sort := engine.Sort(params.Get("sort")); sort {
	case "", engine.SortRelevance, engine.SortNewest, engine.SortPay, engine.SortDeadline:
		q.Sort = sort
	case engine.SortDistance:
		if q.Near == nil {
			return &FieldError{"sort", "distance needs near."}
		}
		q.Sort = sort
	default:
		return &FieldError{"sort", "Must be one of relevance, newest, salary, deadline, distance."}
	}
	raw := params.Get("cursor")
	if raw == "" {
		return nil
	}
	cursor, err := engine.ParseCursor(raw)
	if err != nil {
		return &FieldError{"cursor", "Must be the nextCursor of an earlier answer."}
	}
	q.After = cursor
	return nil
}

// values reads a parameter that may be repeated or joined by commas.
func values(params url.Values, name string) []string {
	var list []string
	for _, raw := range params[name] {
		for v := range strings.SplitSeq(raw, ",") {
			if v = strings.TrimSpace(v); v != "" {
				list = append(list, v)
			}
		}
	}
	return list
}
