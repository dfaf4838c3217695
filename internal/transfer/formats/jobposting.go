package formats

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"slices"

	"jobboard/internal/gazetteer"
	"jobboard/internal/transfer/values"
)

// jobPosting is a JobPosting of https://schema.org/JobPosting, as Google reads it.
type jobPosting struct {
	Identifier   identifier            `json:"identifier"`
	ID           text                  `json:"@id"`
	Title        text                  `json:"title"`
	Name         text                  `json:"name"`
	Description  text                  `json:"description"`
	Organization nameOrObject          `json:"hiringOrganization"`
	Locations    many[jobLocation]     `json:"jobLocation"`
	LocationType many[text]            `json:"jobLocationType"`
	Applicants   many[requiredCountry] `json:"applicantLocationRequirements"`
	Types        many[text]            `json:"employmentType"`
	Salary       baseSalary            `json:"baseSalary"`
	Currency     text                  `json:"salaryCurrency"`
	Industry     nameOrObject          `json:"industry"`
	Skills       many[nameOrObject]    `json:"skills"`
	Category     many[nameOrObject]    `json:"occupationalCategory"`
	Published    text                  `json:"datePosted"`
	Until        text                  `json:"validThrough"`
	Page         text                  `json:"url"`
}

// identifier is a text, or a PropertyValue.
type identifier string

func (i *identifier) UnmarshalJSON(raw []byte) error {
	var properties many[struct {
		Value text `json:"value"`
		ID    text `json:"@id"`
	}]
	var plain many[text]
	if err := errors.Join(json.Unmarshal(raw, &properties), json.Unmarshal(raw, &plain)); err != nil {
		return err
	}
	var found []text
	for _, property := range properties {
		found = append(found, property.Value, property.ID)
	}
	*i = identifier(cmp.Or(append(found, plain...)...))
	return nil
}

// nameOrObject is a text, or an object with a name.
type nameOrObject string

func (n *nameOrObject) UnmarshalJSON(raw []byte) error {
	var objects many[named]
	var plain many[text]
	if err := errors.Join(json.Unmarshal(raw, &objects), json.Unmarshal(raw, &plain)); err != nil {
		return err
	}
	var found []text
	for _, object := range objects {
		found = append(found, object.Name)
	}
	*n = nameOrObject(cmp.Or(append(found, plain...)...))
	return nil
}

// jobLocation is a Place with an address, an address, or a text.
type jobLocation struct {
	plain   text
	name    text
	address linkedAddress
}

// linkedAddress is a PostalAddress, whose country may be an object.
type linkedAddress struct {
	City    nameOrObject `json:"addressLocality"`
	Region  nameOrObject `json:"addressRegion"`
	Country nameOrObject `json:"addressCountry"`
}

func (l *jobLocation) UnmarshalJSON(raw []byte) error {
	*l = jobLocation{}
	if raw[0] != '{' {
		return l.plain.UnmarshalJSON(raw)
	}
	var place struct {
		Name    text            `json:"name"`
		Address json.RawMessage `json:"address"`
		linkedAddress
	}
	if err := json.Unmarshal(raw, &place); err != nil {
		return err
	}
	l.name, l.address = place.Name, place.linkedAddress
	if len(place.Address) == 0 {
		return nil
	}
	var plain many[text]
	var address many[linkedAddress]
	if err := errors.Join(json.Unmarshal(place.Address, &plain), json.Unmarshal(place.Address, &address)); err != nil {
		return err
	}
	if len(address) > 0 {
		l.address = address[0]
	}
	if len(plain) > 0 {
		l.plain = plain[0]
	}
	return nil
}

// requiredCountry is where applicants must live: a Country, a State with one, or a text.
type requiredCountry struct {
	name    nameOrObject
	country nameOrObject
	isState bool
}

func (c *requiredCountry) UnmarshalJSON(raw []byte) error {
	*c = requiredCountry{}
	var area struct {
		Type    many[text]            `json:"@type"`
		Address object[linkedAddress] `json:"address"`
	}
	if raw[0] == '{' {
		if err := json.Unmarshal(raw, &area); err != nil {
			return err
		}
	}
	for _, kind := range area.Type {
		c.isState = c.isState || kind == "State" || kind == "City"
	}
	c.country = area.Address.is.Country
	return c.name.UnmarshalJSON(raw)
}

