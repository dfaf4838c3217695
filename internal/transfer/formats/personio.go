package formats

import (
	"io"
	"iter"
	"net/url"
	"strings"

	"jobboard/internal/transfer/values"
)

// personioPosition is a position of https://COMPANY.jobs.personio.de/xml, see
// https://developer.personio.de/docs/retrieving-open-job-positions.
type personioPosition struct {
	ID           string   `xml:"id"`
	Name         string   `xml:"name"`
	Subcompany   string   `xml:"subcompany"`
	Office       string   `xml:"office"`
	Offices      []string `xml:"additionalOffices>office"`
	Department   string   `xml:"department"`
	Descriptions []struct {
		Name  string `xml:"name"`
		Value string `xml:"value"`
	} `xml:"jobDescriptions>jobDescription"`
	Type       string `xml:"employmentType"`
	Schedule   string `xml:"schedule"`
	Seniority  string `xml:"seniority"`
	Occupation string `xml:"occupation"`
	Keywords   string `xml:"keywords"`
	Salary     struct {
		Min      string `xml:"min"`
		Max      string `xml:"max"`
		Currency string `xml:"currencyCode"`
		Type     string `xml:"type"`
	} `xml:"salaryInformation"`
	Created string `xml:"createdAt"`
}

func readPersonio(file io.Reader, options Options) iter.Seq2[*Job, error] {
	return func(yield func(*Job, error) bool) {
		for line, position := range elements[personioPosition](file, options, "position", "workzag-jobs", "positions", "jobs") {
			if position.err != nil {
				yield(nil, position.err)
				return
			}
			r := newRow(line, options)
			convertPersonio(position.value, r)
			if !yield(r.done(), nil) {
				return
			}
		}
	}
}

func convertPersonio(position *personioPosition, r *row) {
	r.set("externalId", position.ID)
	r.set("title", position.Name)
	r.Company = values.Text(position.Subcompany)
	var sections []values.Section
	for _, part := range position.Descriptions {
		if !personioContact(part.Name) {
			sections = append(sections, values.Section{Heading: part.Name, Body: part.Value})
		}
	}
	r.description(sections...)
	for _, office := range append([]string{position.Office}, position.Offices...) {
		r.placeText(office)
	}
	r.jobType(position.Type+" "+position.Schedule, position.Type, position.Schedule)
	r.level(position.Seniority)
	r.interests(position.Department, strings.ReplaceAll(position.Occupation, "_", " "))
	r.skills(splitList(position.Keywords))
	low, _ := values.Number(position.Salary.Min)
	high, _ := values.Number(position.Salary.Max)
	r.pay(low, high, position.Salary.Currency, position.Salary.Type)
	r.published(position.Created)
	if page, err := url.Parse(r.page); err == nil && page.Host != "" && values.Text(position.ID) != "" {
		r.applyAt(page.Scheme + "://" + page.Host + "/job/" + url.PathEscape(values.Text(position.ID)))
	}
}

// personioContact reports whether a part of a description is about the contact person, whose data is no part of the job.
func personioContact(heading string) bool {
	heading = strings.ToLower(strings.ReplaceAll(heading, "_", " "))
	return strings.Contains(heading, "contact person") || strings.Contains(heading, "ansprechpartner") ||
		strings.Contains(heading, "ansprechperson")
}

// splitList splits a text at commas, semicolons and bars.
func splitList(text string) []string {
	var parts []string
	for _, part := range strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(",;|\n", c) }) {
		if part = values.Text(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}
