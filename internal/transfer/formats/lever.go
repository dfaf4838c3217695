package formats

import "jobboard/internal/transfer/values"

// leverPosting is a posting of the Postings API (https://github.com/lever/postings-api) in mode=json.
type leverPosting struct {
	ID            text                    `json:"id"`
	Title         text                    `json:"text"`
	State         text                    `json:"state"`
	Opening       text                    `json:"opening"`
	Body          text                    `json:"descriptionBody"`
	Description   text                    `json:"description"` // opening and body together
	Lists         many[leverList]         `json:"lists"`
	Additional    text                    `json:"additional"`
	Categories    object[leverCategories] `json:"categories"`
	Country       text                    `json:"country"`
	Workplace     text                    `json:"workplaceType"`
	Salary        object[leverSalary]     `json:"salaryRange"`
	SalaryDetails text                    `json:"salaryDescription"`
	Created       text                    `json:"createdAt"` // milliseconds
	Page          text                    `json:"hostedUrl"`
	Apply         text                    `json:"applyUrl"`
}

type leverList struct {
	Heading text `json:"text"`
	Items   text `json:"content"` // <li> elements without a list
}

type leverCategories struct {
	Commitment text       `json:"commitment"`
	Team       text       `json:"team"`
	Department text       `json:"department"`
	Location   text       `json:"location"`
	Locations  many[text] `json:"allLocations"`
	Level      text       `json:"level"`
}

type leverSalary struct {
	Min      amount `json:"min"`
	Max      amount `json:"max"`
	Currency text   `json:"currency"`
	Interval text   `json:"interval"`
}

func convertLever(posting *leverPosting, r *row, _ item) {
	r.set("externalId", string(posting.ID))
	r.set("title", string(posting.Title))
	switch state := posting.State; state {
	case "", "published":
	case "closed":
		r.closed("it is closed")
	default:
		r.skip("it is " + values.Text(string(state)))
	}
	leverDescription(posting, r)
	categories := &posting.Categories.is
	places := categories.Locations
	if len(places) == 0 {
		places = many[text]{categories.Location}
	}
	for _, place := range places {
		r.placeText(string(place))
	}
	if len(r.places) == 0 {
		r.place("", "", string(posting.Country))
	}
	r.workplace(string(posting.Workplace))
	r.jobType(string(categories.Commitment))
	if categories.Level != "" {
		r.level(string(categories.Level))
	}
	r.interests(string(categories.Department), string(categories.Team))
	if salary := posting.Salary.is; salary.Interval == "one-time" {
		r.note("salary", `"one-time" is no period`)
	} else {
		r.pay(float64(salary.Min), float64(salary.Max), string(salary.Currency), string(salary.Interval))
	}
	r.published(string(posting.Created))
	r.applyAt(string(posting.Apply), string(posting.Page))
}

// leverDescription joins the parts of a description. The field description holds the first two of them again, in part of the answers
// only.
func leverDescription(posting *leverPosting, r *row) {
	sections := []values.Section{{Body: string(posting.Opening)}, {Body: string(posting.Body)}}
	if posting.Opening == "" && posting.Body == "" {
		sections = []values.Section{{Body: string(posting.Description)}}
	}
	for _, list := range posting.Lists {
		sections = append(sections, values.Section{Heading: string(list.Heading), Body: string(list.Items)})
	}
	r.description(append(sections, values.Section{Body: string(posting.Additional)}, values.Section{Body: string(posting.SalaryDetails)})...)
}
