package search

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/gazetteer"
	"jobboard/internal/search/engine"
	"jobboard/internal/search/text"
	"jobboard/internal/workflow"
)

// jobRow has the columns of a job that are indexed.
type jobRow struct {
	ID          string         `db:"id"`
	Title       string         `db:"title"`
	Description string         `db:"description"`
	Company     string         `db:"company"`
	Skills      string         `db:"skills"`
	Employer    string         `db:"employer"`
	Status      string         `db:"status"`
	JobType     string         `db:"jobType"`
	Workplace   string         `db:"workplace"`
	Level       string         `db:"experienceLevel"`
	Industry    string         `db:"industry"`
	Fields      string         `db:"fields"`
	Slugs       string         `db:"slugs"` // of industry and fields: [[id, slug], ...]
	Locations   string         `db:"locations"`
	Location    string         `db:"location"`
	Countries   string         `db:"applicantCountries"`
	SalaryMin   float64        `db:"salaryMin"`
	SalaryMax   float64        `db:"salaryMax"`
	Currency    string         `db:"salaryCurrency"`
	Period      string         `db:"salaryPeriod"`
	Published   types.DateTime `db:"publishedAt"`
	Created     types.DateTime `db:"created"`
	Deadline    types.DateTime `db:"deadline"`
}

const jobQuery = `SELECT r.id, r.title, r.description, coalesce(e.name, '') AS company, coalesce(r.skills, '') AS skills,
	r.employer, r.status, r.jobType, r.workplace, r.experienceLevel, r.industry, coalesce(r.fields, '') AS fields,
	coalesce(r.locations, '') AS locations, r.location, coalesce(r.applicantCountries, '') AS applicantCountries,
	CAST(r.salaryMin AS REAL) AS salaryMin, CAST(r.salaryMax AS REAL) AS salaryMax, r.salaryCurrency, r.salaryPeriod,
	r.publishedAt, r.created, r.deadline,
	coalesce((SELECT json_group_array(json_array(f.id, f.slug)) FROM fields_of_interest f WHERE f.id = r.industry
		OR f.id IN (SELECT value FROM json_each(iif(json_valid(r.fields), r.fields, '[]')))), '[]') AS slugs
	FROM jobs r LEFT JOIN employers e ON e.id = r.employer WHERE `

func readJobs(query *dbx.Query) ([]engine.Document, error) {
	var rows []jobRow
	if err := query.All(&rows); err != nil {
		return nil, fmt.Errorf("read jobs for the search index: %w", err)
	}
	docs := make([]engine.Document, len(rows))
	for i := range rows {
		docs[i] = rows[i].document()
	}
	return docs, nil
}

func (r *jobRow) document() engine.Document {
	d := engine.Document{ID: r.ID, Title: r.Title, Company: r.Company, Body: r.Description, Skills: listOf[string](r.Skills),
		Published: r.Published.Time(), Deadline: r.Deadline.Time(), Years: -1}
	if r.Published.IsZero() {
		d.Published = r.Created.Time()
	}
	if deadline := r.Deadline.Time(); r.Status == workflow.Published && !r.Deadline.IsZero() && !deadline.After(time.Now()) {
		r.Status = workflow.Expired // the status that the job will get within a minute
	}
	slug := map[string]string{}
	for _, pair := range listOf[[2]string](r.Slugs) {
		slug[pair[0]] = pair[1]
	}
	var places []gazetteer.Place
	for _, location := range listOf[collections.Location](r.Locations) {
		places = append(places, location.Place())
	}
	values := map[string][]string{
		"status": {r.Status}, "employer": {r.Employer}, "jobType": {r.JobType}, "workplace": {r.Workplace},
		"experienceLevel": {r.Level}, "industry": {slug[r.Industry]}, "industryId": {r.Industry},
		"skills": lower(d.Skills), "place": r.places(&d, places), "currency": {r.Currency},
	}
	for _, id := range listOf[string](r.Fields) {
		values["field"] = append(values["field"], slug[id])
		values["fieldId"] = append(values["fieldId"], id)
	}
	markPlaceless(values, places)
	for field, list := range values {
		values[field] = clean(list)
	}
	d.Values = values
	d.Keywords = r.keywords(places)
	d.Salary = max(r.SalaryMin, r.SalaryMax) * collections.PeriodsPerYear(r.Period)
	return d
}

