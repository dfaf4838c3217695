package pages

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"jobboard/internal/gazetteer"
	"jobboard/internal/pages/pageurl"
)

// The parameters of /jobs: those of the API's search that people choose by. The API itself checks their values.
var (
	textParams   = []string{"q", "location", "radius", "near", "salaryMin", "salaryCurrency", "postedWithin", "sort"}
	choiceParams = []string{"workplace", "jobType", "experienceLevel", "field", "industry", "skills", "employer"}
)

// kept from the API's search: what only programs need, and what is for those who are logged in.
var programParams = []string{"fields", "expand", "filter", "skipTotal", "mine", "cursor", "facets", "ids", "perPage", "highlight"}

// trackers are what other sites hang on links to tell where a reader came from. They choose nothing.
func isTracker(name string) bool {
	switch name {
	case "ref", "gclid", "fbclid", "msclkid", "mc_cid", "mc_eid":
		return true
	}
	return strings.HasPrefix(name, "utm_")
}

// form is what somebody searches for: the state of the search form.
type form struct {
	values url.Values // without page, empty values and trackers
	Page   int
	Wrong  map[string]string // by parameter: what is wrong with it
}

const longestText = 200 // characters of a parameter

// readForm reads the address of a search. What is wrong with it stands in Wrong; what is right is kept.
func readForm(w *words, rawQuery string) form {
	f := form{values: url.Values{}, Page: 1, Wrong: map[string]string{}}
	params, err := url.ParseQuery(rawQuery)
	if err != nil {
		f.Wrong["address"] = w.say("wrong.address")
	}
	for name, list := range params {
		switch {
		case isTracker(name):
			continue
		case name == "page":
			f.Page = 0
			if n, err := strconv.Atoi(strings.TrimSpace(list[0])); err == nil && n >= 1 && n <= 1_000_000 {
				f.Page = n
			} else if list[0] != "" {
				f.Wrong[name] = w.say("wrong.page")
			}
			f.Page = max(1, f.Page)
			continue
		case slices.Contains(programParams, name):
			f.Wrong[name] = w.say("wrong.program")
			continue
		}
		for _, value := range list {
			if value = plain(value); value == "" {
				continue
			}
			if len([]rune(value)) > longestText {
				f.Wrong[name] = w.say("wrong.long", "n", longestText)
				value = string([]rune(value)[:longestText])
			}
			if slices.Contains(choiceParams, name) {
				f.choose(w, name, value)
				continue
			}
			if f.values.Get(name) == "" {
				f.values.Set(name, value)
			}
		}
		if _, known := f.values[name]; known && !slices.Contains(textParams, name) && !slices.Contains(choiceParams, name) {
			f.Wrong[name] = w.say("wrong.unknown")
			f.values.Del(name)
		}
	}
	return f
}

// choose adds the values of a comma-separated list. A value that a parameter with a fixed set of them doesn't have is wrong; it is
// left out, since it has no box to be unchecked.
func (f form) choose(w *words, name, list string) {
	allowed := fixedValues(name)
	for one := range strings.SplitSeq(list, ",") {
		one = strings.TrimSpace(one)
		switch {
		case one == "" || slices.Contains(f.values[name], one):
		case allowed != nil && !slices.Contains(allowed, one):
			f.Wrong[name] = w.say("wrong.choice", "values", strings.Join(allowed, ", "))
		default:
			f.values.Add(name, one)
		}
	}
}

// Get is the value of a parameter, for the form to be filled with.
func (f form) Get(name string) string { return f.values.Get(name) }

// All are the values of a parameter.
func (f form) All(name string) []string { return f.values[name] }

// Has reports whether a value of a parameter is chosen.
func (f form) Has(name, value string) bool { return slices.Contains(f.values[name], value) }

// IsEmpty reports whether nothing is searched for.
func (f form) IsEmpty() bool { return len(f.values) == 0 }

// query is what the API is asked: a place with a radius becomes what lies around it.
func (f form) query() url.Values {
	query := url.Values{}
	for name, list := range f.values {
		query[name] = slices.Clone(list)
	}
	if f.Get("near") == "" && f.Get("radius") != "" {
		if place, ok := f.centre(); ok {
			query.Set("near", fmt.Sprintf("%g,%g", place.Lat, place.Lon))
			query.Del("location")
		}
	}
	return query
}

// centre is the city that is searched in, around which a wider circle can be drawn.
func (f form) centre() (gazetteer.Place, bool) {
	place, ok := gazetteer.Resolve(f.Get("location"))
	return place, ok && place.HasPoint()
}

// with is the same search with a parameter set to one value; "" leaves it out.
func (f form) with(name, value string) form {
	next := form{values: url.Values{}, Page: 1}
	for other, list := range f.values {
		next.values[other] = slices.Clone(list)
	}
	next.values.Del(name)
	if value != "" {
		next.values.Set(name, value)
	}
	return next
}

// without is the same search without one value of a parameter. A radius goes with its place.
func (f form) without(name, value string) form {
	next := f.with("", "")
	next.values[name] = slices.DeleteFunc(next.values[name], func(one string) bool { return one == value })
	if len(next.values[name]) == 0 {
		next.values.Del(name)
	}
	if name == "location" || name == "near" {
		next.values.Del("radius")
		if next.Get("sort") == "distance" {
			next.values.Del("sort")
		}
	}
	if name == "salaryMin" {
		next.values.Del("salaryCurrency")
	}
	return next
}

// address is where the search's result is.
func (f form) address() string { return pageurl.Search(f.values) }

// at is the address of one of its pages.
func (f form) at(page int) string {
	if page <= 1 {
		return f.address()
	}
	values := f.with("", "").values
	values.Set("page", strconv.Itoa(page))
	return pageurl.Search(values)
}
