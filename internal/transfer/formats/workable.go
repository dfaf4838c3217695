package formats

import (
	"cmp"
	"encoding/json"

	"jobboard/internal/transfer/values"
)

// workableJob is a job of the public widget API (https://www.workable.com/api/accounts/ACCOUNT?details=true) or of /spi/v3/jobs.
type workableJob struct {
	Shortcode    text                     `json:"shortcode"`
	Title        text                     `json:"title"`
	State        text                     `json:"state"`
	Description  text                     `json:"description"`
	Requirements text                     `json:"requirements"`
	Benefits     text                     `json:"benefits"`
	Locations    many[workableLocation]   `json:"locations"`
	Location     object[workableLocation] `json:"location"`
	City         text                     `json:"city"`
	Country      text                     `json:"country"`
	Remote       truth                    `json:"telecommuting"`
	Workplace    text                     `json:"workplace_type"`
	Type         text                     `json:"employment_type"`
	Experience   text                     `json:"experience"`
	Department   text                     `json:"department"`
	Function     text                     `json:"function"`
	Industry     text                     `json:"industry"`
	Salary       object[workableSalary]   `json:"salary"`
	Published    text                     `json:"published_on"`
	Created      text                     `json:"created_at"`
	Page         text                     `json:"url"`
	Apply        text                     `json:"application_url"`
}

type workableLocation struct {
	City        text  `json:"city"`
	Region      text  `json:"region"`
	Country     text  `json:"country"`
	CountryCode text  `json:"countryCode"`
	Code        text  `json:"country_code"`
	Hidden      truth `json:"hidden"`
	Workplace   text  `json:"workplace_type"`
	Remote      truth `json:"telecommuting"`
}

type workableSalary struct {
	From     amount `json:"salary_from"`
	To       amount `json:"salary_to"`
	Currency text   `json:"salary_currency"`
}

// workableStates are the values of state that both APIs give to jobs that are not open; the widget API writes the region there.
var workableStates = map[text]bool{"draft": true, "closed": true, "archived": true}

func convertWorkable(job *workableJob, r *row, it item) {
	r.set("externalId", string(job.Shortcode))
	r.set("title", string(job.Title))
	switch {
	case job.State == "draft":
		r.skip("it is a draft")
	case workableStates[job.State]:
		r.closed("it is " + string(job.State))
	}
	var account text
	if json.Unmarshal(it.head["name"], &account) == nil {
		r.Company = values.Text(string(account))
	}
	r.description(values.Section{Body: string(job.Description)}, values.Section{Heading: "Requirements", Body: string(job.Requirements)},
		values.Section{Heading: "Benefits", Body: string(job.Benefits)})
	if job.Description == "" {
		r.note("description", "not given; ask for it with ?details=true")
	}
	workablePlaces(job, r)
	r.workplace(string(job.Workplace), string(job.Location.is.Workplace))
	if (job.Remote.yes || job.Location.is.Remote.yes) && r.Values["workplace"] == nil {
		r.Values["workplace"] = "remote"
	}
	r.jobType(string(job.Type))
	if job.Experience != "Not Applicable" {
		r.level(string(job.Experience))
	}
	r.Industry = values.Text(string(job.Industry))
	r.interests(string(job.Department), string(job.Function))
	r.pay(float64(job.Salary.is.From), float64(job.Salary.is.To), string(job.Salary.is.Currency), "")
	r.published(string(job.Published), string(job.Created))
	r.applyAt(string(job.Apply), string(job.Page))
}

// workablePlaces adds the places of a job but those that the company hides.
func workablePlaces(job *workableJob, r *row) {
	locations := job.Locations
	if len(locations) == 0 {
		locations = many[workableLocation]{job.Location.is}
	}
	hidden := false
	for _, location := range locations {
		if location.Hidden.yes {
			hidden = true
			continue
		}
		country := cmp.Or(location.CountryCode, location.Code, location.Country)
		r.place(string(location.City), string(location.Region), string(country))
	}
	if len(r.places) == 0 && !hidden {
		region := job.State
		if workableStates[region] || region == "published" {
			region = ""
		}
		r.place(string(job.City), string(region), string(job.Country))
	}
}
