package hooks

import (
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
)

// dueJobs are the jobs of a status for which the time has come that one of their fields names. The clock moves them to another status.
type dueJobs struct{ status, field, index string }

// condition selects them in SQL, in the words of the field's partial index.
func (d dueJobs) condition() string {
	return fmt.Sprintf("status = '%s' AND [[%[2]s]] != '' AND [[%[2]s]] <= {:now}", d.status, d.field)
}

// each calls do for each of them, the earliest first. They are found by their index whatever the planner knows: without statistics, as
// right after a large import, it would read all jobs of that status, every minute. A missed minute is made up for by the next, which
// finds every job that is due.
func (d dueJobs) each(app core.App, now time.Time, do func(app core.App, id string, now types.DateTime) error) error {
	clock, err := types.ParseDateTime(now)
	if err != nil {
		return fmt.Errorf("read the clock: %w", err)
	}
	var ids []string
	err = app.DB().NewQuery("SELECT id FROM {{jobs}} INDEXED BY [[" + d.index + "]] WHERE " + d.condition() + " ORDER BY [[" + d.field + "]]").
		Bind(dbx.Params{"now": clock.String()}).Column(&ids)
	if err != nil {
		return fmt.Errorf("find the jobs whose %s has come: %w", d.field, err)
	}
	var failed []error
	for _, id := range ids {
		if err := do(app, id, clock); err != nil {
			failed = append(failed, fmt.Errorf("job %s: %w", id, err)) // one failure must not hold back the others
		}
	}
	return errors.Join(failed...)
}

// with runs do with a job that is still due, in one transaction.
func (d dueJobs) with(app core.App, id string, now types.DateTime, do func(tx core.App, job *core.Record) error) error {
	return app.RunInTransaction(func(tx core.App) error {
		// Writing first makes the transaction wait for other writers here, and so see what they have changed.
		result, err := tx.NonconcurrentDB().NewQuery("UPDATE {{jobs}} SET status = status WHERE id = {:job} AND " + d.condition()).
			Bind(dbx.Params{"job": id, "now": now.String()}).Execute()
		if err != nil {
			return fmt.Errorf("lock the job: %w", err)
		}
		if due, err := result.RowsAffected(); err != nil || due == 0 { // another process was first, or somebody has changed the job
			return err
		}
		job, err := tx.FindRecordById(collections.Jobs, id)
		if err != nil {
			return fmt.Errorf("find the job: %w", err)
		}
		return do(tx, job)
	})
}
