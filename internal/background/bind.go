package background

import (
	"context"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/leadership"
)

const storeKey = "jobboard.background"

// Bind starts loops when the app serves and stops them when it terminates.
func Bind(app core.App, loops ...*Loop) {
	group := groupOf(app)
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if err := e.Next(); err != nil {
			return err
		}
		for _, loop := range loops {
			group.Start(loop)
		}
		return nil
	})
}

// Context ends when the app terminates, just before its loops are waited for.
func Context(app core.App) context.Context { return groupOf(app).Context() }

// groupOf returns the one group of all loops that Bind has bound to the app, so that they stop at the same time.
func groupOf(app core.App) *Group {
	group, _ := app.Store().GetOrSet(storeKey, func() any {
		group := NewGroup(app)
		app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
			group.Stop()
			return e.Next()
		})
		return group
	}).(*Group)
	return group
}

// Schedule runs a job by a cron expression, in UTC, while the app serves; in a cluster, on the leader only. While one run takes its
// time, the next is skipped. An error or a panic is logged; the next run comes on schedule. id is the job's name among PocketBase's
// crons.
func Schedule(app core.App, id, cron string, job func(app core.App, now time.Time) error) {
	schedule(app, id, cron, job, leadership.Leading)
}

// ScheduleOnEveryNode is Schedule for what each node of a cluster keeps for itself.
func ScheduleOnEveryNode(app core.App, id, cron string, job func(app core.App, now time.Time) error) {
	schedule(app, id, cron, job, func(core.App) bool { return true })
}

func schedule(app core.App, id, cron string, job func(app core.App, now time.Time) error, may func(core.App) bool) {
	var running sync.Mutex
	app.Cron().MustAdd(id, cron, func() {
		if !may(app) || !running.TryLock() {
			return
		}
		defer running.Unlock()
		err := Recover(func() error { return job(app, time.Now()) })
		switch {
		case err == nil:
		case !may(app):
			app.Logger().Info("A scheduled job ended, since this node no longer leads.", "cron", id, "error", err)
		default:
			app.Logger().Error("A scheduled job failed.", append([]any{"cron", id}, details(err)...)...)
		}
	})
}
