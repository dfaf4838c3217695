// Package jobalerts notifies people about jobs: seekers about new jobs that match their profile or saved searches, at once or in
// digests, and savers and the employer's people about deadlines.
//
// A job that was published by hand is a fan-out (fanout.go): its seekers are notified in small steps. The jobs of an import are
// announced in rounds (rounds.go), with one summary per seeker. Digests (digest.go) cover a range of publication numbers. The progress
// of each is stored in the transaction that writes the notifications, so a crash neither loses nor repeats any.
package jobalerts

import (
	"context"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/background"
)

const (
	pollInterval = 5 * time.Second // how often to check for fan-outs and rounds that other processes have left
	deleteBatch  = 250             // rows that one statement deletes, so that others can write in between
)

// Options configures the package; there is nothing to configure yet.
type Options struct{}

// Bind notifies people about jobs while the app serves: new jobs in the background, deadlines and digests on a schedule.
func Bind(app core.App, _ Options) {
	options := background.Options{Interval: pollInterval, Rest: 1}
	fanOuts := background.NewLoop("notify seekers of new jobs", options,
		func(_ context.Context, app core.App) (bool, error) { return fanOutStep(app) })
	rounds := background.NewLoop("notify seekers of imported jobs", options,
		func(_ context.Context, app core.App) (bool, error) { return roundStep(app) })
	background.Bind(app, fanOuts, rounds)
	app.OnRecordAfterCreateSuccess(collections.Jobs).BindFunc(fanOuts.WakeOn())
	app.OnRecordAfterUpdateSuccess(collections.Jobs).BindFunc(fanOuts.WakeOn())
	background.Schedule(app, "remind_of_deadlines", "* * * * *", remindOfDeadlines)
	background.Schedule(app, "send_job_digests", "*/10 * * * *", sendDigests)
}
