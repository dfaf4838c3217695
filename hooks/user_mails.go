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
)

// Anybody can make the board mail to any address: by registering with it, asking for a reset of its password, or wanting to
// change to it. So an address gets at most mailBurst mails of a kind at once, and one each mailInterval on average: whoever
// asks in somebody else's name can't keep the owner from a link that works, since those of a reset work for half an hour.
const (
	mailBurst    = 3
	mailInterval = 20 * time.Minute
)

// bindUserMails limits the mails about accounts and sends the first, which asks a new user to confirm the address. The
// answers to whoever asks for a mail are the same whether it is sent or not.
func bindUserMails(app core.App) {
	limits := &mailLimits{next: map[string]time.Time{}}
	limited := func(kind string) *hook.Handler[*core.MailerRecordEvent] {
		return &hook.Handler[*core.MailerRecordEvent]{Id: "limitMailsToAnAddress", Priority: -50, Func: func(e *core.MailerRecordEvent) error {
			for _, to := range e.Message.To {
				if !limits.allow(kind+" "+mailboxOf(to.Address), time.Now()) {
					return nil
				}
			}
			return e.Next()
		}}
	}
	app.OnMailerRecordVerificationSend().Bind(limited("verification"))
	app.OnMailerRecordPasswordResetSend().Bind(limited("password reset"))
	app.OnMailerRecordEmailChangeSend().Bind(limited("e-mail change"))

	app.OnRecordRequestEmailChangeRequest().Bind(&hook.Handler[*core.RecordRequestEmailChangeRequestEvent]{
		Id: "sendEmailChangeInBackground", Priority: 999, // the last word: instead of PocketBase's own sending
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

// registeredByRequest is a raw key: the user registers, or an admin makes the account. Superusers and commands, who may move
// thousands of users here from elsewhere, decide themselves whether an address is verified.
const registeredByRequest = "@registeredByRequest"

func noteRegistrationOnCreateRequest(e *core.RecordRequestEvent) error {
	if !e.HasSuperuserAuth() {
		e.Record.SetRaw(registeredByRequest, true)
	}
	return e.Next()
}

// sendInBackground sends a mail while the request is answered: a slow mail server is not the caller's business, nor whether a
// mail is sent at all.
func sendInBackground(app core.App, what string, send func() error) {
	routine.FireAndForget(func() {
		if err := send(); err != nil {
			app.Logger().Warn("A mail about an account was not sent.", "mail", what, "error", err)
		}
	})
}

// mailboxOf is an address as mail servers deliver it: its case and what follows a plus lead to the same mailbox.
func mailboxOf(address string) string {
	local, host, _ := strings.Cut(strings.ToLower(address), "@")
	local, _, _ = strings.Cut(local, "+")
	return local + "@" + host
}

// mailLimits counts per key by the generic cell rate algorithm: of each key it knows only when its burst will be whole again.
type mailLimits struct {
	mu   sync.Mutex
	next map[string]time.Time
}

// maxMailKeys is how many keys are kept before those that no longer matter are forgotten.
const maxMailKeys = 10_000

func (l *mailLimits) allow(key string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	whole := l.next[key]
	if whole.Before(now) {
		whole = now
	}
	whole = whole.Add(mailInterval)
	if whole.Sub(now) > mailBurst*mailInterval {
		return false
	}
	if len(l.next) >= maxMailKeys {
		for key, whole := range l.next {
			if whole.Before(now) {
				delete(l.next, key)
			}
		}
	}
	l.next[key] = whole
	return true
}
