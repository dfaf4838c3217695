package pages

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/jobposting"
	"jobboard/internal/pages/pageurl"
)

// What pages say to search engines as JSON-LD. html/template encodes it: no text of users can end the script element.

// leastReviews is how many reviews a company needs before search engines are given its rating: fewer would show whose they are,
// and one voice is no average.
const leastReviews = 3

// crumb is one step of the way from the home page to a page.
type crumb struct{ name, path string }

// breadcrumbs is the way to a page as a schema.org BreadcrumbList. It begins at the home page; the last step is the page itself.
func (s *site) breadcrumbs(steps ...crumb) map[string]any {
	list := make([]any, 0, len(steps)+1)
	for i, step := range append([]crumb{{s.words.say("crumbs.home"), pageurl.Home}}, steps...) {
		list = append(list, map[string]any{"@type": "ListItem", "position": i + 1, "name": plain(step.name),
			"item": s.baseURL() + step.path})
	}
	return map[string]any{"@context": "https://schema.org/", "@type": "BreadcrumbList", "itemListElement": list}
}

// posting describes an open job as a JobPosting; nil where something is missing that Google requires.
func (s *site) posting(e *core.RequestEvent, j *job, hasClient bool) (map[string]any, error) {
	record, err := e.App.FindRecordById(collections.Jobs, j.ID)
	if err != nil {
		return nil, fmt.Errorf("read job %s to describe it: %w", j.ID, err)
	}
	company, err := e.App.FindRecordById(collections.Employers, j.Employer)
	if err != nil {
		return nil, fmt.Errorf("read the employer of job %s to describe it: %w", j.ID, err)
	}
	posting, err := jobposting.New(record, company, s.baseURL(), s.baseURL()+pageurl.Job(j.ID, j.Title))
	if err != nil || !jobposting.HasWhatGoogleRequires(posting) {
		return nil, err
	}
	posting["directApply"] = posting["directApply"] == true && hasClient
	return posting, nil
}

// organization describes a company, with what it is rated where enough seekers have.
func (s *site) organization(c *employer) []any {
	about := map[string]any{"@type": "Organization", "name": c.Name, "url": s.baseURL() + pageurl.Company(c.Slug)}
	if website := webAddress(c.Website); website != "" {
		about["sameAs"] = website
	}
	if picture := logoOf(c); picture.URL != "" {
		about["logo"] = s.baseURL() + picture.URL
	}
	if c.RatingCount < leastReviews {
		about["@context"] = "https://schema.org/"
		return []any{about}
	}
	return []any{map[string]any{
		"@context": "https://schema.org/", "@type": "EmployerAggregateRating", "itemReviewed": about,
		"ratingValue": c.RatingAverage, "ratingCount": c.RatingCount, "bestRating": 5, "worstRating": 1,
	}}
}
