package pages

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/match"
)

// job is a job as the API answers it.
type job struct {
	ID                 string                 `json:"id"`
	Title              string                 `json:"title"`
	Description        string                 `json:"description"`
	Location           string                 `json:"location"`
	Locations          []collections.Location `json:"locations"`
	Workplace          string                 `json:"workplace"`
	ApplicantCountries []string               `json:"applicantCountries"`
	JobType            string                 `json:"jobType"`
	ExperienceLevel    string                 `json:"experienceLevel"`
	Industry           string                 `json:"industry"`
	Fields             []string               `json:"fields"`
	Skills             []string               `json:"skills"`
	SalaryMin          float64                `json:"salaryMin"`
	SalaryMax          float64                `json:"salaryMax"`
	SalaryCurrency     string                 `json:"salaryCurrency"`
	SalaryPeriod       string                 `json:"salaryPeriod"`
	Status             string                 `json:"status"`
	Deadline           string                 `json:"deadline"`
	PublishedAt        string                 `json:"publishedAt"`
	Updated            string                 `json:"updated"`
	ClosedAt           string                 `json:"closedAt"`
	ApplyMethod        string                 `json:"applyMethod"`
	ApplyURL           string                 `json:"applyUrl"`
	Employer           string                 `json:"employer"`
	MissingWords       []string               `json:"missingWords"`
	Highlights         struct {
		Title       string `json:"title"`
		Description string `json:"description"`
	} `json:"highlights"`
	Expand struct {
		Employer employer `json:"employer"`
	} `json:"expand"`
}

// employer is an employer as the API answers it.
type employer struct {
	ID            string   `json:"id"`
	Name          string   `json:"name"`
	Slug          string   `json:"slug"`
	About         string   `json:"about"`
	Website       string   `json:"website"`
	Logo          string   `json:"logo"`
	Industry      string   `json:"industry"`
	Size          string   `json:"size"`
	Location      string   `json:"location"`
	Fields        []string `json:"fields"`
	Verified      bool     `json:"verified"`
	RatingAverage float64  `json:"ratingAverage"`
	RatingCount   int      `json:"ratingCount"`
}

// jobPage is a page of a search.
type jobPage struct {
	Page       int                       `json:"page"`
	TotalItems int                       `json:"totalItems"`
	TotalPages int                       `json:"totalPages"`
	Items      []job                     `json:"items"`
	Facets     map[string]map[string]int `json:"facets"`
	DidYouMean string                    `json:"didYouMean"`

	MatchedAllWords *int `json:"matchedAllWords"`
	Interpretation  struct {
		Filters []understoodFilter `json:"filters"`
	} `json:"interpretation"`
}

// understoodFilter is what words of a search text were understood as.
type understoodFilter struct {
	Field string `json:"field"`
	Value string `json:"value"`
	Label string `json:"label"`
	Plain string `json:"plain"` // the text in which they are plain words

	Currency string  `json:"currency"` // of pay
	Place    string  `json:"place"`    // whose surroundings are meant
	Radius   float64 `json:"radius"`   // of the surroundings, in kilometres
}

// matched returns how many jobs match all that is searched for.
func (p *jobPage) matched() int {
	if p.MatchedAllWords != nil {
		return *p.MatchedAllWords
	}
	return p.TotalItems
}

// review is a visible review of one of an employer's jobs.
type review struct {
	Rating  float64 `json:"rating"`
	Title   string  `json:"title"`
	Body    string  `json:"body"`
	Created string  `json:"created"`
}

type reviewPage struct {
	TotalItems int      `json:"totalItems"`
	Items      []review `json:"items"`
}

func (s *site) jobs(e *core.RequestEvent, query url.Values) (jobPage, error) {
	var found jobPage
	err := s.guest.get(e, "/api/jobs", query, &found)
	return found, err
}

// listedFields are what a list shows of a job. Descriptions and what companies say of themselves would be most of the answer.
const listedFields = "id,title,location,workplace,jobType,salaryMin,salaryMax,salaryCurrency,salaryPeriod,deadline," +
	"publishedAt,highlights,missingWords,expand.employer.id,expand.employer.name,expand.employer.logo"

// listedFields adds the places where they are not shown as they are stored, which is in English.
func (s *site) listedFields() string {
	if s.words.Language == DefaultLanguage {
		return listedFields
	}
	return listedFields + ",locations"
}

// jobsToList is jobs with what a list shows of them.
func (s *site) jobsToList(e *core.RequestEvent, query url.Values) (jobPage, error) {
	query.Set("fields", s.listedFields())
	return s.jobs(e, query)
}

// count is how many jobs a search finds.
func (s *site) count(e *core.RequestEvent, query url.Values) (int, error) {
	query.Set("perPage", "1")
	query.Set("fields", "id")
	query.Del("facets")
	found, err := s.jobs(e, query)
	return found.matched(), err
}

// job reads a published job; errNotFound where everybody sees none of this id.
func (s *site) job(e *core.RequestEvent, id string) (*job, error) {
	if !isID(id) {
		return nil, errNotFound
	}
	found := &job{}
	err := s.guest.get(e, "/api/jobs/"+id, nil, found)
	if err != nil && statusOf(err) == http.StatusNotFound {
		return nil, errNotFound
	}
	return found, err
}

// isID keeps what is no id out of the API's paths.
func isID(id string) bool {
	return id != "" && len(id) <= 100 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
}

// similar reads up to four jobs like one that is or was published.
func (s *site) similar(e *core.RequestEvent, id string) ([]job, error) {
	record, err := e.App.FindRecordById(collections.Jobs, id)
	if err != nil {
		return nil, fmt.Errorf("read job %s to find others like it: %w", id, err)
	}
	hits, err := match.Similar(e.App, record, nil)
	if err != nil || len(hits) == 0 {
		return nil, err
	}
	hits = hits[:min(4, len(hits))]
	ids := make([]string, len(hits))
	for i, hit := range hits {
		ids[i] = hit.ID
	}
	found, err := s.jobsToList(e, url.Values{"ids": ids, "perPage": {"4"}})
	if err != nil {
		return nil, err
	}
	byID := map[string]job{}
	for _, j := range found.Items {
		byID[j.ID] = j
	}
	var list []job
	for _, id := range ids {
		if j, is := byID[id]; is {
			list = append(list, j)
		}
	}
	return list, nil
}

// employerBySlug reads an employer; errNotFound where there is none of this slug.
func (s *site) employerBySlug(e *core.RequestEvent, slug string) (*employer, error) {
	record, err := e.App.FindFirstRecordByData(collections.Employers, "slug", slug)
	if err != nil {
		return nil, errNotFound
	}
	return s.employer(e, record.Id)
}

func (s *site) employer(e *core.RequestEvent, id string) (*employer, error) {
	if !isID(id) {
		return nil, errNotFound
	}
	found := &employer{}
	err := s.guest.get(e, "/api/employers/"+id, nil, found)
	if err != nil && statusOf(err) == http.StatusNotFound {
		return nil, errNotFound
	}
	return found, err
}
