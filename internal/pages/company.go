package pages

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/pages/pageurl"
)

const shownReviews = 10

// companyPage is a company with its open jobs and what seekers say of it.
type companyPage struct {
	employer
	Picture     logo
	Site        string // its own, "" where it names none
	Topic       *counted
	Jobs        []listed
	JobCount    int
	Pages       pagination
	Reviews     []reviewView
	ReviewCount int
}

type reviewView struct {
	review
	Written day
}

func (s *site) showCompany(e *core.RequestEvent) error {
	company, err := s.employerBySlug(e, e.Request.PathValue("slug"))
	if err != nil {
		return err
	}
	f := readForm(s.words, e.Request.URL.RawQuery)
	if len(f.Wrong) > 0 || !f.IsEmpty() {
		return redirect(e, http.StatusFound, pageurl.Company(company.Slug))
	}
	at := func(page int) string {
		if page <= 1 {
			return pageurl.Company(company.Slug)
		}
		return pageurl.Company(company.Slug) + "?page=" + strconv.Itoa(page)
	}
	var found jobPage
	query := url.Values{"page": {strconv.Itoa(f.Page)}, "perPage": {strconv.Itoa(perPage)}, "sort": {"newest"},
		"fields": {s.listedFields()}}
	if err := s.guest.get(e, "/api/employers/"+company.ID+"/jobs", query, &found); err != nil {
		return err
	}
	if f.Page > 1 && len(found.Items) == 0 {
		return redirect(e, http.StatusFound, at(1))
	}
	var reviews reviewPage
	query = url.Values{"perPage": {strconv.Itoa(shownReviews)}}
	if err := s.guest.get(e, "/api/employers/"+company.ID+"/reviews", query, &reviews); err != nil {
		return err
	}
	page := companyPage{employer: *company, Picture: logoOf(company), Site: webAddress(company.Website),
		Jobs:     s.list(found.Items, true, time.Now()),
		JobCount: found.TotalItems, Pages: paginate(f.Page, found.TotalPages, at), ReviewCount: reviews.TotalItems}
	for i := range page.Jobs {
		page.Jobs[i].Own, page.Jobs[i].Logo, page.Jobs[i].Company = true, "", ""
	}
	if field, known := s.fields.find(e.App, company.Industry); known {
		page.Topic = &counted{Label: field.Name, URL: pageurl.Field(field.Slug, "")}
	}
	for _, r := range reviews.Items {
		page.Reviews = append(page.Reviews, reviewView{r, s.words.dayOf(r.Created)})
	}
	h := head{Path: pageurl.Company(company.Slug), Title: s.words.say("company.head", "company", company.Name),
		Description: s.words.say("company.description", "company", company.Name, "n", found.TotalItems),
		Links:       s.feedLinks(url.Values{"employer": {company.ID}})}
	h.JSONLD = append(s.organization(company), s.breadcrumbs(crumb{s.words.say("nav.jobs"), pageurl.Jobs}, crumb{company.Name, h.Path}))
	if f.Page > 1 {
		h.Robots = noindex
	}
	return s.show(e, http.StatusOK, "company", view{Head: h, Page: page})
}
