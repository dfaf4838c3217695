package formats

import (
	"cmp"
	"strings"

	"jobboard/internal/transfer/values"
)

// ashbyJob is a job of the public job posting API (https://developers.ashbyhq.com/docs/public-job-posting-api), asked for with
// includeCompensation=true.
type ashbyJob struct {
	ID          text                      `json:"id"`
	Title       text                      `json:"title"`
	HTML        text                      `json:"descriptionHtml"`
	Plain       text                      `json:"descriptionPlain"`
	Location    text                      `json:"location"`
	Address     object[ashbyAddress]      `json:"address"`
	Secondary   many[ashbyLocation]       `json:"secondaryLocations"`
	Workplace   text                      `json:"workplaceType"`
	Remote      truth                     `json:"isRemote"`
	Listed      truth                     `json:"isListed"`
	Type        text                      `json:"employmentType"`
	Department  text                      `json:"department"`
	Team        text                      `json:"team"`
	Pay         object[ashbyCompensation] `json:"compensation"`
	ShowPay     truth                     `json:"shouldDisplayCompensationOnJobPostings"`
	Published   text                      `json:"publishedAt"`
	Deadline    text                      `json:"applicationDeadline"`
	Page        text                      `json:"jobUrl"`
	Apply       text                      `json:"applyUrl"`
	CompanyName text                      `json:"organizationName"`
}

type ashbyAddress struct {
	Postal object[postalAddress] `json:"postalAddress"`
	postalAddress
}

type postalAddress struct {
	City    text `json:"addressLocality"`
	Region  text `json:"addressRegion"`
	Country text `json:"addressCountry"`
}

type ashbyLocation struct {
	Location text                 `json:"location"`
	Address  object[ashbyAddress] `json:"address"`
}

type ashbyCompensation struct {
	Components many[struct {
		Type     text   `json:"compensationType"`
		Interval text   `json:"interval"`
		Currency text   `json:"currencyCode"`
		Min      amount `json:"minValue"`
		Max      amount `json:"maxValue"`
	}] `json:"summaryComponents"`
}

func convertAshby(job *ashbyJob, r *row, _ item) {
	r.set("externalId", string(job.ID))
	r.set("title", string(job.Title))
	if job.Listed.given && !job.Listed.yes {
		r.skip("it is not listed")
	}
	r.Company = values.Text(string(job.CompanyName))
	r.description(values.Section{Body: string(cmp.Or(job.HTML, job.Plain))})
	ashbyPlace(r, string(job.Location), &job.Address.is)
	for _, location := range job.Secondary {
		ashbyPlace(r, string(location.Location), &location.Address.is)
	}
	r.workplace(string(job.Workplace))
	if job.Remote.yes && r.Values["workplace"] == nil {
		r.Values["workplace"] = "remote"
	}
	r.jobType(string(job.Type))
	r.interests(string(job.Department), string(job.Team))
	ashbySalary(job, r)
	r.published(string(job.Published))
	r.deadline(string(job.Deadline))
	r.applyAt(string(job.Apply), string(job.Page))
}

// ashbySalary sets the pay from the component that is a salary, if the company shows it.
func ashbySalary(job *ashbyJob, r *row) {
	for _, pay := range job.Pay.is.Components {
		if pay.Type != "Salary" || job.ShowPay.given && !job.ShowPay.yes {
			continue
		}
		if count, _, _ := strings.Cut(string(pay.Interval), " "); count != "1" && pay.Interval != "" && pay.Interval != "NONE" {
			r.note("salary", "%s is no period", values.Quote(string(pay.Interval))) // such as "2 WEEK"
			return
		}
		r.pay(float64(pay.Min), float64(pay.Max), string(pay.Currency), string(pay.Interval))
		return
	}
}

func ashbyPlace(r *row, name string, address *ashbyAddress) {
	postal := address.Postal.is
	if postal == (postalAddress{}) {
		postal = address.postalAddress
	}
	if values.RemoteLocation(name) {
		r.remote = true
	}
	if postal.City == "" && (postal.Country == "" || name != "") {
		r.placeText(name)
		return
	}
	r.place(string(postal.City), string(postal.Region), string(postal.Country))
}
