package formats

import (
	"cmp"
	"strings"

	"jobboard/internal/transfer/values"
)

// recruiteeOffer is an offer of the careers site API (https://COMPANY.recruitee.com/api/offers/).
type recruiteeOffer struct {
	ID           text                    `json:"id"`
	Title        text                    `json:"title"`
	Status       text                    `json:"status"`
	Company      text                    `json:"company_name"`
	Description  text                    `json:"description"`
	Requirements text                    `json:"requirements"`
	Locations    many[recruiteeLocation] `json:"locations"`
	recruiteeLocation
	Location   text                    `json:"location"`
	Remote     truth                   `json:"remote"`
	Hybrid     truth                   `json:"hybrid"`
	OnSite     truth                   `json:"on_site"`
	Type       text                    `json:"employment_type_code"`
	Experience text                    `json:"experience_code"`
	Category   text                    `json:"category_code"`
	Department text                    `json:"department"`
	Salary     object[recruiteeSalary] `json:"salary"`
	Published  text                    `json:"published_at"`
	Created    text                    `json:"created_at"`
	Closes     text                    `json:"close_at"`
	Page       text                    `json:"careers_url"`
	Apply      text                    `json:"careers_apply_url"`
}

type recruiteeLocation struct {
	City        text `json:"city"`
	State       text `json:"state"`
	Country     text `json:"country"`
	CountryCode text `json:"country_code"`
}

type recruiteeSalary struct {
	Min      amount `json:"min"`
	Max      amount `json:"max"`
	Currency text   `json:"currency"`
	Period   text   `json:"period"`
}

func convertRecruitee(offer *recruiteeOffer, r *row, _ item) {
	r.set("externalId", string(offer.ID))
	r.set("title", string(offer.Title))
	if offer.Status != "" && offer.Status != "published" {
		r.skip("it is " + values.Text(string(offer.Status)))
	}
	r.Company = values.Text(string(offer.Company))
	r.description(values.Section{Body: string(offer.Description)}, values.Section{Heading: "Requirements", Body: string(offer.Requirements)})
	locations := offer.Locations
	if len(locations) == 0 {
		locations = many[recruiteeLocation]{offer.recruiteeLocation}
	}
	for _, location := range locations {
		r.place(string(location.City), string(location.State), string(cmp.Or(location.CountryCode, location.Country)))
	}
	if len(r.places) == 0 {
		r.placeText(string(offer.Location))
	}
	switch { // a job may be several
	case offer.Hybrid.yes, offer.Remote.yes && offer.OnSite.yes:
		r.Values["workplace"] = "hybrid"
	case offer.Remote.yes:
		r.Values["workplace"] = "remote"
	case offer.OnSite.yes, offer.Remote.given:
		r.Values["workplace"] = "on_site"
	}
	r.jobType(string(offer.Type))
	r.level(string(offer.Experience))
	r.interests(string(offer.Department), strings.ReplaceAll(string(offer.Category), "_", " "))
	salary := offer.Salary.is
	r.pay(float64(salary.Min), float64(salary.Max), string(salary.Currency), string(salary.Period))
	r.published(string(offer.Published), string(offer.Created))
	r.deadline(string(offer.Closes))
	r.applyAt(string(offer.Apply), string(offer.Page))
}
