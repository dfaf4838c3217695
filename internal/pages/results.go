package pages

import (
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/pages/pageurl"
)

const perPage = 20

// results is the page of a search.
type results struct {
	Heading    string // such as "1,234 go jobs in Berlin"
	Intro      string // of a landing page
	Total      int
	Shown      string // which of them, such as "21–40"
	Jobs       []listed
	Facets     []facet
	Chips      []chip
	Understood []chip // what words of the search text mean
	Partial    *partial
	Sorts      []choice
	Radii      []choice
	Ages       []choice
	Pages      pagination
	DidYouMean *link
	Zero       *zero
	Related    []counted // of a landing page: narrower ones
	RelatedTo  string
	Wrong      []fault
	HasFilters bool

	landing *landing // nil at /jobs
}

// partial is the end of a list, in which jobs lack some of the words.
type partial struct {
	Heading string
	Jobs    []listed
}

// Complete returns the jobs that have all words of the search.
func (r results) Complete() []listed {
	if r.Partial == nil {
		return r.Jobs
	}
	return r.Jobs[:len(r.Jobs)-len(r.Partial.Jobs)]
}

// fault is a field or a parameter that is wrong; Name is empty where the label is its name.
type fault struct{ Name, Label, Message string }

// listed is a job in a list.
type listed struct {
	job
	URL     string
	Link    template.HTML // leads there by the title, with what was found in it marked
	Deep    bool          // its heading is of the third level, not of the second
	Logo    template.HTML // "", as Company, on the company's own page
	Company string
	Where   string
	Pay     *money
	Posted  day
	Ago     string
	Left    string
	Soon    bool
	IsNew   bool
	Own     bool // on the company's own page
	Snippet template.HTML

	WorkplaceText, TypeText string
}

const newFor = 48 * time.Hour

// list prepares jobs for being listed. deep ones have headings of the third level.
func (s *site) list(jobs []job, deep bool, now time.Time) []listed {
	items := make([]listed, len(jobs))
	for i, j := range jobs {
		company := &j.Expand.Employer
		item := listed{job: j, URL: pageurl.Job(j.ID, j.Title), Deep: deep, Logo: logoOf(company).Markup(), Company: company.Name,
			Where: s.words.where(&j), Pay: s.words.pay(&j), Posted: s.words.dayOf(j.PublishedAt), Ago: s.words.ago(j.PublishedAt, now),
			Snippet:       marked(j.Highlights.Description),
			WorkplaceText: s.words.say("workplace." + j.Workplace), TypeText: s.words.say("jobType." + j.JobType)}
		item.Link = titleLink(item.URL, &j)
		if item.Left, item.Soon = s.words.left(j.Deadline, now); !item.Soon {
			item.Left = ""
		}
		if at, ok := timeOf(j.PublishedAt); ok {
			item.IsNew = now.Sub(at) < newFor
		}
		items[i] = item
	}
	return items
}

// search shows /jobs.
func (s *site) search(e *core.RequestEvent) error {
	f := readForm(s.words, e.Request.URL.RawQuery)
	return s.showResults(e, f, results{}, head{Path: pageurl.Jobs}, f.at)
}