// markPlaceless sets the values by which documents without a place or a city are found.
func markPlaceless(values map[string][]string, places []gazetteer.Place) {
	if len(places) == 0 {
		values[Placeless] = []string{Placeless}
	}
	if !slices.ContainsFunc(places, func(p gazetteer.Place) bool { return p.City != "" }) {
		values[Cityless] = []string{Cityless}
	}
}

// keywords returns words that people search for but that are often missing in a job's texts: its places, and words such as
// "remote", "part time", "internship" or "entry level".
func (r *jobRow) keywords(places []gazetteer.Place) []string {
	keywords := []string{r.Location}
	for _, p := range places {
		if p.Name != r.Location {
			keywords = append(keywords, p.Name)
		}
	}
	if r.Workplace != "on_site" {
		keywords = append(keywords, r.Workplace)
	}
	keywords = append(keywords, strings.ReplaceAll(r.JobType, "_", " "))
	if r.Level != "" {
		keywords = append(keywords, r.Level+" level")
	}
	return keywords
}

// places returns the document's values for place filters, and sets its coordinates.
func (r *jobRow) places(d *engine.Document, places []gazetteer.Place) []string {
	values := placeTexts(r.Location)
	for _, p := range places {
		if p.Name != r.Location {
			values = append(values, placeTexts(p.Name)...)
		}
		values = append(values, text.Fold(p.City), text.Fold(p.Region), text.Fold(p.Country))
		values = append(values, placeKeys(p)...)
		if p.HasPoint() && p.Lat >= -90 && p.Lat <= 90 && p.Lon >= -180 && p.Lon <= 180 {
			d.Points = append(d.Points, engine.Point{Lat: p.Lat, Lon: p.Lon})
		}
	}
	if r.Workplace == "remote" {
		for _, country := range listOf[string](r.Countries) {
			values = append(values, countryKey(country))
		}
	}
	return values
}

// placeTexts returns the folded name of a place and its parts between commas.
func placeTexts(s string) []string {
	values := []string{text.Fold(strings.TrimSpace(s))}
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ',' || r == ';' }) {
		values = append(values, text.Fold(strings.TrimSpace(part)))
	}
	return values
}

// placeKeys returns the keys of the country, region and city of a known place, in this order.
func placeKeys(p gazetteer.Place) []string {
	var keys []string
	if p.Country != "" {
		keys = append(keys, countryKey(p.Country))
		if p.Region != "" {
			keys = append(keys, "@"+p.Country+"/"+text.Fold(p.Region))
		}
		if p.City != "" {
			keys = append(keys, "@"+p.Country+"//"+text.Fold(p.City))
		}
	}
	return keys
}

func countryKey(code string) string { return "@" + strings.ToUpper(code) }

// listOf parses a JSON list. Rows that were written without the hooks may contain anything else, for which it returns nil.
func listOf[T any](raw string) []T {
	var list []T
	if json.Unmarshal([]byte(raw), &list) != nil {
		return nil
	}
	return list
}

func lower(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = strings.ToLower(strings.TrimSpace(s))
	}
	return out
}

// clean removes strings that cannot be filter values: empty ones and those with separator bytes.
func clean(list []string) []string {
	var out []string
	for _, s := range list {
		if s != "" && !strings.ContainsAny(s, "\x1e\x1f") {
			out = append(out, s)
		}
	}
	return out
}

func jsonOf(ids []string) string {
	raw, err := json.Marshal(ids)
	if err != nil { // impossible for a list of strings
		return "[]"
	}
	return string(raw)
}
