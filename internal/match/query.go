package match

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/gazetteer"
	"jobboard/internal/search/text"
)

// Document is a job as a saved search looks at it.
type Document struct {
	Job
	Title    string
	Company  string
	Employer string // id
	location string
	industry []string // id and slug
	fields   []string // ids and slugs
	stems    map[string]bool
	salary   struct {
		max      float64
		currency string
	}
}

// Query is the query of a saved search: the parameters of GET /api/jobs/search/ that choose jobs. Those that only order
// or count them (sort, page, facets ...) are left out, since a digest does neither.
type Query struct {
	stems                                []string
	location                             []string
	near                                 *Point
	radius                               float64 // km
	industry, field, skills, jobType     []string
	workplace, experienceLevel, employer []string
	salaryMin                            float64
	salaryCurrency                       string
	postedWithin                         int // days
}

// analyzer is that of the default language; saved searches compare a job with themselves alone, so any one serves.
var analyzer = sync.OnceValues(func() (*text.Analyzer, error) { return text.New("en", "") })

// ParseQuery reads the JSON object of a saved search. A value may be a string (commas mean OR), a number or a list.
func ParseQuery(raw string) (Query, error) {
	var values map[string]any
	if err := json.Unmarshal([]byte(raw), &values); err != nil {
		return Query{}, fmt.Errorf("read the query: %w", err)
	}
	list := func(name string) []string { return listOf(values[name]) }
	number := func(name string) float64 {
		n, err := strconv.ParseFloat(strings.Join(list(name), ""), 64)
		if err != nil {
			return 0
		}
		return n
	}
	q := Query{
		location: list("location"),
		industry: list("industry"), field: list("field"), skills: lower(list("skills")), jobType: list("jobType"),
		workplace: list("workplace"), experienceLevel: list("experienceLevel"), employer: list("employer"),
		salaryMin: number("salaryMin"), salaryCurrency: strings.Join(list("salaryCurrency"), ""),
		radius: number("radius"), postedWithin: int(number("postedWithin")),
	}
	if place, ok := values["location"].(string); ok && strings.TrimSpace(place) != "" {
		q.location = []string{strings.TrimSpace(place)} // a comma is part of "Berlin, Germany"
	}
	if q.radius == 0 {
		q.radius = nearKm
	}
	if near := list("near"); len(near) == 2 {
		lat, errLat := strconv.ParseFloat(near[0], 64)
		lon, errLon := strconv.ParseFloat(near[1], 64)
		if errLat != nil || errLon != nil {
			return Query{}, fmt.Errorf("near must be latitude,longitude, not %q", near)
		}
		q.near = &Point{Lat: lat, Lon: lon}
	}
	words, _ := values["q"].(string)
	stems, err := stemsOf(text.QueryTokens(words), true)
	if err != nil {
		return Query{}, err
	}
	q.stems = stems
	return q, nil
}

// Answers tells whether a job answers the query: every parameter that is given must hold.
func (q Query) Answers(d Document) bool {
	for _, stem := range q.stems {
		if !d.stems[stem] {
			return false
		}
	}
	return anyOf(q.jobType, d.JobType) && anyOf(q.workplace, d.Workplace) && anyOf(q.experienceLevel, d.Level) &&
		anyOf(q.employer, d.Employer) && anyOf(q.industry, d.industry...) && anyOf(q.field, d.fields...) &&
		anyOf(q.skills, d.Skills...) && q.placeAnswers(d) && q.salaryAnswers(d) &&
		(q.postedWithin == 0 || d.PublishedAt >= time.Now().UTC().AddDate(0, 0, -q.postedWithin).Format("2006-01-02 15:04:05"))
}

func (q Query) placeAnswers(d Document) bool {
	if q.near != nil && !slices.ContainsFunc(d.Places, func(at Place) bool {
		return at.Lat != nil && at.Lon != nil && gazetteer.Distance(*at.Lat, *at.Lon, q.near.Lat, q.near.Lon) <= q.radius
	}) {
		return false
	}
	return len(q.location) == 0 || slices.ContainsFunc(q.location, func(wanted string) bool {
		return strings.Contains(strings.ToLower(d.location), strings.ToLower(wanted)) ||
			slices.ContainsFunc(d.Places, func(at Place) bool { return within(at, wanted) })
	})
}

