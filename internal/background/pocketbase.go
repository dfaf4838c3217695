package background

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/cron"
	"github.com/pocketbase/pocketbase/tools/hook"

	"jobboard/internal/leadership"
)

// onLeader are PocketBase's own scheduled jobs that write to the board's database or to its backups. The others clean what each node has
// for itself: the log, in auxiliary.db, and the counters of requests, in memory.
var onLeader = []string{"__pbMFACleanup__", "__pbOTPCleanup__", "__pbAutoBackup__"}

// optimizeID is PocketBase's job that empties the write-ahead logs of both databases and updates the statistics of the query planner.
// The write-ahead log of data.db belongs to the cluster: Litestream must read it before it is emptied, and empties it itself. The
// statistics are refreshed by internal/database.
const optimizeID = "__pbDBOptimize__"

// BindPocketBase lets PocketBase's own scheduled jobs run where they belong, if the app serves as a node of a cluster.
func BindPocketBase(app core.App) {
	guarded := map[string]*cron.Job{}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if err := guard(e.App, guarded); err != nil {
			return err
		}
		return e.Next()
	})
	app.OnSettingsReload().Bind(&hook.Handler[*core.SettingsReloadEvent]{
		Id:       "guardAutoBackup",
		Priority: -9999, // outermost, since PocketBase schedules its backups anew after the others
		Func: func(e *core.SettingsReloadEvent) error {
			if err := e.Next(); err != nil {
				return err
			}
			return guard(e.App, guarded)
		},
	})
}

// guard replaces the jobs that are not guarded yet.
func guard(app core.App, guarded map[string]*cron.Job) error {
	if !leadership.Clustered(app) {
		return nil
	}
	for _, id := range onLeader {
		err := replace(app, guarded, id, func(job *cron.Job) {
			if leadership.Leading(app) {
				job.Run()
			}
		})
		if err != nil {
			return err
		}
	}
	return replace(app, guarded, optimizeID, func(*cron.Job) {
		if _, err := app.AuxNonconcurrentDB().NewQuery("PRAGMA wal_checkpoint(TRUNCATE)").Execute(); err != nil {
			app.Logger().Warn("The write-ahead log of the logs was not emptied.", "error", err)
		}
	})
}

func replace(app core.App, guarded map[string]*cron.Job, id string, run func(job *cron.Job)) error {
	job := find(app, id)
	if job == nil || job == guarded[id] {
		return nil
	}
	if err := app.Cron().Add(id, job.Expression(), func() { run(job) }); err != nil {
		return fmt.Errorf("guard the scheduled job %s: %w", id, err)
	}
	guarded[id] = find(app, id)
	return nil
}

func find(app core.App, id string) *cron.Job {
	for _, job := range app.Cron().Jobs() {
		if job.Id() == id {
			return job
		}
	}
	return nil
}
