// Package jobposting describes a job as a schema.org JobPosting, complete enough for Google for Jobs
// (https://developers.google.com/search/docs/appearance/structured-data/job-posting).
package jobposting

import (
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/gazetteer"
)

var employmentTypes = map[string]string{
	"full_time": "FULL_TIME", "part_time": "PART_TIME", "contract": "CONTRACTOR", "temporary": "TEMPORARY",
	"internship": "INTERN", "volunteer": "VOLUNTEER",
}

// New describes a job of an employer. boardURL is the board's public address without a trailing slash, address the job's own page.
// A job that takes no more applications has a validThrough in the past, as Google demands.
func New(job, employer *core.Record, boardURL, address string) (map[string]any, error) {
	var places []collections.Location
	if err := job.UnmarshalJSONField("locations", &places); err != nil {
		return nil, fmt.Errorf("read the locations of job %s: %w", job.Id, err)
	}
	var countries, skills []string
	if err := job.UnmarshalJSONField("applicantCountries", &countries); err != nil {
		return nil, fmt.Errorf("read the applicant countries of job %s: %w", job.Id, err)
	}
	if err := job.UnmarshalJSONField("skills", &skills); err != nil {
		return nil, fmt.Errorf("read the skills of job %s: %w", job.Id, err)
	}
	posting := map[string]any{
		"@context":           "https://schema.org/",
		"@type":              "JobPosting",
		"title":              job.GetString("title"),
		"description":        job.GetString("description"),
		"datePosted":         datePosted(job),
		"employmentType":     employmentTypes[job.GetString("jobType")],
		"identifier":         map[string]any{"@type": "PropertyValue", "name": employer.GetString("name"), "value": job.Id},
		"hiringOrganization": organization(employer, boardURL),
		"directApply":        job.GetString("applyMethod") == collections.ApplyOnBoard,
		"url":                address,
	}
	if until := validThrough(job); until != "" {
		posting["validThrough"] = until
	}
	if list := jobLocation(places); len(list) > 0 {
		posting["jobLocation"] = list
	}
	if job.GetString("workplace") == "remote" {
		posting["jobLocationType"] = "TELECOMMUTE"
		if len(countries) == 0 { // without a list, those of the places
			for _, p := range places {
				countries = append(countries, p.Country)
			}
		}
		if list := requirements(countries); len(list) > 0 {
			posting["applicantLocationRequirements"] = list
		}
	}
	if salary := baseSalary(job); salary != nil {
		posting["baseSalary"] = salary
	}
	if len(skills) > 0 {
		posting["skills"] = strings.Join(skills, ", ")
	}
	return posting, nil
}

// HasWhatGoogleRequires reports whether a posting has every property that Google requires: one without them, such as a remote job
// that names no country, counts as an error of the whole board there and is better left out of its page.
func HasWhatGoogleRequires(posting map[string]any) bool {
	for _, name := range []string{"title", "description", "datePosted"} {
		if text, _ := posting[name].(string); strings.TrimSpace(text) == "" {
			return false
		}
	}
	employer, _ := posting["hiringOrganization"].(map[string]any)
	if name, _ := employer["name"].(string); name == "" {
		return false
	}
	return posting["jobLocation"] != nil || posting["jobLocationType"] != nil && posting["applicantLocationRequirements"] != nil
}

func timestamp(record *core.Record, field string) string {
	at := record.GetDateTime(field)
	if at.IsZero() {
		return ""
	}
	return at.Time().UTC().Format(time.RFC3339)
}

// datePosted returns when the job was posted: when it was first published, or last published anew (workflow.IsPostedAnew).
func datePosted(job *core.Record) string {
	for _, field := range []string{"postedAt", "firstPublishedAt"} {
		if at := timestamp(job, field); at != "" {
			return at
		}
	}
	return timestamp(job, "publishedAt")
}

func validThrough(job *core.Record) string {
	if closed := timestamp(job, "closedAt"); closed != "" && job.GetString("status") != "published" {
		return closed
	}
	return timestamp(job, "deadline")
}

func organization(employer *core.Record, boardURL string) map[string]any {
	organization := map[string]any{"@type": "Organization", "name": employer.GetString("name")}
	if website := employer.GetString("website"); website != "" {
		organization["sameAs"] = website
	}
	if logo := employer.GetString("logo"); logo != "" {
		organization["logo"] = boardURL + "/api/files/" + employer.BaseFilesPath() + "/" + logo
	}
	return organization
}

// jobLocation returns the places as PostalAddresses, without those of an unknown country, which Google refuses.
func jobLocation(places []collections.Location) []any {
	var list []any
	for _, p := range places {
		if p.Country == "" {
			continue
		}
		address := map[string]any{"@type": "PostalAddress", "addressCountry": p.Country}
		if p.City != "" {
			address["addressLocality"] = p.City
		}
		if p.Region != "" {
			address["addressRegion"] = p.Region
		}
		location := map[string]any{"@type": "Place", "address": address}
		if p.Lat != nil && p.Lon != nil {
			location["geo"] = map[string]any{"@type": "GeoCoordinates", "latitude": *p.Lat, "longitude": *p.Lon}
		}
		list = append(list, location)
	}
	return list
}

func requirements(codes []string) []any {
	var list []any
	seen := map[string]bool{}
	for _, code := range codes {
		if name := gazetteer.CountryName(code); name != "" && !seen[code] {
			seen[code] = true
			list = append(list, map[string]any{"@type": "Country", "name": name})
		}
	}
	return list
}

// baseSalary returns nil unless amount, currency and period are known.
func baseSalary(job *core.Record) map[string]any {
	least, most := job.GetFloat("salaryMin"), job.GetFloat("salaryMax")
	currency, period := job.GetString("salaryCurrency"), job.GetString("salaryPeriod")
	if least == 0 && most == 0 || currency == "" || period == "" {
		return nil
	}
	value := map[string]any{"@type": "QuantitativeValue", "unitText": strings.ToUpper(period)}
	switch {
	case least == 0:
		value["maxValue"] = most
	case most == 0:
		value["minValue"] = least
	case least == most:
		value["value"] = least
	default:
		value["minValue"], value["maxValue"] = least, most
	}
	return map[string]any{"@type": "MonetaryAmount", "currency": currency, "value": value}
}
