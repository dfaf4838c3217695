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
	h := head{Path: l.path}
	h.JSONLD = []any{s.breadcrumbs(crumb{s.words.say("nav.jobs"), pageurl.Jobs}, crumb{l.heading, l.path})}
	return s.showResults(e, f, results{Heading: l.heading, landing: &l}, h, at)
}

// fillLanding introduces a landing page with enough jobs, and leads from a place to its fields that have pages of their own.
func (s *site) fillLanding(e *core.RequestEvent, r *results, found jobPage) {
	n := found.matched()
	if n < leastJobs {
		return
	}
	r.Intro = s.words.say("landing.intro", "n", n, "board", s.app.Settings().Meta.AppName)
	if r.landing.place == "" || r.landing.field != "" {
		return
	}
	r.RelatedTo = s.words.say("landing.related", "title", r.landing.heading)
	counts := found.Facets["field"]
	for _, slug := range slices.Sorted(maps.Keys(counts)) {
		if counts[slug] >= leastJobs && len(r.Related) < 12 {
			r.Related = append(r.Related, counted{Label: s.fields.name(e.App, slug), URL: pageurl.Field(slug, r.landing.place),
				Count: counts[slug]})
		}
	}
}
