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
	"jobboard/internal/search/meaning"
	"jobboard/internal/search/text"
)

const defaultRadiusKm = 50

// FieldError is the error for an invalid parameter.
type FieldError struct{ Field, Message string }

func (e *FieldError) Error() string { return e.Field + ": " + e.Message }

// JobFacets and CandidateFacets are the allowed values of the parameter facets.
var (
	JobFacets       = []string{"industry", "field", "skills", "jobType", "workplace", "experienceLevel", "employer"}
	CandidateFacets = []string{"field", "skills", "jobType", "openToWork"}
)

// valueParam is a parameter whose values are matched against one or more filter fields.
type valueParam struct {
	name   string
	fields []string
}

var (
	jobValues = []valueParam{
		{"industry", []string{"industry", "industryId"}}, {"field", []string{"field", "fieldId"}}, {"skills", []string{"skills"}},
		{"jobType", []string{"jobType"}}, {"workplace", []string{"workplace"}}, {"experienceLevel", []string{"experienceLevel"}},
		{"employer", []string{"employer"}},
	}
	candidateValues = []valueParam{
		{"field", []string{"field", "fieldId"}}, {"skills", []string{"skills"}}, {"jobType", []string{"jobType"}},
	}
)

// Jobs parses the parameters of GET /api/jobs/search, except those for paging. Its errors are of type *FieldError.
func (p Parser) Jobs(params url.Values) (Query, error) {
	q, err := p.parse(params, jobMeanings, jobValues, JobFacets,
		engine.SortRelevance, engine.SortNewest, engine.SortSalary, engine.SortDeadline, engine.SortDistance)
	if err != nil {
		return q, err
	}
	q.Scope = Published()
	if err := parseMinimum(params, meaning.FieldSalary, "Must be a number, at least 0.", engine.ColumnSalary, &q); err != nil {
		return q, err
	}
	parseCurrency(params, &q)
	if raw := params.Get("postedWithin"); raw != "" {
		days, err := strconv.Atoi(raw)
		if err != nil || days < 0 || days > 36_500 {
			return q, &FieldError{"postedWithin", "Must be a whole number of days, from 0 to 36500."}
		}
		since := time.Now().AddDate(0, 0, -days).UnixMilli()
		q.Ranges = append(q.Ranges, engine.Range{Column: engine.ColumnPublished, Min: float64(since), Max: math.Inf(1)})
	}
	return q, nil
}

// parseCurrency parses salaryCurrency, the currency of salaryMin and of the order by salary. Without exchange rates, jobs paid in
// another currency cannot be compared: salaryMin does not exclude them, and they come last in the order by salary.
func parseCurrency(params url.Values, q *Query) {
	currencies := values(params, "salaryCurrency")
	if len(currencies) == 0 {
		return
	}
	q.Currency = strings.ToUpper(currencies[0])
	for i := range q.Ranges {
		if q.Ranges[i].Column != engine.ColumnSalary {
			continue
		}
		for _, c := range currencies {
			q.Ranges[i].Only = append(q.Ranges[i].Only, engine.Value{Field: "currency", Value: strings.ToUpper(c)})
		}
	}
}

// Candidates parses the parameters of GET /api/candidates, except those for paging. Its errors are of type *FieldError.
// The query has no scope, so it finds nobody until the caller sets one.
func (p Parser) Candidates(params url.Values) (Query, error) {
	q, err := p.parse(params, candidateMeanings, candidateValues, CandidateFacets,
		engine.SortRelevance, engine.SortNewest, engine.SortDistance)
	if err != nil {
		return q, err
	}
	if err := parseMinimum(params, "experienceMin", "Must be a number of years, at least 0.", engine.ColumnYears, &q); err != nil {
		return q, err
	}
	if raw := params.Get("openToWork"); raw != "" {
		open, err := strconv.ParseBool(raw)
		if err != nil {
			return q, &FieldError{"openToWork", "Must be 1 or 0."}
		}
		q.Filters = append(q.Filters, engine.Filter{Facet: "openToWork",
			Any: []engine.Value{{Field: "openToWork", Value: strconv.FormatBool(open)}}})
	}
	return q, nil
}

