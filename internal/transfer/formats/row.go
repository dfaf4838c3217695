package formats

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"jobboard/internal/gazetteer"
	"jobboard/internal/transfer/values"
)

const (
	maxPlaces    = 20
	maxPlaceText = 200
	maxAddress   = 2_000
	maxSkills    = 100
	maxSkillText = 100
)

// addressEscapes escapes what may stand in an address but not in an attribute.
var addressEscapes = strings.NewReplacer(`"`, "%22", "'", "%27", "`", "%60", "<", "%3C", ">", "%3E", `\`, "%5C", " ", "%20")

// row builds a job from an item of another system.
type row struct {
	*Job
	places []any
	remote bool // a place says so
	now    time.Time
	page   string // the address of the file
}

func newRow(line int, options Options) *row {
	return &row{Job: &Job{Line: line, Values: map[string]any{}, Defaults: map[string]any{}}, now: time.Now(), page: options.Page}
}

func (r *row) note(field, format string, args ...any) {
	r.Notes = append(r.Notes, Note{field, fmt.Sprintf(format, args...)})
}

// set sets a text on one line, if there is one.
func (r *row) set(field, text string) {
	if text = values.Text(text); text != "" {
		r.Values[field] = text
	}
}

func (r *row) description(sections ...values.Section) {
	if text := values.Sections(sections...); text != "" {
		r.Values["description"] = text
	}
}

// applyAt sets the address where people apply: the first that is one.
func (r *row) applyAt(addresses ...string) {
	for _, address := range addresses {
		address = strings.TrimSpace(address)
		if address == "" || r.ApplyURL != "" {
			continue
		}
		parsed, err := url.Parse(address)
		if err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https" || parsed.User != nil {
			r.note("applyUrl", "%s is no web address", values.Quote(address))
			continue
		}
		if parsed.Scheme == "http" {
			parsed.Scheme = "https"
		}
		if text := addressEscapes.Replace(parsed.String()); len(text) <= maxAddress {
			r.ApplyURL = text
			continue
		}
		r.note("applyUrl", "%s is too long", values.Quote(address))
	}
}

// applyTo sets the e-mail address where people apply.
func (r *row) applyTo(text string) {
	if text = values.Text(text); text == "" {
		return
	}
	address, err := mail.ParseAddress(text)
	if err != nil {
		r.note("applyEmail", "%s is no e-mail address", values.Quote(text))
		return
	}
	r.Values["applyEmail"] = address.Address
}

// published sets when the source published the job.
func (r *row) published(dates ...string) {
	for _, text := range dates {
		date, reason := values.ParseDate(text)
		switch {
		case reason != "":
			r.note("publishedAt", "%s", reason)
		case date.Time.IsZero():
			continue
		case date.Time.After(r.now.Add(24 * time.Hour)):
			r.note("publishedAt", "%s lies in the future", values.Quote(text))
		default:
			r.Values["publishedAt"] = date.Time
			if date.Time.After(r.now) {
				r.Values["publishedAt"] = r.now
			}
		}
		return
	}
}

// deadline sets when applications close. A job whose deadline has passed is none for the board.
func (r *row) deadline(dates ...string) {
	for _, text := range dates {
		date, reason := values.ParseDate(text)
		switch {
		case reason != "":
			r.note("deadline", "%s", reason)
		case date.Time.IsZero():
			continue
		case date.Day && date.Time.AddDate(0, 0, 1).Before(r.now), !date.Day && date.Time.Before(r.now):
			r.skip("its deadline has passed")
		case date.Day:
			r.Values["deadline"] = date.Time.Format(time.DateOnly)
		default:
			r.Values["deadline"] = date.Time
		}
		return
	}
}

func (r *row) skip(reason string) {
	if r.Skipped == "" {
		r.Skipped = reason
	}
}

// choice sets a select field from the texts that may name its value: the first that does. Texts that say nothing are noted.
func (r *row) choice(field string, read func(string) string, texts ...string) {
	said := ""
	for _, text := range texts {
		if text = values.Text(text); text == "" {
			continue
		}
		if value := read(text); value != "" {
			r.Values[field] = value
			return
		}
		if said == "" {
			said = text
		}
	}
	if said != "" {
		r.note(field, "%s is not clear", values.Quote(said))
	}
}

func (r *row) jobType(texts ...string) { r.choice("jobType", values.JobType, texts...) }
func (r *row) level(texts ...string)   { r.choice("experienceLevel", values.Level, texts...) }

func (r *row) workplace(texts ...string) {
	for _, text := range texts {
		value, known := values.Workplace(text)
		switch {
		case value != "":
			r.Values["workplace"] = value
			return
		case !known && values.Text(text) != "":
			r.note("workplace", "%s is not clear", values.Quote(text))
		}
	}
}

// payText sets the pay from a text.
func (r *row) payText(text string) {
	pay, reason := values.ParsePay(text)
	if reason != "" {
		r.note("salary", "%s", reason)
	}
	r.setPay(pay)
}

// pay sets the pay from its parts.
func (r *row) pay(low, high float64, currency, period string) {
	pay := values.Pay{Min: low, Max: high, Currency: values.Currency(currency), Period: values.Period(period)}
	if low == 0 && high == 0 {
		return
	}
	switch {
	case pay.Currency == "" && values.Text(currency) != "":
		r.note("salary", "%s is no currency", values.Quote(currency))
	case pay.Period == "" && values.Text(period) != "" && strings.ToLower(period) != "none":
		r.note("salary", "%s is no period", values.Quote(period))
	default:
		checked, reason := pay.Checked()
		if reason != "" {
			r.note("salary", "%s %s", values.Quote(pay.String()), reason)
		}
		r.setPay(checked)
	}
}

func (r *row) setPay(pay values.Pay) {
	if pay.Min == 0 && pay.Max == 0 {
		return
	}
	// All four together, so that parts of an earlier pay don't stay.
	for field, amount := range map[string]float64{"salaryMin": pay.Min, "salaryMax": pay.Max} {
		r.Values[field] = nil
		if amount > 0 {
			r.Values[field] = amount
		}
	}
	for field, text := range map[string]string{"salaryCurrency": pay.Currency, "salaryPeriod": pay.Period} {
		r.Values[field] = nil
		if text != "" {
			r.Values[field] = text
		}
	}
	if pay.Currency == "" {
		r.note("salaryCurrency", "not given")
	}
}

// placeText adds the places of a text, several of which are separated by semicolons, bars or "or".
func (r *row) placeText(text string) {
	for _, part := range strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(";|\n•", c) }) {
		for _, name := range eitherPlace(values.Text(part)) {
			r.addPlace(name)
		}
	}
}

// eitherPlace splits "Berlin or Munich", if both are places.
func eitherPlace(text string) []string {
	for _, word := range []string{" or ", " oder ", " and ", " und ", " / "} {
		parts := strings.Split(text, word)
		if len(parts) < 2 || slices.ContainsFunc(parts, func(part string) bool { _, ok := gazetteer.Resolve(part); return !ok }) {
			continue
		}
		return parts
	}
	return []string{text}
}

func (r *row) addPlace(name string) {
	name = strings.Trim(name, " ,-–")
	if name == "" {
		return
	}
	if values.RemoteLocation(name) {
		r.remote = true
	}
	place, known := gazetteer.Resolve(name)
	switch {
	case utf8.RuneCountInString(name) > maxPlaceText:
		r.note("locations", "%s is too long for a place", values.Quote(name))
		return
	case known && place.Country == "" && place.Name == gazetteer.Remote:
		return // no place, but a workplace
	case !known:
		r.note("locations", "%s is no known place; it has no coordinates", values.Quote(name))
	}
	r.appendPlace(name)
}

func (r *row) appendPlace(place any) {
	same := func(other any) bool { return fmt.Sprint(other) == fmt.Sprint(place) }
	if len(r.places) < maxPlaces && !slices.ContainsFunc(r.places, same) {
		r.places = append(r.places, place)
	}
}

// place adds a place from its parts. The country is a code or a name.
func (r *row) place(city, region, country string) {
	city, region, country = values.Text(city), values.Text(region), values.Text(country)
	if city == "" && region == "" && country == "" {
		return
	}
	parts := slices.DeleteFunc([]string{city, region, country}, func(part string) bool { return part == "" })
	code, _, ok := gazetteer.Country(country)
	if city == "" || !ok {
		r.addPlace(strings.Join(parts, ", "))
		return
	}
	if values.RemoteLocation(city) {
		r.remote = true
	}
	if known, ok := gazetteer.Resolve(strings.Join(parts, ", ")); ok && known.Country == code && known.Region != "" {
		region = known.Region // spelled out, so that its time zone is found
	}
	place := map[string]any{"city": city, "country": code}
	if region != "" {
		place["region"] = region
	}
	r.appendPlace(place)
}

// skills sets the job's skills, without those that are sentences.
func (r *row) skills(texts []string) {
	var skills []string
	for _, text := range texts {
		switch {
		case utf8.RuneCountInString(text) > maxSkillText:
			r.note("skills", "%s is too long for a skill", values.Quote(text))
		case len(skills) < maxSkills:
			skills = append(skills, text)
		}
	}
	if len(skills) > 0 {
		r.Values["skills"] = skills
	}
}

// closed notes that the source has closed the job.
func (r *row) closed(reason string) {
	r.Closed = reason
	r.Values["status"] = "closed"
}

// interests adds texts to the job's fields of interest.
func (r *row) interests(texts ...string) {
	for _, text := range texts {
		if text = values.Text(text); text != "" && !slices.Contains(r.Fields, text) {
			r.Fields = append(r.Fields, text)
		}
	}
}

// done returns the finished job.
func (r *row) done() *Job {
	if len(r.places) > 0 {
		r.Values["locations"] = r.places
	}
	r.Item, _ = r.Values["externalId"].(string)
	if r.Values["workplace"] == nil && r.remote {
		r.Values["workplace"] = "remote"
	}
	for field, value := range map[string]string{"workplace": "on_site", "jobType": "full_time"} {
		if r.Values[field] == nil {
			r.Defaults[field] = value
		}
	}
	return r.Job
}

// Row returns the job as a row of a JSON Lines file.
func (j *Job) Row() json.RawMessage {
	row := map[string]any{}
	maps.Copy(row, j.Defaults)
	maps.Copy(row, j.Values)
	for key, text := range map[string]string{
		"company": j.Company, "employer": j.EmployerID, "industry": j.Industry, "applyUrl": j.ApplyURL,
	} {
		if text != "" {
			row[key] = text
		}
	}
	if j.Fields != nil {
		row["fields"] = j.Fields
	}
	var raw bytes.Buffer
	encoder := json.NewEncoder(&raw)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(row) != nil { // values are texts, numbers, dates and lists of them
		return nil
	}
	return bytes.TrimSpace(raw.Bytes())
}
