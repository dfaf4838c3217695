package hooks

import (
	"fmt"
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/actor"
	"jobboard/internal/problem"
	"jobboard/internal/workflow"
)

// writeEvent appends the row of the timeline that records a change of status. users are those whom the transaction has read.
func writeEvent(tx core.App, application *core.Record, from string, users ...*core.Record) error {
	collection, err := tx.FindCachedCollectionByNameOrId(collections.ApplicationEvents)
	if err != nil {
		return fmt.Errorf("find the timeline collection: %w", err)
	}
	event := core.NewRecord(collection)
	event.Set("application", application.Id)
	event.Set("actor", actor.Of(application).UserID())
	event.Set("from", from)
	event.Set("to", application.GetString("status"))
	event.Set("note", actor.Note(application))
	save := tx.Save
	who := actor.Of(application).UserID()
	if who == "" || slices.ContainsFunc(users, func(user *core.Record) bool { return user.Id == who }) {
		save = tx.SaveNoValidate // it would look for the application and the user again; all other values are the board's own
	}
	if err := save(event); err != nil {
		return fmt.Errorf("write the timeline of application %s: %w", application.Id, err)
	}
	return nil
}

// refuseTimelineChangeOnUpdate makes the timeline append-only for everybody. The one change it lets through is PocketBase's own
// when a user is deleted: it empties the actor.
func refuseTimelineChangeOnUpdate(e *core.RecordEvent) error {
	for _, field := range []string{"application", "from", "to", "note"} {
		if e.Record.GetString(field) != e.Record.Original().GetString(field) {
			return problem.Field(field, problem.ReadOnly, "The timeline can't be changed.")
		}
	}
	if e.Record.GetString("actor") != "" && e.Record.GetString("actor") != e.Record.Original().GetString("actor") {
		return problem.Field("actor", problem.ReadOnly, "The timeline can't be changed.")
	}
	return e.Next()
}

// recountApplications sets a job's applicationCount to the number of its live applications.
func recountApplications(tx core.App, jobID string) error {
	_, err := tx.NonconcurrentDB().NewQuery(
		"UPDATE {{jobs}} SET [[applicationCount]] = " +
			"(SELECT COUNT(*) FROM {{applications}} WHERE job = {:job} AND status != {:withdrawn}) WHERE id = {:job}",
	).Bind(dbx.Params{"job": jobID, "withdrawn": workflow.Withdrawn}).Execute()
	if err != nil {
		return fmt.Errorf("count the applications of job %s: %w", jobID, err)
	}
	return nil
}

func recountOnApplicationDelete(e *core.RecordEvent) error {
	return inTransaction(e, nil, func(tx core.App) error {
		return recountApplications(tx, e.Record.GetString("job"))
	})
}
