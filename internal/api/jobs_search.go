package api

import (
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
)

func searchJobs(c *call) error {
	// a filter in PocketBase's language is the database's to answer
	if c.QueryParam("filter") != "" {
		return c.findJobs()
	}
	return c.searchIndexedJobs(c.QueryParams())
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
	return c.searchIndexedJobs(params)
}

func (c *call) searchIndexedJobs(params url.Values) error {
	scope, err := c.jobScope()
	if err != nil {
		return err
	}
	return c.search(searched{kind: search.Jobs, parse: search.ParseJobs, scope: scope,
		collection: collections.Jobs, expand: "employer", title: "title", body: "description"}, params)
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
	employers, err := c.ownEmployers()
	return search.OfEmployers(employers), err
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
	return c.send(http.StatusOK, foundPage{page: *list, Items: list.Items, Took: float64(time.Since(started).Microseconds()) / 1000})
}
