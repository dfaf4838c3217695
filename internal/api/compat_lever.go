package api

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"jobboard/internal/problem"
	searchtext "jobboard/internal/search/text"
)

// The shapes below are those of Lever's Postings API: https://github.com/lever/postings-api
type (
	leverPosting struct {
		ID                   string          `json:"id"`
		Text                 string          `json:"text"`
		Categories           leverCategories `json:"categories"`
		Country              *string         `json:"country"`
		WorkplaceType        string          `json:"workplaceType"`
		Opening              string          `json:"opening"`
		OpeningPlain         string          `json:"openingPlain"`
		Description          string          `json:"description"`
		DescriptionPlain     string          `json:"descriptionPlain"`
		DescriptionBody      string          `json:"descriptionBody"`
		DescriptionBodyPlain string          `json:"descriptionBodyPlain"`
		Lists                []struct{}      `json:"lists"`
		Additional           string          `json:"additional"`
		AdditionalPlain      string          `json:"additionalPlain"`
		HostedURL            string          `json:"hostedUrl"`
		ApplyURL             string          `json:"applyUrl"`
		CreatedAt            int64           `json:"createdAt"` // milliseconds
		SalaryRange          *leverSalary    `json:"salaryRange,omitempty"`
	}
	leverCategories struct {
		Commitment   string   `json:"commitment,omitempty"`
		Department   string   `json:"department,omitempty"`
		Level        string   `json:"level,omitempty"`
		Location     string   `json:"location,omitempty"`
		Team         string   `json:"team,omitempty"`
		AllLocations []string `json:"allLocations"`
	}
	leverSalary struct {
		Currency string  `json:"currency"`
		Interval string  `json:"interval"`
		Min      float64 `json:"min"`
		Max      float64 `json:"max"`
	}
	leverGroup struct {
		Title    string         `json:"title"`
		Postings []leverPosting `json:"postings"`
	}
)

// leverGroups lists the values of group.
var leverGroups = []string{"location", "commitment", "team", "department"}

var (
	leverWorkplaces = map[string]string{"on_site": "on-site", "hybrid": "hybrid", "remote": "remote", "": "unspecified"}
	leverIntervals  = map[string]string{
		"hour": "per-hour-wage", "day": "per-day-wage", "week": "per-week-salary", "month": "per-month-salary", "year": "per-year-salary",
	}
)

// leverFilters are the parameters by which postings can be narrowed, and the values of a posting that each compares.
var leverFilters = map[string]func(leverCategories) []string{
	"location":   func(c leverCategories) []string { return append([]string{c.Location}, c.AllLocations...) },
	"commitment": func(c leverCategories) []string { return []string{c.Commitment} },
	"team":       func(c leverCategories) []string { return []string{c.Team} },
	"department": func(c leverCategories) []string { return []string{c.Department} },
	"level":      func(c leverCategories) []string { return []string{c.Level} },
}

func listLeverPostings(c *call) error {
	if err := c.checkLeverMode(); err != nil {
		return err
	}
	group := c.QueryParam("group")
	if group != "" && !slices.Contains(leverGroups, group) {
		return invalid("group", problem.InvalidValue, "Must be one of "+strings.Join(leverGroups, ", ")+".")
	}
	skip, err := c.count("skip", 0)
	if err != nil {
		return err
	}
	limit, err := c.count("limit", -1)
	if err != nil {
		return err
	}
	board, err := c.compatBoardOf(c.Param("employer_slug"))
	if err != nil {
		return err
	}
	postings, err := board.leverPostings(skip, limit)
	if err != nil {
		return err
	}
	if group == "" {
		return c.sendCompat(postings, "")
	}
	return c.sendCompat(groupPostings(postings, leverFilters[group]), "")
}

func viewLeverPosting(c *call) error {
	if err := c.checkLeverMode(); err != nil {
		return err
	}
	board, err := c.compatBoardOf(c.Param("employer_slug"))
	if err != nil {
		return err
	}
	job, err := board.view(c.Param("job_id"))
	if err != nil {
		return err
	}
	return c.sendCompat(newLeverPosting(job), "")
}

