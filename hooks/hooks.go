// Package hooks runs with every change of a record: it checks field rights and workflow, and writes all that belongs to the
// change in the same transaction.
//
// Request hooks run for web requests only: they note the caller (internal/actor) and check what was sent. Model hooks run for
// every save through any door, so they decide what is legal and what follows from it.
package hooks

import (
	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/apikey"
	"jobboard/internal/listing"
	"jobboard/internal/queryguard"
	"jobboard/internal/session"
)

// Bind binds the hooks of every domain to app. Call it once, before the app starts.
func Bind(app core.App) {
	session.Bind(app)
	apikey.Bind(app)
	queryguard.Bind(app)
	listing.Bind(app)
	bindExpectations(app)
	bindRequests(app)
	bindBatches(app)
	bindUsers(app)
	bindUserMails(app)
	bindJobSeekers(app)
	bindEmployers(app)
	bindJobs(app)
	bindJobExpiry(app)
	bindJobSchedule(app)
	bindApplications(app)
	bindReviews(app)
	bindSaved(app)
	bindCaps(app)
	bindDeletedFiles(app)
	bindNotifications(app)
	bindReports(app)
	bindImportSources(app)
	bindAPIKeys(app)
	bindEvents(app)
	bindWebhooks(app)
	bindDates(app) // after what works out dates from what was sent
}

// inTransaction runs before, the rest of a model hook's chain, and after in one transaction, whose app is e.App meanwhile. before
// and after may be nil; an error in any of the three undoes them all.
func inTransaction(e *core.RecordEvent, before, after func(tx core.App) error) error {
	app := e.App
	err := app.RunInTransaction(func(tx core.App) error {
		e.App = tx
		if before != nil {
			if err := before(tx); err != nil {
				return err
			}
		}
		if err := e.Next(); err != nil {
			return err
		}
		if after != nil {
			return after(tx)
		}
		return nil
	})
	e.App = app
	return err
}
