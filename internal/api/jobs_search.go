package api

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/problem"
)

// jobPage is the list shape with what a search adds to it.
type jobPage struct {
	page
	Took float64 `json:"took"` // milliseconds
}

func searchJobs(c *call) error { return c.findJobs() }

func listEmployerJobs(c *call) error {
	if _, err := c.view(collections.Employers, c.Param("employer_id"), nil); err != nil {
		return err
	}
	return c.findJobs("employer = " + quoted(c.Param("employer_id")))
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
