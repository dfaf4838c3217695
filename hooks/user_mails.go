package hooks

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/mails"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/routine"

	"jobboard/collections"
	"jobboard/internal/account"
)

// Anybody can make the board send mail to any address: by registering with it, or by asking to reset its password or to change to
// it. So an address gets at most mailBurst mails of a kind at once and one per mailInterval on average. Whoever uses up this limit
// for somebody else's address does not lock the owner out: a link for a reset works for 30 minutes.
const (
	mailBurst    = 3
	mailInterval = 20 * time.Minute
	codeInterval = time.Minute // of codes to sign in with, which those who have a second factor need each time
)

// bindUserMails limits the mails about accounts, and sends new users the one that asks to confirm the address. The response to a
// request for a mail does not depend on whether it is sent.
func bindUserMails(app core.App) {
	limits := &mailLimits{full: map[string]time.Time{}}
	limited := func(kind string) *hook.Handler[*core.MailerRecordEvent] {
		check := func(e *core.MailerRecordEvent) error {
			for _, to := range e.Message.To {
				if !limits.allow(kind+" "+mailboxOf(to.Address), time.Now()) {
					return nil
				}
			}
			return e.Next()
		}
		return &hook.Handler[*core.MailerRecordEvent]{Id: "limitMailsToAnAddress", Priority: -50, Func: check}
	}
	app.OnMailerRecordVerificationSend().Bind(limited("verification"))
	app.OnMailerRecordPasswordResetSend().Bind(limited("password reset"))
	app.OnMailerRecordEmailChangeSend().Bind(limited("e-mail change"))
	app.OnRecordRequestOTPRequest(collections.Users).BindFunc(func(e *core.RecordCreateOTPRequestEvent) error {
		// An answer without a code, as for an unknown address. A code works for minutes, so who needs one can ask again soon.
		if e.Record != nil && (!account.IsActive(e.Record) || !limits.allowEvery(codeInterval, "code "+e.Record.Id, time.Now())) {
			e.Record = nil
		}
		return e.Next()
	})

	app.OnRecordRequestEmailChangeRequest().Bind(&hook.Handler[*core.RecordRequestEmailChangeRequestEvent]{
		Id: "sendEmailChangeInBackground", Priority: 999, // after all others, in place of PocketBase's own sending
		Func: func(e *core.RecordRequestEmailChangeRequestEvent) error {
			if limits.allow("e-mail change by "+e.Record.Id, time.Now()) {
				sendInBackground(app, "e-mail change", func() error { return mails.SendRecordChangeEmail(app, e.Record, e.NewEmail) })
			}
			return e.NoContent(http.StatusNoContent)
		},
	})
	app.OnRecordCreateRequest(collections.Users).BindFunc(noteRegistrationOnCreateRequest)
	app.OnRecordAfterCreateSuccess(collections.Users).BindFunc(func(e *core.RecordEvent) error {
		if registered, _ := e.Record.GetRaw(registeredByRequest).(bool); registered && !e.Record.Verified() {
			user := e.Record
			sendInBackground(app, "verification", func() error { return mails.SendRecordVerification(app, user) })
		}
		return e.Next()
	})
}

// registeredByRequest is a raw key on a user who registers or is made by an admin. Superusers and commands, which may bring in
// thousands of users from elsewhere, decide themselves whether an address is verified.
const registeredByRequest = "@registeredByRequest"

func noteRegistrationOnCreateRequest(e *core.RecordRequestEvent) error {
	if !e.HasSuperuserAuth() {
		e.Record.SetRaw(registeredByRequest, true)
	}
	return e.Next()
}

// sendInBackground sends a mail while the request is answered, so that the time of the response does not show whether one is sent.
func sendInBackground(app core.App, what string, send func() error) {
	routine.FireAndForget(func() {
		if err := send(); err != nil {
			app.Logger().Warn("A mail about an account was not sent.", "mail", what, "error", err)
		}
	})
}

// mailboxOf returns the mailbox that an address leads to on most mail servers: without case, and without what follows a plus.
func mailboxOf(address string) string {
	local, host, _ := strings.Cut(strings.ToLower(address), "@")
	local, _, _ = strings.Cut(local, "+")
	return local + "@" + host
}

// mailLimits limits mails per key by the generic cell rate algorithm, which keeps only the time when a key's burst is full again.
type mailLimits struct {
	mu   sync.Mutex
	full map[string]time.Time // when a key may use its whole burst again
}

// maxMailKeys is how many keys are kept before expired ones are dropped.
const maxMailKeys = 10_000

// allow reports whether a mail may be sent now, and counts it if so.
func (l *mailLimits) allow(key string, now time.Time) bool {
	return l.allowEvery(mailInterval, key, now)
}

// allowEvery is allow with another interval. A key must always come with the same one.
func (l *mailLimits) allowEvery(interval time.Duration, key string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	full := l.full[key]
	if full.Before(now) {
		full = now
	}
	full = full.Add(interval)
	if full.Sub(now) > mailBurst*interval {
		return false
	}
	if len(l.full) >= maxMailKeys {
		for key, full := range l.full {
			if full.Before(now) {
				delete(l.full, key)
			}
		}
	}
	l.full[key] = full
	return true
}
