package formats

import (
	"html"
	"strings"

	"jobboard/internal/transfer/values"
)

// greenhouseJob is a job of the Job Board API (https://developers.greenhouse.io/job-board.html), asked for with content=true and
// pay_transparency=true.
type greenhouseJob struct {
	ID            text                `json:"id"`
	InternalJobID *text               `json:"internal_job_id"` // null for a prospect post, which is no job
	Title         text                `json:"title"`
	CompanyName   text                `json:"company_name"`
	Content       text                `json:"content"` // HTML with escaped entities
	Location      object[named]       `json:"location"`
	Offices       many[greenOffice]   `json:"offices"`
	Departments   many[named]         `json:"departments"`
	Metadata      many[greenhouseKV]  `json:"metadata"`
	Pay           many[greenhousePay] `json:"pay_input_ranges"`
	Published     text                `json:"first_published"`
	Deadline      text                `json:"application_deadline"`
	Page          text                `json:"absolute_url"`
}

type greenOffice struct {
	Location text `json:"location"`
}

type greenhouseKV struct {
	Name  text       `json:"name"`
	Value many[text] `json:"value"`
}

type greenhousePay struct {
	Min      amount `json:"min_cents"`
	Max      amount `json:"max_cents"`
	Currency text   `json:"currency_type"`
	Title    text   `json:"title"`
}

func convertGreenhouse(job *greenhouseJob, r *row, it item) {
	r.set("externalId", string(job.ID))
	r.set("title", string(job.Title))
	if job.InternalJobID == nil && strings.Contains(string(it.raw), `"internal_job_id"`) {
		r.skip("it is a prospect post, not a job")
	}
	r.Company = values.Text(string(job.CompanyName))
	r.description(values.Section{Body: html.UnescapeString(string(job.Content))})
	if job.Content == "" {
		r.note("description", "not given; ask for it with ?content=true")
	}
	r.placeText(string(job.Location.is.Name))
	if len(r.places) == 0 && !r.remote {
		for _, office := range job.Offices {
			r.placeText(string(office.Location))
		}
	}
	for _, department := range job.Departments {
		r.interests(string(department.Name))
	}
	for _, field := range job.Metadata {
		greenhouseMetadata(r, values.Text(string(field.Name)), field.Value)
	}
	greenhouseSalary(r, job.Pay)
	r.published(string(job.Published))
	r.deadline(string(job.Deadline))
	r.applyAt(string(job.Page))
}

// greenhouseMetadata reads the custom fields that companies commonly use for what the API has no field for.
func greenhouseMetadata(r *row, name string, texts []text) {
	name = strings.ToLower(name)
	for _, text := range texts {
		switch {
		case strings.Contains(name, "employment type"), strings.Contains(name, "job type"), name == "commitment", name == "time type":
			r.jobType(string(text))
		case strings.Contains(name, "workplace"), strings.Contains(name, "remote"), strings.Contains(name, "location type"):
			if yes, known := values.Truth(string(text)); known {
				text = "on site"
				if yes {
					text = "remote"
				}
			}
			r.workplace(string(text))
		case strings.Contains(name, "experience level"), strings.Contains(name, "seniority"):
			r.level(string(text))
		}
	}
}

// greenhouseSalary reads the pay if there is one range, or several in one currency, of which it takes the least and the most. The API
// has no period; a title may name it.
func greenhouseSalary(r *row, ranges []greenhousePay) {
	var low, high amount
	var currency, words string
	for i, pay := range ranges {
		if i > 0 && currency != string(pay.Currency) {
			r.note("salary", "has ranges in several currencies")
			return
		}
		if low == 0 || pay.Min > 0 && pay.Min < low {
			low = pay.Min
		}
		high, currency = max(high, pay.Max), string(pay.Currency)
		words += " " + string(pay.Title) + " "
	}
	r.pay(float64(low)/100, float64(high)/100, currency, values.Period(words))
}
