package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/actor"
	"jobboard/internal/problem"
	"jobboard/internal/workflow"
)

// Request is the parameters of a report.
type Request struct {
	Kind            string
	Format          string
	From            time.Time // zero: since the board's first day
	To              time.Time // zero: until the report is made
	Filters         Filters
	MachineReadable bool // CSV only: for programs, not spreadsheets; see csvfile.NewWriter

	restFactor float64 // see throttle
}

// Filters restrict a report. Several values of one filter mean any of them; an empty filter does not restrict.
//
// Employer, Industry and JobType apply to jobs, and so to their applications. In the users report they select the people of employers
// with such jobs and those who applied to one.
type Filters struct {
	Employer []string // ids
	Industry []string // ids of fields_of_interest
	JobType  []string
	Status   []string // of the jobs, the applications, or "active" and "deactivated" for users
	Role     []string // users report only

	labels []string // the filters in words, for the cover
}

// maxFilterValues limits the values of one filter, to keep queries fast.
const maxFilterValues = 100

// byJob reports whether one of the filters applies to jobs.
func (f Filters) byJob() bool { return len(f.Employer)+len(f.Industry)+len(f.JobType) > 0 }

// ParseFilters parses the JSON object of a report's field filters: employer, industry, jobType, status and (for users) role, each a
// string or a list of strings. Employers and industries may be given by id or slug. Errors name the field filters.
func ParseFilters(app core.App, kind string, raw []byte) (Filters, error) {
	var filters Filters
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || slices.Contains([]string{"null", `""`, "[]"}, string(raw)) {
		return filters, nil
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(raw, &object); err != nil {
		return filters, wrongFilter(`Must be an object such as {"employer": "ID", "status": ["hired"]}.`)
	}
	for _, name := range []string{"employer", "industry", "jobType", "status", "role"} {
		values, err := filterValues(object[name])
		if err != nil {
			return filters, wrongFilter("The filter " + name + " " + err.Error() + ".")
		}
		delete(object, name)
		if len(values) == 0 {
			continue
		}
		if err := filters.set(app, kind, name, values); err != nil {
			return filters, err
		}
	}
	for name, value := range object {
		if text := string(bytes.TrimSpace(value)); text != "null" {
			return filters, wrongFilter(fmt.Sprintf(
				"There is no filter %.50q; the filters are employer, industry, jobType, status and, for users, role.", name))
		}
	}
	return filters, nil
}

func filterValues(raw json.RawMessage) ([]string, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	var one string
	if json.Unmarshal(raw, &one) == nil {
		if one == "" {
			return nil, nil
		}
		return []string{one}, nil
	}
	var list []string
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, errors.New("must be a string or a list of strings")
	}
	if len(list) > maxFilterValues {
		return nil, fmt.Errorf("must not have more than %d values", maxFilterValues)
	}
	return list, nil
}

func (f *Filters) set(app core.App, kind, name string, values []string) error {
	var err error
	var labels []string
	switch name {
	case "employer":
		f.Employer, labels, err = findNamed(app, collections.Employers, name, values)
	case "industry":
		f.Industry, labels, err = findNamed(app, collections.FieldsOfInterest, name, values)
	case "jobType":
		f.JobType, err = oneOf(name, values, collections.JobTypes())
		labels = f.JobType
	case "status":
		f.Status, err = oneOf(name, values, statuses(kind))
		labels = f.Status
	case "role":
		if kind != Users {
			return wrongFilter("The filter role is for the users report only.")
		}
		f.Role, err = oneOf(name, values, roles())
		labels = f.Role
	}
	if err != nil {
		return err
	}
	f.labels = append(f.labels, name+": "+strings.Join(labels, ", "))
	return nil
}

// oneOf parses values as leniently as a status: "In Review" is in_review.
func oneOf(name string, values, allowed []string) ([]string, error) {
	read := make([]string, len(values))
	for i, value := range values {
		read[i] = workflow.Parse(value)
		if !slices.Contains(allowed, read[i]) {
			return nil, wrongFilter(fmt.Sprintf("The filter %s can't be %.50q; it must be one of %s.", name, value,
				strings.Join(allowed, ", ")))
		}
	}
	return read, nil
}

// findNamed returns the ids and names of records that are given by id or slug.
func findNamed(app core.App, collection, name string, values []string) (ids, names []string, err error) {
	for _, value := range values {
		record := &core.Record{}
		err := app.RecordQuery(collection).
			AndWhere(dbx.Or(dbx.HashExp{"id": value}, dbx.HashExp{"slug": value})).Limit(1).One(record)
		if err != nil {
			return nil, nil, wrongFilter(fmt.Sprintf("The filter %s matches no %.50q.", name, value))
		}
		ids = append(ids, record.Id)
		names = append(names, record.GetString("name"))
	}
	return ids, names, nil
}

func wrongFilter(message string) error {
	return problem.Field("filters", problem.InvalidValue, message)
}

// Check validates the request; its errors name the fields kind, format, from and to.
func (r Request) Check() error {
	wrong := validation.Errors{}
	if !slices.Contains(collections.ReportKinds(), r.Kind) {
		wrong["kind"] = validation.NewError(problem.InvalidValue, "Must be one of "+strings.Join(collections.ReportKinds(), ", ")+".")
	}
	if !slices.Contains(collections.ReportFormats(), r.Format) {
		wrong["format"] = validation.NewError(problem.InvalidValue, "Must be one of "+strings.Join(collections.ReportFormats(), ", ")+".")
	}
	if !r.From.IsZero() && !r.To.IsZero() && r.To.Before(r.From) {
		wrong["to"] = validation.NewError(problem.InvalidValue, "Must not be before from.")
	}
	if r.To.IsZero() && r.From.After(time.Now()) {
		wrong["from"] = validation.NewError(problem.InvalidValue, "Must not be in the future if there is no to.")
	}
	return wrong.Filter()
}

// requestOf returns the request of a report's record.
func requestOf(app core.App, record *core.Record) (Request, error) {
	request := Request{
		Kind:   record.GetString("kind"),
		Format: record.GetString("format"),
		From:   record.GetDateTime("from").Time(),
		To:     record.GetDateTime("to").Time(),
	}
	if err := request.Check(); err != nil {
		return request, err
	}
	raw, err := json.Marshal(record.Get("filters"))
	if err != nil {
		return request, wrongFilter("Must be a JSON object.")
	}
	request.Filters, err = ParseFilters(app, request.Kind, raw)
	return request, err
}

// Prepare validates a new report and sets the system's fields, such as its status and who requested it. Its errors name the invalid
// fields.
func Prepare(app core.App, record *core.Record) error {
	if _, err := requestOf(app, record); err != nil {
		return err
	}
	record.Set("status", collections.ReportPending)
	record.Set("rows", 0)
	record.Set("error", "")
	record.Set("attempts", 0)
	if asked := actor.Of(record).UserID(); asked != "" {
		record.Set("requestedBy", asked)
	}
	return nil
}