// showResults shows what a search finds. at gives the addresses of its pages.
func (s *site) showResults(e *core.RequestEvent, f form, r results, h head, at func(page int) string) error {
	query := f.query()
	if len(f.Wrong) > 0 {
		s.findFaults(e, f)
		return s.showWrong(e, f)
	}
	query.Set("page", strconv.Itoa(f.Page))
	query.Set("perPage", strconv.Itoa(perPage))
	query["facets"] = facetNames
	found, err := s.jobsToList(e, query)
	if statusOf(err) == http.StatusBadRequest && err != nil {
		s.findFaults(e, f)
		if len(f.Wrong) == 0 {
			return err
		}
		return s.showWrong(e, f)
	}
	if err != nil {
		return err
	}
	if f.Page > 1 && len(found.Items) == 0 { // the page is gone, not the list
		return redirect(e, http.StatusFound, at(1))
	}
	r.Total = found.TotalItems
	if r.Heading == "" {
		r.Heading = s.heading(f, found.matched())
	}
	r.Jobs = s.list(found.Items, false, time.Now())
	first := (f.Page - 1) * perPage
	r.Shown = s.words.span(first+1, first+len(r.Jobs))
	r.Partial = s.partial(r.Jobs, found.matched(), first)
	s.fillForm(e, f, &r, found.Facets)
	r.Understood = s.understood(e, f, found.Interpretation.Filters)
	if r.landing != nil {
		s.fillLanding(e, &r, found)
	}
	r.Pages = paginate(f.Page, found.TotalPages, at)
	if found.DidYouMean != "" {
		r.DidYouMean = &link{Title: found.DidYouMean, Href: f.with("q", found.DidYouMean).address()}
	}
	if r.Total == 0 {
		if r.Zero, err = s.zero(e, f, r.Chips); err != nil {
			return err
		}
	}
	h.Title = r.Heading
	if f.Page > 1 {
		h.Title = s.words.say("results.page", "title", r.Heading, "n", f.Page, "of", found.TotalPages)
	}
	if e.Request.URL.RawQuery != "" {
		h.Robots = noindex
	}
	h.Description = r.Intro
	if h.Description == "" {
		h.Description = s.words.say("results.description", "board", s.app.Settings().Meta.AppName, "title", r.Heading)
	}
	h.Links = s.feedLinks(f.values)
	status := http.StatusOK
	if h.Path != pageurl.Jobs && r.Total < leastJobs { // a landing page that there isn't yet
		h.Robots = noindex
		if h.Path != pageurl.Remote { // which every page links to
			status, h.Path, h.JSONLD = http.StatusNotFound, "", nil
		}
	}
	return s.show(e, status, "results", view{Head: h, Page: r, Find: f})
}

// partial returns the part of a page that lacks some words, nil if there is none: of all jobs, matched have all words, and before of
// them are on earlier pages.
func (s *site) partial(jobs []listed, matched, before int) *partial {
	from := max(0, matched-before)
	if from >= len(jobs) {
		return nil
	}
	key := "results.partial"
	if matched == 0 {
		key = "results.partial_only"
	}
	return &partial{Heading: s.words.say(key), Jobs: jobs[from:]}
}

// fillForm prepares the filters.
func (s *site) fillForm(e *core.RequestEvent, f form, r *results, counts map[string]map[string]int) {
	r.Facets = s.facetsOf(e, f, counts)
	r.Chips = s.chipsOf(e, f)
	r.HasFilters = len(r.Chips) > 0
	chosen := f.Get("sort")
	if chosen == "" {
		chosen = "newest"
		if f.Get("q") != "" {
			chosen = "relevance"
		}
	}
	around := f.Get("near") != ""
	if !around && f.Get("radius") != "" {
		_, around = f.centre()
	}
	for _, sort := range []string{"relevance", "newest", "salary", "deadline", "distance"} {
		if sort == "relevance" && f.Get("q") == "" || sort == "distance" && !around {
			continue
		}
		r.Sorts = append(r.Sorts, choice{Value: sort, Label: s.words.say("sort." + sort), Chosen: sort == chosen})
	}
	r.Radii = s.numberChoices(f, "radius", "radius.", "", "10", "25", "50", "100", "200")
	r.Ages = s.numberChoices(f, "postedWithin", "posted.", "", "1", "3", "7", "30")
}

// numberChoices are some values of a parameter, with the one that is chosen in any case.
func (s *site) numberChoices(f form, name, key string, values ...string) []choice {
	var list []choice
	chosen, known := f.Get(name), false
	for _, value := range values {
		known = known || value == chosen
		list = append(list, s.numberChoice(key, value, chosen))
	}
	if !known {
		list = append(list, s.numberChoice(key, chosen, chosen))
	}
	return list
}

