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

	"jobboard/internal/transfer/values"
)

const (
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
