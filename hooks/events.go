package hooks

import (
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/problem"
)

// bindEvents keeps events as they were written: triggers write them, and nobody else, not even a superuser, makes, changes or deletes one.
func bindEvents(app core.App) {
	refuse := func(*core.RecordEvent) error {
		return problem.Field("type", problem.ReadOnly, "Events are written by the board alone.")
	}
	app.OnRecordCreate(collections.Events).BindFunc(refuse)
	app.OnRecordUpdate(collections.Events).BindFunc(refuse)
	app.OnRecordDelete(collections.Events).BindFunc(refuse)
}