func (q Query) salaryAnswers(d Document) bool {
	return (q.salaryCurrency == "" || q.salaryCurrency == d.salary.currency) && (q.salaryMin == 0 || d.salary.max >= q.salaryMin)
}

func anyOf(wanted []string, has ...string) bool {
	return len(wanted) == 0 || slices.ContainsFunc(wanted, func(w string) bool { return slices.Contains(has, w) })
}

func listOf(value any) []string {
	var list []string
	switch v := value.(type) {
	case string:
		for _, part := range strings.Split(v, ",") {
			if part = strings.TrimSpace(part); part != "" {
				list = append(list, part)
			}
		}
	case float64:
		list = []string{strconv.FormatFloat(v, 'f', -1, 64)}
	case []any:
		for _, item := range v {
			list = append(list, listOf(item)...)
		}
	}
	return list
}

func lower(list []string) []string {
	for i := range list {
		list[i] = strings.ToLower(list[i])
	}
	return list
}

// stemsOf returns the stems of tokens; a query drops the stopwords unless nothing else is left.
func stemsOf(tokens []text.Token, query bool) ([]string, error) {
	a, err := analyzer()
	if err != nil {
		return nil, fmt.Errorf("make the analyzer: %w", err)
	}
	var all, telling []string
	for _, token := range tokens {
		stem := a.Stem(token.Form)
		all = append(all, stem)
		if !a.IsStopword(token.Form) {
			telling = append(telling, stem)
		}
	}
	if query && len(telling) > 0 {
		return telling, nil
	}
	return all, nil
}

// DocumentOf reads one job for saved searches.
func DocumentOf(app core.App, job *core.Record) (Document, error) {
	documents, err := DocumentsOf(app, []*core.Record{job})
	if err != nil {
		return Document{}, err
	}
	return documents[0], nil
}

// DocumentsOf reads jobs for saved searches, in the given order.
func DocumentsOf(app core.App, jobs []*core.Record) ([]Document, error) {
	slugs, err := loadColumn(app, collections.FieldsOfInterest, "slug")
	if err != nil {
		return nil, err
	}
	employers := make([]string, len(jobs))
	for i, job := range jobs {
		employers[i] = job.GetString("employer")
	}
	slices.Sort(employers)
	found, err := app.FindRecordsByIds(collections.Employers, slices.Compact(employers))
	if err != nil {
		return nil, fmt.Errorf("find the employers of the jobs: %w", err)
	}
	companies := map[string]string{}
	for _, employer := range found {
		companies[employer.Id] = employer.GetString("name")
	}
	documents := make([]Document, len(jobs))
	for i, record := range jobs {
		job, err := JobOf(record)
		if err != nil {
			return nil, err
		}
		d := Document{
			Job: job, Title: record.GetString("title"), Employer: record.GetString("employer"),
			Company: companies[record.GetString("employer")], location: record.GetString("location"), stems: map[string]bool{},
		}
		for _, id := range job.Fields {
			d.fields = append(d.fields, id, slugs[id])
		}
		if id := record.GetString("industry"); id != "" {
			d.industry = []string{id, slugs[id]}
		}
		d.salary.max = max(record.GetFloat("salaryMax"), record.GetFloat("salaryMin"))
		d.salary.currency = record.GetString("salaryCurrency")
		stems, err := stemsOf(text.Tokens(strings.Join([]string{
			d.Title, d.Company, strings.Join(job.Skills, " "), text.FromHTML(record.GetString("description")),
		}, "\n")), false)
		if err != nil {
			return nil, err
		}
		for _, stem := range stems {
			d.stems[stem] = true
		}
		documents[i] = d
	}
	return documents, nil
}