// parse parses the parameters that all kinds have in common.
func (p Parser) parse(params url.Values, understood []string, valueParams []valueParam, facets []string,
	sorts ...engine.Sort) (Query, error) {
	q := Query{}
	p.words(params, understood, &q)
	for _, p := range valueParams {
		wanted := values(params, p.name)
		if len(wanted) == 0 {
			continue
		}
		if p.name == "skills" {
			wanted = lower(wanted)
		}
		if allowed := meanings[p.name]; allowed != nil {
			var err error
			if wanted, err = choose(p.name, wanted, allowed); err != nil {
				return q, err
			}
		}
		filter := engine.Filter{Facet: p.name}
		for _, v := range wanted {
			for _, field := range p.fields {
				filter.Any = append(filter.Any, engine.Value{Field: field, Value: v})
			}
		}
		q.Filters = append(q.Filters, filter)
	}
	near, err := parseNear(params)
	if err != nil {
		return q, err
	}
	q.Near = near
	parsePlaces(params, &q)
	if err := parseOrder(params, &q, sorts); err != nil {
		return q, err
	}
	for _, name := range values(params, "facets") {
		if !slices.Contains(facets, name) {
			return q, &FieldError{"facets", "Each must be one of " + strings.Join(facets, ", ") + "."}
		}
		q.Facets = append(q.Facets, name)
	}
	return q, nil
}

// parseMinimum parses a parameter that is the minimum of a column.
func parseMinimum(params url.Values, name, message string, column engine.Column, q *Query) error {
	raw := params.Get(name)
	if raw == "" {
		return nil
	}
	minimum, err := strconv.ParseFloat(raw, 64)
	if err != nil || !(minimum >= 0) || math.IsInf(minimum, 0) {
		return &FieldError{name, message}
	}
	q.Ranges = append(q.Ranges, engine.Range{Column: column, Min: minimum, Max: math.Inf(1)})
	return nil
}

func parseNear(params url.Values) (*engine.Near, error) {
	radius := float64(defaultRadiusKm)
	if raw := params.Get("radius"); raw != "" {
		var err error
		if radius, err = strconv.ParseFloat(raw, 64); err != nil || !(radius > 0 && radius <= 20_100) {
			return nil, &FieldError{"radius", "Must be a number of kilometres, above 0 and at most 20100."}
		}
	}
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
	return &engine.Near{Point: engine.Point{Lat: lat, Lon: lon}, RadiusKm: radius}, nil
}

var radiusPattern = regexp.MustCompile(`(?i)^\s*(\d{1,4})\s*km\s+(?:of|from|around|near)\s+(.+)$`)

// parsePlaces parses location: names of places, or "50 km of Lyon". A comma is part of a name that the gazetteer has as a whole
// ("Lyon, France"); otherwise it separates two places.
func parsePlaces(params url.Values, q *Query) {
	filter := engine.Filter{Facet: "location"}
	for _, raw := range params["location"] {
		if m := radiusPattern.FindStringSubmatch(raw); m != nil && q.Near == nil {
			if place, ok := gazetteer.Resolve(m[2]); ok && place.HasPoint() {
				km, _ := strconv.ParseFloat(m[1], 64) // digits, by the pattern
				q.Near = &engine.Near{Point: pointOf(place), RadiusKm: max(1, km)}
				continue
			}
		}
		if place, ok := gazetteer.Resolve(raw); ok && len(placeKeys(place)) > 0 {
			filter.Any = append(filter.Any, placeValues(place, raw)...)
			continue
		}
		for part := range strings.SplitSeq(raw, ",") {
			if part = strings.TrimSpace(part); part != "" {
				q.strangePlaces = append(q.strangePlaces, part)
				filter.Any = append(filter.Any, engine.Value{Field: "place", Value: text.Fold(part)})
			}
		}
	}
	if len(filter.Any) > 0 {
		q.Filters = append(q.Filters, filter)
	}
}

func parseOrder(params url.Values, q *Query, sorts []engine.Sort) error {
	q.Sort = engine.Sort(params.Get("sort"))
	switch {
	case q.Sort == engine.SortDistance && q.Near == nil:
		return &FieldError{"sort", "distance requires near."}
	case q.Sort != "" && !slices.Contains(sorts, q.Sort):
		return &FieldError{"sort", "Must be one of " + join(sorts) + "."}
	case q.byPay && (q.Sort == "" || q.Sort == engine.SortRelevance):
		q.Sort = engine.SortLowPay
	}
	raw := params.Get("cursor")
	if raw == "" {
		return nil
	}
	cursor, err := engine.ParseCursor(raw)
	if err != nil {
		return &FieldError{"cursor", "Must be the nextCursor of an earlier response."}
	}
	q.After = cursor
	return nil
}

// values returns the values of a parameter that may be repeated and may contain comma-separated lists.
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

func join(sorts []engine.Sort) string {
	names := make([]string, len(sorts))
	for i, s := range sorts {
		names[i] = string(s)
	}
	return strings.Join(names, ", ")
}
