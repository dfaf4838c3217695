package pages

import (
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/pages/pageurl"
	"jobboard/internal/search"
	"jobboard/internal/search/engine"
)

// leastJobs is from how many jobs on a list is a page of its own, for search engines too.
const leastJobs = 3

// popular is where most jobs are.
type popular struct {
	Fields, Places, Companies []counted
	Total                     int
	Foot                      template.HTML // the links to them at the end of every page
}

// counted is a link with how many jobs it leads to.
type counted struct {
	Label, URL string
	Count      int
	Employer   *employer
}

// popularBook keeps it for a while: every page's foot shows it.
type popularBook struct {
	mu   sync.Mutex
	made time.Time
	last popular
}

const popularFresh = time.Minute

// top is what is popular now. A board whose index is being built shows the last it knew, or nothing.
func (s *site) top(e *core.RequestEvent) popular {
	b := &s.popular
	b.mu.Lock()
	defer b.mu.Unlock()
	if time.Since(b.made) < popularFresh {
		return b.last
	}
	found, err := s.countPopular(e)
	if err != nil {
		if !errors.Is(err, search.ErrBehind) {
			e.App.Logger().Warn("What is popular could not be counted.", "error", err)
		}
		return b.last
	}
	if found.Foot, err = s.footOf(found); err != nil {
		e.App.Logger().Warn("The foot of the pages could not be written.", "error", err)
	}
	b.made, b.last = time.Now(), found
	return found
}

// footOf writes the links to what is popular, once for all pages.
func (s *site) footOf(p popular) (template.HTML, error) {
	var foot strings.Builder
	if err := s.sheets["error"].ExecuteTemplate(&foot, "popular", p); err != nil {
		return "", fmt.Errorf("write what is popular: %w", err)
	}
	return template.HTML(foot.String()), nil
}

func (s *site) countPopular(e *core.RequestEvent) (popular, error) {
	index, err := search.For(s.app, search.Jobs)
	if err != nil {
		return popular{}, fmt.Errorf("open the search index: %w", err)
	}
	found, err := index.Search(engine.Query{Scope: search.Published(), Facets: []string{"place", "field", "employer"}, FacetSize: 400})
	if err != nil {
		return popular{}, fmt.Errorf("count what is popular: %w", err)
	}
	p := popular{Total: found.Total}
	for _, c := range found.Facets["field"] {
		if field, known := s.fields.find(e.App, c.Value); known && c.Count >= leastJobs && len(p.Fields) < 12 {
			p.Fields = append(p.Fields, counted{Label: field.Name, URL: pageurl.Field(field.Slug, ""), Count: c.Count})
		}
	}
	for _, c := range found.Facets["place"] {
		if c.Count < leastJobs || len(p.Places) >= 12 {
			continue
		}
		place, isCity := placeOfKey(c.Value)
		if slug := pageurl.PlaceSlug(place); isCity && slug != "" {
			p.Places = append(p.Places, counted{Label: place.City, URL: pageurl.In(slug), Count: c.Count})
		}
	}
	for _, c := range found.Facets["employer"] {
		if len(p.Companies) >= 8 {
			break
		}
		company, err := s.employer(e, c.Value)
		if errors.Is(err, errNotFound) {
			continue // deleted since
		}
		if err != nil { // such as of a reader who is over the limit: what all readers see must not lack a company for that
			return popular{}, fmt.Errorf("read company %s: %w", c.Value, err)
		}
		p.Companies = append(p.Companies, counted{Label: company.Name, URL: pageurl.Company(company.Slug),
			Count: c.Count, Employer: company})
	}
	return p, nil
}

// popularFor is what the foot of a page shows. A page that tells of trouble makes none of its own.
func (s *site) popularFor(e *core.RequestEvent, status int) popular {
	if status == http.StatusOK || status == http.StatusGone {
		return s.top(e)
	}
	s.popular.mu.Lock()
	defer s.popular.mu.Unlock()
	return s.popular.last
}
