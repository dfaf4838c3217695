package transfer

import (
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/workflow"
)

// The table import_closings holds the jobs that imports have closed, with the time, by which a later closing by people is told apart.

// rememberClosing notes that an import has closed a job, so that it is published again when its source names it again.
func rememberClosing(tx core.App, job *core.Record) error {
	_, err := tx.DB().NewQuery("INSERT OR REPLACE INTO {{import_closings}} ([[job]], [[closedAt]]) VALUES ({:job}, {:at})").
		Bind(dbx.Params{"job": job.Id, "at": job.GetDateTime("closedAt").String()}).Execute()
	if err != nil {
		return fmt.Errorf("note the closing of the job %s: %w", job.Id, err)
	}
	return nil
}

// reopen publishes a job that an import has closed, and that nobody has opened or closed since.
func reopen(tx core.App, job *core.Record) error {
	if job.GetString("status") != workflow.Closed {
		return nil
	}
	done, err := tx.DB().Delete("import_closings", dbx.HashExp{"job": job.Id, "closedAt": job.GetDateTime("closedAt").String()}).Execute()
	if err != nil {
		return fmt.Errorf("look who closed the job %s: %w", job.Id, err)
	}
	if deleted, err := done.RowsAffected(); err == nil && deleted > 0 {
		job.Set("status", workflow.Published)
	}
	return nil
}
