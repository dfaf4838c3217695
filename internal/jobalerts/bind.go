// Package jobalerts notifies people of jobs: seekers of new jobs that fit them or their saved searches, in digests or at once, and
// everybody around a job of its deadline.
//
// A job that was published by hand is a fan-out (fanout.go): its seekers are notified step by step. The jobs of an import are
// announced in rounds (rounds.go), one summary for each seeker. Digests (digest.go) go by the numbers of publications. How far
// each of them has come is in the database and moves in the transaction that writes the notifications, so a crash neither loses
// nor repeats any.
package jobalerts

import (
	"context"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/background"
)

const (
	pollInterval = 5 * time.Second // how often fan-outs and rounds are looked for that other processes have left
	deleteBatch  = 250             // rows that one statement deletes, so that others can write in between
)

// Options is what can be set: nothing so far.
type Options struct{}

// Bind notifies of jobs while the app serves: of new ones in the background, of deadlines and with digests on a schedule.
func Bind(app core.App, _ Options) {
	pace := background.Pace{Interval: pollInterval, Rest: 1}
	fanOuts := background.NewLoop("notify seekers of new jobs", pace,
		func(_ context.Context, app core.App) (bool, error) { return fanOutStep(app) })
	rounds := background.NewLoop("notify seekers of imported jobs", pace,
		func(_ context.Context, app core.App) (bool, error) { return roundStep(app) })
	background.Bind(app, fanOuts, rounds)
	app.OnRecordAfterCreateSuccess(collections.Jobs).BindFunc(fanOuts.WakeOn())
	app.OnRecordAfterUpdateSuccess(collections.Jobs).BindFunc(fanOuts.WakeOn())
	background.Schedule(app, "remind_of_deadlines", "* * * * *", remindOfDeadlines)
	background.Schedule(app, "send_job_digests", "*/10 * * * *", sendDigests)
}
