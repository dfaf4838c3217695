package hooks

import (
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/problem"
	"jobboard/internal/search"
	"jobboard/internal/workflow"
)

func bindSaved(app core.App) {
	app.OnRecordCreate(collections.SavedJobs).BindFunc(requirePublishedJobOnSavedJobCreate)
	app.OnRecordCreate(collections.SavedSearches).BindFunc(checkQueryOnSavedSearchSave)
	app.OnRecordUpdate(collections.SavedSearches).BindFunc(checkQueryOnSavedSearchSave)
}

// requirePublishedJobOnSavedJobCreate refuses a job that is not published as if it did not exist, since nobody may learn of
// drafts by saving.
func requirePublishedJobOnSavedJobCreate(e *core.RecordEvent) error {
	count, err := e.App.CountRecords(collections.Jobs, dbx.HashExp{"id": e.Record.GetString("job"), "status": workflow.Published})
	if err != nil {
		return fmt.Errorf("look for the saved job: %w", err)
	}
	if count == 0 {
		return problem.Field("job", problem.MissingRelation, "There is no such job.")
	}
	return e.Next()
}

// checkQueryOnSavedSearchSave refuses a query that the search endpoint would refuse, with the same message.
func checkQueryOnSavedSearchSave(e *core.RecordEvent) error {
	parser, err := search.ParserOf(e.App)
	if err != nil {
		return err
	}
	_, err = parser.Saved(e.Record.GetString("query"))
	if err == nil && (e.Record.IsNew() || !sameValue(e.Record.Original(), e.Record, "query")) {
		// Those saved before unknown parameters were refused keep them.
		err = search.CheckSavedNames(e.Record.GetString("query"))
	}
	var wrong *search.FieldError
	switch {
	case errors.As(err, &wrong) && wrong.Field == "query":
		return problem.Field("query", problem.InvalidValue, wrong.Message)
	case errors.As(err, &wrong):
		return problem.Field("query", problem.InvalidValue, "The parameter "+wrong.Field+" is wrong. "+wrong.Message)
	case err != nil:
		return err
	}
	return e.Next()
}
