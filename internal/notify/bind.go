package notify

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
)

const (
	mailDelay    = 30 * time.Second // before a mail goes out, see Notice.mailDelay
	pollInterval = 5 * time.Second  // how often waiting work is looked for unasked, for what other processes write
	stopTimeout  = 2 * time.Second  // for what is under way when the server stops; the rest is done after the next start
)

// Options is what can be configured.
type Options struct {
	KeepDays int // days after which read notifications are deleted; 0 keeps them
}

// Bind starts the work behind notifications with the server and ends it with it: telling seekers of new jobs, mails,
// and, on PocketBase's cron, deadlines, digests and the deletion of old notifications.
func Bind(app core.App, options Options) {
	app.OnRecordDelete(collections.Users).BindFunc(deleteNotificationsOnUserDelete)
	ctx, cancel := context.WithCancel(context.Background())
	bindSMTP(ctx, app)

	crons := []struct {
		id, schedule string
		do           func(app core.App, now time.Time) error
	}{
		{"expire_jobs_past_deadline", "* * * * *", expireJobs},
		{"remind_of_deadlines", "* * * * *", remindOfDeadlines},
		{"send_job_digests", "*/10 * * * *", sendDigests},
		{"delete_old_notifications", "17 3 * * *", func(app core.App, now time.Time) error {
			return deleteOldNotifications(app, options.KeepDays, now)
		}},
	}
	for _, c := range crons {
		var running sync.Mutex // a run that takes long is not joined by the next
		app.Cron().MustAdd(c.id, c.schedule, func() {
			if !running.TryLock() {
				return
			}
			defer running.Unlock()
			if err := c.do(app, time.Now()); err != nil {
				app.Logger().Error("A scheduled job failed.", "cron", c.id, "error", err)
			}
		})
	}

	wake := make(chan struct{}, 1) // a job was published, perhaps
	var workers sync.WaitGroup
	start := func(name string, rest float64, wake <-chan struct{}, step func(core.App) (bool, error)) {
		workers.Go(func() { work(ctx, app, name, rest, wake, step) })
	}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if err := e.Next(); err != nil {
			return err
		}
		start("tell seekers of new jobs", 1, wake, fanOutStep)
		start("tell seekers of imported jobs", 1, nil, roundStep)
		start("send mails", 0, nil, new(worker).step)
		return nil
	})
	wakeUp := func(e *core.RecordEvent) error {
		select {
		case wake <- struct{}{}:
		default:
		}
		return e.Next()
	}
	app.OnRecordAfterCreateSuccess(collections.Jobs).BindFunc(wakeUp)
	app.OnRecordAfterUpdateSuccess(collections.Jobs).BindFunc(wakeUp)
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		cancel()
		done := make(chan struct{})
		go func() { workers.Wait(); close(done) }()
		select {
		case <-done:
		case <-time.After(stopTimeout):
		}
		return e.Next()
	})
}

// work repeats step for as long as it finds something to do; then it waits to be woken. After each step it rests for that
// many times as long as the step took, which leaves the database to others.
func work(ctx context.Context, app core.App, name string, rest float64, wake <-chan struct{}, step func(core.App) (bool, error)) {
	for ctx.Err() == nil {
		began := time.Now()
		more, err := safely(app, step)
		if err != nil {
			app.Logger().Error("Work in the background failed.", "work", name, "error", err)
		}
		pause, woken := pollInterval, wake
		if more && err == nil {
			pause, woken = time.Duration(rest*float64(time.Since(began))), nil
		}
		select {
		case <-ctx.Done():
		case <-woken:
		case <-time.After(pause):
		}
	}
}

// safely turns a panic into an error: the server goes on.
func safely(app core.App, step func(core.App) (bool, error)) (more bool, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			more, err = false, fmt.Errorf("panic: %v", broken)
		}
	}()
	return step(app)
}
