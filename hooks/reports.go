package hooks

import (
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/problem"
	"jobboard/internal/report"
)

// bindReports checks every new report, through any door, and has it made in the background.
func bindReports(app core.App) {
	app.OnRecordCreateRequest(collections.Reports).BindFunc(readReportDatesOnCreateRequest)
	app.OnRecordCreate(collections.Reports).BindFunc(prepareReportOnCreate)
	report.Bind(app)
}

// readReportDatesOnCreateRequest lets a bare date in "to" include the whole day; PocketBase would take the midnight at which the
// day begins.
func readReportDatesOnCreateRequest(e *core.RecordRequestEvent) error {
	body, err := readBody(e)
	if err != nil {
		return e.BadRequestError("Failed to read the request.", err)
	}
	for _, field := range []string{"from", "to"} {
		text, ok := body[field].(string)
		if !ok {
			continue
		}
		moment, err := report.ParseBound(text, field == "to")
		if err != nil {
			return e.BadRequestError("Failed to create record.",
				problem.Field(field, problem.InvalidValue, "Must be a date, such as 2026-01-31, or a date and time."))
		}
		if !moment.IsZero() {
			e.Record.Set(field, moment)
		}
	}
	return e.Next()
}

func prepareReportOnCreate(e *core.RecordEvent) error {
	if err := report.Prepare(e.App, e.Record); err != nil {
		return err
	}
	return e.Next()
}
