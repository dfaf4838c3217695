package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/problem"
	"jobboard/internal/search"
	"jobboard/internal/search/engine"
	"jobboard/internal/search/text"
)

// jobPage is the list shape with what a search adds to it.
type jobPage struct {
	page
	Facets          map[string]map[string]int `json:"facets,omitempty"` // by parameter: value, jobs
	Took            float64                   `json:"took"`             // milliseconds
	NextCursor      string                    `json:"nextCursor,omitempty"`
	DidYouMean      string                    `json:"didYouMean,omitempty"`
	TotalIsEstimate bool                      `json:"totalIsEstimate,omitempty"`
}

func searchJobs(c *call) error {
	// a filter in PocketBase's language is the database's to answer
	if c.QueryParam("filter") != "" {
		return c.findJobs()
	}
	return c.searchIndex(c.QueryParams())
}

func listEmployerJobs(c *call) error {
	id := c.Param("employer_id")
	if _, err := c.view(collections.Employers, id, nil); err != nil {
		return err
	}
	if c.QueryParam("filter") != "" {
		return c.findJobs("employer = " + quoted(id))
	}
	params := maps.Clone(c.QueryParams())
	params["employer"] = []string{id}
	return c.searchIndex(params)
}

// searchIndex asks the search index which jobs answer, and reads these as the caller may see them.
func (c *call) searchIndex(params url.Values) error {
	started := time.Now()
	number, perPage, err := c.paging()
	if err != nil {
		return err
	}
	board, err := search.For(c.door.app, search.Jobs)
	if err != nil {
		return fmt.Errorf("open the search index: %w", err)
	}
	query, err := search.ParseJobs(board.Analyzer(), params)
	var wrong *search.FieldError
	if errors.As(err, &wrong) {
		return invalid(wrong.Field, problem.InvalidValue, wrong.Message)
	}
	if err != nil {
		return err
	}
	if query.Scope, err = c.jobScope(); err != nil {
		return err
	}
	skipTotal, err := c.isSet("skipTotal")
	if err != nil {
		return err
	}
	query.Limit = perPage
	query.Offset = min((number-1)*perPage, engine.MaxOffset)
	found, err := board.Search(query)
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	answer := jobPage{DidYouMean: found.DidYouMean, TotalIsEstimate: found.Estimated,
		page: page{Page: number, PerPage: perPage, TotalItems: found.Total, TotalPages: (found.Total + perPage - 1) / perPage}}
	if skipTotal {
		answer.TotalItems, answer.TotalPages = -1, -1
	}
	if found.Next != nil {
		answer.NextCursor = found.Next.String()
	}
	if len(query.Facets) > 0 {
		answer.Facets = map[string]map[string]int{}
		for name, counts := range found.Facets {
			answer.Facets[name] = map[string]int{}
			for _, one := range counts {
				answer.Facets[name][one.Value] = one.Count
			}
		}
	}
	if answer.Items, err = c.foundJobs(board, found); err != nil {
		return err
	}
	answer.Took = float64(time.Since(started).Microseconds()) / 1000
	return c.send(http.StatusOK, answer)
}

// jobScope is what the caller may find: published jobs, or with mine=1 all jobs of the caller's employers.
func (c *call) jobScope() (engine.Scope, error) {
	mine, err := c.isSet("mine")
	if err != nil || !mine {
		return search.Published(), err
	}
	if c.auth() == nil {
		return engine.Scope{}, unauthorized(c)
	}
	id := quoted(c.auth().Id)
	list, err := c.list(collections.Employers, url.Values{"filter": {"owner = " + id + " || members ?= " + id},
		"perPage": {"500"}, "fields": {"id"}, "skipTotal": {"1"}})
	if err != nil {
		return engine.Scope{}, err
	}
	var employers []string
	for _, item := range list.Items {
		employer, err := parseObject(item)
		if err != nil {
			return engine.Scope{}, err
		}
		employers = append(employers, employer.text("id"))
	}
	return search.OfEmployers(employers), nil
}