// baseSalary is a MonetaryAmount, a number or a text.
type baseSalary struct {
	plain          text
	currency, unit text
	low, high      amount
}

func (s *baseSalary) UnmarshalJSON(raw []byte) error {
	*s = baseSalary{}
	var amounts many[struct {
		Currency text            `json:"currency"`
		Unit     text            `json:"unitText"`
		Min      amount          `json:"minValue"`
		Max      amount          `json:"maxValue"`
		Value    json.RawMessage `json:"value"`
	}]
	var plain many[text]
	if err := errors.Join(json.Unmarshal(raw, &amounts), json.Unmarshal(raw, &plain)); err != nil {
		return err
	}
	if len(plain) > 0 {
		s.plain = plain[0]
	}
	if len(amounts) == 0 {
		return nil
	}
	first := amounts[0]
	s.currency, s.unit, s.low, s.high = first.Currency, first.Unit, first.Min, first.Max
	var value struct {
		Unit  text   `json:"unitText"`
		Min   amount `json:"minValue"`
		Max   amount `json:"maxValue"`
		Value amount `json:"value"`
	}
	if bytes.HasPrefix(first.Value, []byte("{")) {
		if err := json.Unmarshal(first.Value, &value); err != nil {
			return err
		}
	} else if len(first.Value) > 0 {
		if err := value.Value.UnmarshalJSON(first.Value); err != nil {
			return err
		}
	}
	s.unit = cmp.Or(value.Unit, s.unit)
	s.low, s.high = max(s.low, value.Min), max(s.high, value.Max)
	if s.low == 0 && s.high == 0 {
		s.low, s.high = value.Value, value.Value
	}
	return nil
}

func convertPosting(posting *jobPosting, r *row) {
	r.set("externalId", string(posting.ID))
	r.set("externalId", string(posting.Page))
	r.set("externalId", string(posting.Identifier))
	r.set("title", string(posting.Name))
	r.set("title", string(posting.Title))
	r.Company = values.Text(string(posting.Organization))
	r.description(values.Section{Body: string(posting.Description)})
	for _, location := range posting.Locations {
		if location.address == (linkedAddress{}) {
			r.placeText(string(cmp.Or(location.plain, location.name)))
			continue
		}
		r.place(string(location.address.City), string(location.address.Region), string(location.address.Country))
	}
	for _, kind := range posting.LocationType {
		r.workplace(string(kind))
	}
	postingCountries(posting, r)
	for _, kind := range posting.Types {
		if r.Values["jobType"] == nil && kind != "OTHER" {
			r.jobType(string(kind))
		}
	}
	if salary := posting.Salary; salary.low > 0 || salary.high > 0 {
		currency := cmp.Or(salary.currency, posting.Currency)
		r.pay(float64(salary.low), float64(salary.high), string(currency), string(salary.unit))
	} else if salary.plain != "" {
		r.payText(string(salary.plain + " " + posting.Currency))
	}
	r.Industry = values.Text(string(posting.Industry))
	var skills []string
	for _, skill := range posting.Skills {
		skills = append(skills, splitList(string(skill))...)
	}
	r.skills(skills)
	for _, category := range posting.Category {
		r.interests(string(category))
	}
	r.published(string(posting.Published))
	r.deadline(string(posting.Until))
	r.applyAt(string(posting.Page), r.page)
}

// postingCountries sets where a remote worker may live.
func postingCountries(posting *jobPosting, r *row) {
	var codes []string
	for _, area := range posting.Applicants {
		country := string(area.country)
		if country == "" && !area.isState {
			country = string(area.name)
		}
		code, _, ok := gazetteer.Country(values.Text(country))
		switch {
		case ok && !slices.Contains(codes, code):
			codes = append(codes, code)
		case !ok && country != "":
			r.note("applicantCountries", "%s is no known country", values.Quote(country))
		}
	}
	if len(codes) > 0 {
		r.Values["applicantCountries"] = codes
	}
}