func (s *site) numberChoice(key, value, chosen string) choice {
	label := value
	if n, err := strconv.Atoi(value); err == nil {
		label = s.words.say(key+"n", "n", n)
	} else if value == "" {
		label = s.words.say(key + "any")
	}
	return choice{Value: value, Label: label, Chosen: value == chosen}
}

// heading says what was searched for and how much there is of it.
func (s *site) heading(f form, n int) string {
	key := "results.all"
	q, place := f.Get("q"), f.Get("location")
	switch {
	case q != "" && place != "":
		key = "results.q_place"
	case q != "":
		key = "results.q"
	case place != "":
		key = "results.place"
	}
	return s.words.say(key, "n", n, "q", q, "place", place)
}

// findFaults adds to f.Wrong what the API finds wrong with the other parameters, so that all of it is named at once. The API names one
// parameter at a time, so it is asked again without each.
func (s *site) findFaults(e *core.RequestEvent, f form) {
	query := f.query()
	for name := range f.Wrong {
		query.Del(name)
	}
	for range textParams {
		_, err := s.count(e, query)
		found := faults(err)
		if len(found) == 0 {
			return
		}
		maps.Copy(f.Wrong, found)
		for name := range found {
			query.Del(name)
		}
		if (found["near"] != "" || found["radius"] != "") && query.Get("sort") == "distance" {
			query.Del("sort") // which is wrong for the same reason
		}
	}
}

// showWrong names the parameters that are wrong, and keeps the form as it was sent.
func (s *site) showWrong(e *core.RequestEvent, f form) error {
	r := results{Heading: s.words.say("wrong.title")}
	for _, name := range slices.Sorted(maps.Keys(f.Wrong)) {
		one := fault{Label: name, Message: f.Wrong[name]}
		if key := "wrong." + name; s.words.has(key) {
			one.Message = s.words.say(key)
		}
		if key := "filter." + name; s.words.has(key) {
			one.Label, one.Name = s.words.say(key), name
		}
		r.Wrong = append(r.Wrong, one)
	}
	s.fillForm(e, f, &r, nil)
	r.Chips = nil // they would repeat what is wrong
	h := head{Title: s.words.say("error.prefix", "title", r.Heading), Robots: noindex}
	return s.show(e, http.StatusBadRequest, "results", view{Head: h, Page: r, Find: f})
}

// zero is what to try where nothing was found, with how many jobs each would find.
type zero struct {
	Drop, Wider []counted
	Total       int
}

const mostTries = 6 // searches that are made for a page without results

func (s *site) zero(e *core.RequestEvent, f form, chips []chip) (*zero, error) {
	z := &zero{Total: s.top(e).Total}
	tries := chips[:min(len(chips), mostTries)]
	if q := f.Get("q"); q != "" && len(chips) > 0 {
		tries = append([]chip{{Label: "“" + q + "”", name: "q", value: q}}, tries[:min(len(tries), mostTries-1)]...)
	}
	if len(tries) > 1 || f.Get("q") == "" && len(tries) == 1 {
		for _, c := range tries {
			less := f.without(c.name, c.value)
			n, err := s.count(e, less.query())
			if err != nil {
				return nil, fmt.Errorf("count a search without %s: %w", c.name, err)
			}
			if n > 0 {
				z.Drop = append(z.Drop, counted{Label: c.Label, URL: less.address(), Count: n})
			}
		}
	}
	if _, ok := f.centre(); !ok {
		return z, nil
	}
	least, last := 0.0, 0
	if radius, err := strconv.ParseFloat(f.Get("radius"), 64); err == nil {
		least = radius
	}
	for _, radius := range []float64{25, 50, 100, 200, 500} {
		if radius <= least || len(z.Wider) == 3 {
			continue
		}
		wide := f.with("radius", strconv.FormatFloat(radius, 'f', -1, 64))
		n, err := s.count(e, wide.query())
		if err != nil {
			return nil, fmt.Errorf("count a wider search: %w", err)
		}
		if n > last {
			last = n
			z.Wider = append(z.Wider, counted{Label: s.words.say("radius.n", "n", int(radius)), URL: wide.address(), Count: n})
		}
	}
	return z, nil
}