// foundJobs reads the found jobs through the collection's own rule, in the order of the hits.
func (c *call) foundJobs(board *search.Board, found engine.Result) ([]json.RawMessage, error) {
	items := []json.RawMessage{}
	if len(found.Hits) == 0 {
		return items, nil
	}
	ids := make([]string, len(found.Hits))
	for i, hit := range found.Hits {
		ids[i] = hit.ID
	}
	query := url.Values{"filter": {anyOf("id = %s", ids)}, "perPage": {strconv.Itoa(len(ids))}, "skipTotal": {"1"},
		"expand": {c.expandQuery("employer").Get("expand")}}
	if fields := c.QueryParam("fields"); fields != "" {
		query.Set("fields", "id,"+fields)
	}
	list, err := c.list(collections.Jobs, query)
	if err != nil {
		return nil, err
	}
	byID := map[string]*object{}
	for _, item := range list.Items {
		job, err := parseObject(item)
		if err != nil {
			return nil, err
		}
		byID[job.text("id")] = job
	}
	marker := engine.NewMarker(board.Analyzer(), found.Words)
	for _, hit := range found.Hits {
		job, ok := byID[hit.ID]
		if !ok { // gone, or closed, since it was found
			continue
		}
		if len(found.Words.Must) > 0 {
			if err := job.set("score", hit.Score); err != nil {
				return nil, err
			}
			highlights := map[string]string{}
			if title, ok := marker.Mark(job.text("title")); ok {
				highlights["title"] = title
			}
			if snippet, ok := marker.Snippet(text.FromHTML(job.text("description"))); ok {
				highlights["description"] = snippet
			}
			if err := job.set("highlights", highlights); err != nil {
				return nil, err
			}
		}
		raw, err := json.Marshal(job)
		if err != nil {
			return nil, fmt.Errorf("write a job: %w", err)
		}
		items = append(items, raw)
	}
	return items, nil
}

func (c *call) findJobs(conditions ...string) error {
	started := time.Now()
	shown, err := c.publishedConditions()
	if err != nil {
		return err
	}
	conditions = append(conditions, shown)
	if q := c.QueryParam("q"); strings.TrimSpace(q) != "" {
		conditions = append(conditions, like(q, "title", "description", "skills", "employer.name"))
	}
	for name, condition := range map[string]string{
		"location":        "location ~ %s",
		"industry":        "industry = %s || industry.slug = %s",
		"field":           "fields ?= %s || fields.slug ?= %s",
		"skills":          "skills ~ %s",
		"jobType":         "jobType = %s",
		"workplace":       "workplace = %s",
		"experienceLevel": "experienceLevel = %s",
		"employer":        "employer = %s",
		"salaryCurrency":  "salaryCurrency = %s",
	} {
		if values := c.values(name); len(values) > 0 {
			conditions = append(conditions, anyOf(condition, values))
		}
	}
	if raw := c.QueryParam("salaryMin"); raw != "" {
		least, err := strconv.ParseFloat(raw, 64)
		if err != nil || least < 0 {
			return invalid("salaryMin", problem.InvalidValue, "Must be a number.")
		}
		conditions = append(conditions, fmt.Sprintf("salaryMax >= %f || salaryMin >= %f", least, least))
	}
	if raw := c.QueryParam("postedWithin"); raw != "" {
		days, err := strconv.Atoi(raw)
		if err != nil || days < 0 || days > 36_500 {
			return invalid("postedWithin", problem.InvalidValue, "Must be a number of days.")
		}
		since := time.Now().AddDate(0, 0, -days).UTC().Format(types.DefaultDateLayout)
		conditions = append(conditions, "publishedAt >= "+quoted(since))
	}
	query, err := c.listQuery("-publishedAt,-created", conditions...)
	if err != nil {
		return err
	}
	order, ok := map[string]string{
		"": "-publishedAt,-created", "relevance": "-publishedAt,-created", "newest": "-publishedAt,-created",
		"salary": "-salaryMax,-salaryMin", "deadline": "deadline",
	}[c.QueryParam("sort")]
	if !ok {
		return invalid("sort", problem.InvalidValue, "Must be one of relevance, newest, salary, deadline.")
	}
	query.Set("sort", order)
	query.Set("expand", c.expandQuery("employer").Get("expand"))
	list, err := c.list(collections.Jobs, query)
	if err != nil {
		return err
	}
	return c.send(http.StatusOK, jobPage{page: *list, Took: float64(time.Since(started).Microseconds()) / 1000})
}
