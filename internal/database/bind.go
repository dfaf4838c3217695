package database

import (
	"log"
	"net/http"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/router"

	"jobboard/internal/leadership"
)

// Bind answers requests that the database can't serve with what is wrong, at every door, and keeps the planner's statistics fresh.
func Bind(app core.App) {
	bindStatistics(app)
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.Bind(answerTrouble())
		return e.Next()
	})
	for _, execute := range []*hook.TaggedHook[*core.ModelEvent]{
		app.OnModelCreateExecute(), app.OnModelUpdateExecute(), app.OnModelDeleteExecute(),
	} {
		execute.BindFunc(lockOnExecute)
	}
}

// lockOnExecute makes a save wait for the write lock once. PocketBase on its own tries a dozen times, for two minutes in all, while
// it holds the only connection that writes.
func lockOnExecute(e *core.ModelEvent) error {
	if e.Model.TableName() == core.LogsTableName { // in the other file
		return e.Next()
	}
	app := e.App
	defer func() { e.App = app }()
	return app.RunInTransaction(func(tx core.App) error {
		e.App = tx
		return e.Next()
	})
}

// answerTrouble returns a middleware that answers with 503 or 507 where PocketBase would blame the request although the database is
// locked or the disk is full. It also sees the errors of the record requests behind the REST API, before that API handles them.
func answerTrouble() *hook.Handler[*core.RequestEvent] {
	return &hook.Handler[*core.RequestEvent]{
		Id:       "jobboardDatabaseTrouble",
		Priority: apis.DefaultPanicRecoverMiddlewarePriority + 3,
		Func: func(e *core.RequestEvent) error {
			err := e.Next()
			found, cause := troubleOf(err)
			if found == nil || e.Written() {
				return err
			}
			if isReadOnly(cause) && !leadership.Leading(e.App) {
				found = follows // which is normal there
			}
			if found.retryAfter != "" {
				e.Response.Header().Set("Retry-After", found.retryAfter)
			}
			if router.ToApiError(err).Message == found.message {
				return err // the record request behind this one has logged it
			}
			if found == follows {
				return router.NewApiError(found.status, found.message, cause)
			}
			e.App.Logger().Error("The database refused a request", "error", cause, "route", e.Request.Pattern)
			if found.status == http.StatusInsufficientStorage {
				log.Printf("%s: %v", e.Request.Pattern, cause) // the log is on that disk too
			}
			return router.NewApiError(found.status, found.message, cause)
		},
	}
}
