package hooks

import (
	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/problem"
)

func bindDates(app core.App) {
	app.OnRecordCreate().BindFunc(refuseDateOutOfRange)
	app.OnRecordUpdate().BindFunc(refuseDateOutOfRange)
}

// refuseDateOutOfRange refuses dates whose year does not have four digits: queries compare dates as texts, in which the year 10000 comes
// before 2026. A day of the year 9999 may end in it.
func refuseDateOutOfRange(e *core.RecordEvent) error {
	for _, field := range e.Record.Collection().Fields {
		if field.Type() != core.FieldTypeDate {
			continue
		}
		date := e.Record.GetDateTime(field.GetName())
		if year := date.Time().UTC().Year(); !date.IsZero() && (year < 1 || year > 9999) {
			return problem.Field(field.GetName(), problem.InvalidValue, "Must be a date and time in UTC from the year 1 to 9999.")
		}
	}
	return e.Next()
}
