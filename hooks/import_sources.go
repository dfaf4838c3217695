package hooks

import (
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/importsource"
	"jobboard/internal/outbound"
	"jobboard/internal/problem"
)

func bindImportSources(app core.App) {
	app.OnRecordCreate(collections.ImportSources).BindFunc(checkImportSourceOnSave)
	app.OnRecordUpdate(collections.ImportSources).BindFunc(checkImportSourceOnSave)
}

// checkImportSourceOnSave refuses addresses that can't be requested and schedules that can't be read. A source that is new or whose
// settings change runs at once.
func checkImportSourceOnSave(e *core.RecordEvent) error {
	source := e.Record
	if _, err := outbound.CheckURL(source.GetString("url")); err != nil && source.GetString("url") != "" {
		return problem.Field("url", problem.InvalidValue, fmt.Sprintf("The address %s.", err))
	}
	schedule, err := importsource.ParseSchedule(source.GetString("schedule"))
	if err != nil {
		return problem.Field("schedule", problem.InvalidValue,
			"Must be hourly, daily, off or a cron expression in UTC, such as 30 6 * * 1-5.")
	}
	changed := source.IsNew()
	for _, field := range []string{"kind", "url", "employer", "company", "schedule", "closeMissing"} {
		changed = changed || !sameValue(source, source.Original(), field)
	}
	changed = changed || source.GetBool("closeAnyway") && !source.Original().GetBool("closeAnyway")
	switch {
	case schedule.Off():
		source.Set("nextRun", "")
	case changed:
		source.Set("nextRun", types.NowDateTime())
	case source.GetDateTime("nextRun").IsZero():
		source.Set("nextRun", schedule.Next(time.Now()))
	}
	return e.Next()
}
