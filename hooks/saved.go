package hooks

import (
	"encoding/json"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/problem"
	"jobboard/internal/workflow"
)

func bindSaved(app core.App) {
	app.OnRecordCreate(collections.SavedJobs).BindFunc(saveOpenJobOnCreate)
	app.OnRecordCreate(collections.SavedSearches).BindFunc(checkQueryOnSearchSave)
	app.OnRecordUpdate(collections.SavedSearches).BindFunc(checkQueryOnSearchSave)
}

// saveOpenJobOnCreate refuses a job that is not published like an absent one: saving must not tell of drafts.
func saveOpenJobOnCreate(e *core.RecordEvent) error {
	count, err := e.App.CountRecords(collections.Jobs, dbx.HashExp{"id": e.Record.GetString("job"), "status": workflow.Published})
	if err != nil {
		return fmt.Errorf("look for the saved job: %w", err)
	}
	if count == 0 {
		return problem.Field("job", problem.MissingRelation, "There is no such job.")
	}
	return e.Next()
}

// checkQueryOnSearchSave wants the search parameters as an object, such as {"q": "go developer", "workplace": "remote"}.
func checkQueryOnSearchSave(e *core.RecordEvent) error {
	query := map[string]any{}
	if err := json.Unmarshal([]byte(e.Record.GetString("query")), &query); err != nil || query == nil {
		return problem.Field("query", problem.InvalidValue, "Must be an object of search parameters.")
	}
	return e.Next()
}
