package pages

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/pages/pageurl"
)

// landing is a search with an address and a title of its own, for search engines: the only lists that they may index.
type landing struct {
	path    string
	fixed   url.Values
	heading string
	field   string // its slug
	place   string // its slug
}

func (s *site) place(e *core.RequestEvent) error {
	place, ok := pageurl.Place(e.Request.PathValue("place"))
	if !ok {
		return errNotFound
	}
	slug := pageurl.PlaceSlug(place)
	if slug != "" && slug != e.Request.PathValue("place") {
		return redirect(e, http.StatusMovedPermanently, pageurl.In(slug))
	}
	return s.showLanding(e, landing{path: pageurl.In(slug), fixed: url.Values{"location": {s.words.searchable(place)}}, place: slug,
		heading: s.words.say("landing.place", "place", s.words.place(place))})
}

func (s *site) field(e *core.RequestEvent) error {
	field, ok := s.fields.find(e.App, e.Request.PathValue("field"))
	if !ok || field.Slug != e.Request.PathValue("field") {
		return errNotFound
	}
	l := landing{fixed: url.Values{field.param(): {field.Slug}}, field: field.Slug,
		heading: s.words.say("landing.field", "field", field.Name)}
	if typed := e.Request.PathValue("place"); typed != "" {
		place, ok := pageurl.Place(typed)
		if !ok {
			return errNotFound
		}
		l.place = pageurl.PlaceSlug(place)
		if l.place != "" && l.place != typed {
			return redirect(e, http.StatusMovedPermanently, pageurl.Field(field.Slug, l.place))
		}
		l.fixed.Set("location", s.words.searchable(place))
		l.heading = s.words.say("landing.field_place", "field", field.Name, "place", s.words.place(place))
	}
	l.path = pageurl.Field(field.Slug, l.place)
	return s.showLanding(e, l)
}

func (s *site) remote(e *core.RequestEvent) error {
	return s.showLanding(e, landing{path: pageurl.Remote, fixed: url.Values{"workplace": {"remote"}},
		heading: s.words.say("landing.remote")})
}

// showLanding shows the search behind a landing page. Whoever narrows it down goes on at /jobs.
func (s *site) showLanding(e *core.RequestEvent, l landing) error {
	f := readForm(s.words, e.Request.URL.RawQuery)
	if len(f.Wrong) == 0 && !f.IsEmpty() {
		for name, list := range l.fixed {
			f.values[name] = list
		}
		return redirect(e, http.StatusFound, f.at(f.Page))
	}
	f.values = l.fixed
	at := func(page int) string {
		if page <= 1 {
			return l.path
		}
		return l.path + "?page=" + strconv.Itoa(page)
	}
	r := results{Heading: l.heading}
	query := f.query()
	if n, err := s.count(e, query); err == nil && n >= leastJobs {
		r.Intro = s.words.say("landing.intro", "n", n, "board", s.app.Settings().Meta.AppName)
		if l.place != "" && l.field == "" {
			r.RelatedTo = s.words.say("landing.related", "title", l.heading)
			r.Related = s.fieldsAt(e, f, l.place)
		}
	}
	h := head{Path: l.path, Description: r.Intro}
	h.JSONLD = []any{s.breadcrumbs(crumb{s.words.say("nav.jobs"), pageurl.Jobs}, crumb{l.heading, l.path})}
	return s.showResults(e, f, r, h, at)
}

// fieldsAt are the fields with pages of their own in a place.
func (s *site) fieldsAt(e *core.RequestEvent, f form, place string) []counted {
	query := f.query()
	query.Set("perPage", "1")
	query.Set("fields", "id")
	query.Set("facets", "field")
	found, err := s.jobs(e, query)
	if err != nil {
		return nil // the page is whole without
	}
	var list []counted
	for _, slug := range slices.Sorted(maps.Keys(found.Facets["field"])) {
		if n := found.Facets["field"][slug]; n >= leastJobs && len(list) < 12 {
			list = append(list, counted{Label: s.fields.name(e.App, slug), URL: pageurl.Field(slug, place), Count: n})
		}
	}
	return list
}