func (c *call) checkLeverMode() error {
	if mode := c.QueryParam("mode"); mode != "" && !strings.EqualFold(mode, "json") {
		return invalid("mode", problem.InvalidValue, "Must be json.")
	}
	return nil
}

// count returns the value of a parameter that is a number of things.
func (c *call) count(name string, otherwise int) (int, error) {
	raw := c.QueryParam(name)
	if raw == "" {
		return otherwise, nil
	}
	value, err := strconv.ParseInt(raw, 10, 32)
	if err != nil || value < 0 {
		return 0, invalid(name, problem.InvalidValue, "Must be a whole number from 0.")
	}
	return int(value), nil
}

// leverPostings returns the postings that the caller asks for. Filters compare what only the postings have, so all of them are read.
func (b *compatBoard) leverPostings(skip, limit int) ([]leverPosting, error) {
	wanted := map[string][]string{}
	for name := range leverFilters {
		if values := b.QueryParams()[name]; len(values) > 0 {
			if len(values) > maxValues {
				return nil, invalid(name, problem.InvalidValue, fmt.Sprintf("Must be at most %d values.", maxValues))
			}
			wanted[name] = values
		}
	}
	from, most := skip, limit
	if len(wanted) > 0 {
		from, most = 0, -1
	}
	jobs, err := b.jobs(from, most)
	if err != nil {
		return nil, err
	}
	postings := make([]leverPosting, 0, len(jobs))
	for _, job := range jobs {
		if posting := newLeverPosting(job); posting.meets(wanted) {
			postings = append(postings, posting)
		}
	}
	if len(wanted) == 0 {
		return postings, nil
	}
	postings = postings[min(skip, len(postings)):]
	if limit >= 0 {
		postings = postings[:min(limit, len(postings))]
	}
	return postings, nil
}

// meets reports whether the posting has one of the wanted values of each filter, in any case of letters.
func (p leverPosting) meets(wanted map[string][]string) bool {
	for name, values := range wanted {
		has := leverFilters[name](p.Categories)
		if !slices.ContainsFunc(values, func(value string) bool {
			return slices.ContainsFunc(has, func(one string) bool { return strings.EqualFold(one, value) })
		}) {
			return false
		}
	}
	return true
}

// groupPostings groups postings by a category, in the order in which its values first come.
func groupPostings(postings []leverPosting, by func(leverCategories) []string) []leverGroup {
	groups := []leverGroup{}
	for _, posting := range postings {
		title := by(posting.Categories)[0]
		at := slices.IndexFunc(groups, func(g leverGroup) bool { return g.Title == title })
		if at < 0 {
			at = len(groups)
			groups = append(groups, leverGroup{Title: title})
		}
		groups[at].Postings = append(groups[at].Postings, posting)
	}
	return groups
}

func newLeverPosting(job compatJob) leverPosting {
	plain := strings.Join(strings.Fields(searchtext.FromHTML(job.Description)), " ")
	posting := leverPosting{
		ID: job.ID, Text: job.Title, WorkplaceType: leverWorkplaces[job.Workplace],
		Description: job.Description, DescriptionPlain: plain, DescriptionBody: job.Description, DescriptionBodyPlain: plain,
		Lists: []struct{}{}, HostedURL: job.page, ApplyURL: job.apply, CreatedAt: job.firstPublished().UnixMilli(),
		Categories: leverCategories{
			Commitment: compatWords[job.JobType], Department: job.department, Level: compatWords[job.ExperienceLevel],
			AllLocations: job.places(),
		},
	}
	if len(job.teams) > 0 {
		posting.Categories.Team = job.teams[0]
	}
	if places := posting.Categories.AllLocations; len(places) > 0 {
		posting.Categories.Location = places[0]
	} else if job.Workplace == "remote" {
		posting.Categories.Location = compatWords[job.Workplace]
	}
	for _, place := range job.Locations {
		if place.Country != "" {
			posting.Country = &place.Country
			break
		}
	}
	if least, most, named := job.pay(); named && job.SalaryPeriod != "" {
		posting.SalaryRange = &leverSalary{job.SalaryCurrency, leverIntervals[job.SalaryPeriod], least, most}
	}
	return posting
}
