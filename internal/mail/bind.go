// Package mail sends the mails of notifications: it renders them, hands them to the mail server one by one, tries again later what
// the server refuses for now, and lets their recipients unsubscribe.
//
// The queue is the notifications themselves (queue.go): each row holds the status of its mail. Whose mail is next goes round robin
// (round_robin.go), so that nobody waits for the many mails of others. Mails about an interview carry an invitation for the
// calendar (interview.go, calendar.go). They go over one kept connection (smtp_connection.go). PocketBase's mails about accounts get the
// same design (account_mail.go) and a connection of their own.
package mail

import (
	"context"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/background"
)

// pollInterval is how often the queue is checked: other processes write to it too, and mails become due by the clock.
const pollInterval = 5 * time.Second

// Options configures the package.
type Options struct {
	// SendTimeout limits connecting to the mail server, and sending one mail; 0 stands for 30 seconds.
	SendTimeout time.Duration
}

// Bind sends queued mails while the app serves.
func Bind(app core.App, options Options) {
	if options.SendTimeout == 0 {
		options.SendTimeout = 30 * time.Second
	}
	sender := bindSMTP(app, options.SendTimeout)
	worker := new(worker)
	begin := func(ctx context.Context, _ core.App) error {
		worker.pausedUntil = time.Time{}
		sender.queue.restart(ctx)
		return nil
	}
	background.Bind(app, background.NewLoop("send mails", background.Options{Interval: pollInterval, Begin: begin},
		func(_ context.Context, app core.App) (bool, error) { return worker.step(app) }))
}
