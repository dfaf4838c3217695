package pages

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/feeds"
	"jobboard/internal/pages/pageurl"
)

const (
	indeedBatch = 200
	// mostIndeedReaders is how many may read the file of all jobs at a time, each from an address of its own: aggregators fetch it a
	// few times a day, and it is the most that one request can ask of a board.
	mostIndeedReaders = 2
	indeedWait        = "60" // seconds after which to try again
)

// indeedReaders counts who reads the file, by address.
type indeedReaders struct {
	mu        sync.Mutex
	addresses map[string]bool
}

// enter reports whether there is a place for one more, and returns what gives it back.
func (r *indeedReaders) enter(address string) (leave func(), ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.addresses[address] || len(r.addresses) >= mostIndeedReaders {
		return nil, false
	}
	if r.addresses == nil {
		r.addresses = map[string]bool{}
	}
	r.addresses[address] = true
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.addresses, address)
	}, true
}

// indeedRow is an open job with its employer's name.
type indeedRow struct {
	Number    int64   `db:"number"`
	ID        string  `db:"id"`
	Title     string  `db:"title"`
	HTML      string  `db:"description"`
	Company   string  `db:"company"`
	Location  string  `db:"location"`
	Locations string  `db:"locations"`
	Countries string  `db:"countries"`
	Workplace string  `db:"workplace"`
	JobType   string  `db:"jobType"`
	Level     string  `db:"level"`
	Industry  string  `db:"industry"`
	SalaryMin float64 `db:"salaryMin"`
	SalaryMax float64 `db:"salaryMax"`
	Currency  string  `db:"currency"`
	Period    string  `db:"period"`
	Published string  `db:"publishedAt"`
	Updated   string  `db:"updated"`
	Deadline  string  `db:"deadline"`
}

func (r indeedRow) seq() int64 { return r.Number }

const indeedQuery = `SELECT j.rowid AS number, j.id, j.title, j.description, coalesce(e.name, '') AS company, j.location,
	coalesce(j.locations, '') AS locations, coalesce(j.applicantCountries, '') AS countries, j.workplace, j.jobType,
	j.experienceLevel AS level, j.industry, CAST(j.salaryMin AS REAL) AS salaryMin, CAST(j.salaryMax AS REAL) AS salaryMax,
	j.salaryCurrency AS currency, j.salaryPeriod AS period, j.publishedAt, j.updated, j.deadline
	FROM {{jobs}} j LEFT JOIN {{employers}} e ON e.id = j.employer
	WHERE j.rowid > {:after} AND j.rowid <= {:until} AND +j.status = 'published' AND (j.deadline = '' OR j.deadline > {:now})
	ORDER BY j.rowid LIMIT {:limit}`

// indeedFeed answers all open jobs, for Indeed and those who read the same format.
func (s *site) indeedFeed(e *core.RequestEvent) error {
	leave, ok := s.indeed.enter(e.RealIP())
	if !ok {
		e.Response.Header().Set("Retry-After", indeedWait)
		return e.Error(http.StatusServiceUnavailable, "Others are reading this file. Try again in a moment.", nil)
	}
	defer leave()
	base := s.baseURL()
	e.Response.Header().Set("Cache-Control", cacheSitemap)
	e.Response.Header().Set("Content-Type", xmlType)
	if e.Request.Method == http.MethodHead {
		return e.NoContent(http.StatusOK)
	}
	file, err := feeds.NewIndeed(e.Response, plain(s.app.Settings().Meta.AppName), base+pageurl.Home, time.Now())
	if err != nil {
		return finishStream(e, err)
	}
	err = eachRow(e, indeedQuery, 0, math.MaxInt64, indeedBatch, func(row *indeedRow) error {
		j := row.job()
		j.Page = base + pageurl.Job(row.ID, row.Title)
		if field, known := s.fields.find(e.App, row.Industry); known {
			j.Category = field.Name
		}
		return file.Add(j)
	})
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		e.Response.Header().Del("Content-Type") // for the error, where nothing was written yet
		e.Response.Header().Del("Cache-Control")
		err = fmt.Errorf("write all jobs: %w", err)
	}
	return finishStream(e, err)
}

func (r *indeedRow) job() *feeds.Job {
	j := &feeds.Job{ID: r.ID, Title: plain(r.Title), Company: plain(r.Company), HTML: r.HTML, JobType: r.JobType, Workplace: r.Workplace,
		ExperienceLevel: r.Level, Salary: feeds.Salary{Min: r.SalaryMin, Max: r.SalaryMax, Currency: r.Currency, Period: r.Period}}
	j.Published, _ = timeOf(r.Published)
	j.Updated, _ = timeOf(r.Updated)
	j.Deadline, _ = timeOf(r.Deadline)
	var places []collections.Location
	_ = json.Unmarshal([]byte(r.Locations), &places) // rows written around the hooks may hold something else, which is no list
	for _, p := range places {
		j.Places = append(j.Places, feeds.Place{Name: p.Name, City: p.City, Region: p.Region, Country: p.Country})
	}
	if len(j.Places) == 0 && r.Location != "" {
		j.Places = []feeds.Place{{Name: r.Location}}
	}
	var countries []string
	if len(j.Places) == 0 && json.Unmarshal([]byte(r.Countries), &countries) == nil {
		for _, code := range countries {
			j.Places = append(j.Places, feeds.Place{Country: code})
		}
	}
	return j
}
