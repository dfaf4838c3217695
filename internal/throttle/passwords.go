package throttle

import (
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/router"
)

// A password is counted as wrong before it is checked, so that concurrent tries don't all pass, and the count is taken back if it was
// right. E-mail addresses without an account are counted like the others, so a 429 does not reveal whether there is an account.
//
// Strangers can't lock anybody out: they use up the tries of their own address, and those of all addresses that the account has never
// logged in from. Setting a new password by mail makes an address known too.

func bindPasswords(app core.App) {
	app.OnRecordAuthWithPasswordRequest().Bind(&hook.Handler[*core.RecordAuthWithPasswordRequestEvent]{
		Id: "limitLogins", Priority: -100, Func: limitLogins,
	})
	app.OnRecordUpdateRequest().Bind(&hook.Handler[*core.RecordRequestEvent]{
		Id: "limitOldPasswords", Priority: -100, Func: limitOldPasswords,
	})
}

func limitLogins(e *core.RecordAuthWithPasswordRequestEvent) error {
	if isOff(e.RequestEvent) {
		return e.Next()
	}
	t := of(e.App)
	account := e.Collection.Id + " " + strings.ToLower(e.Identity)
	address := block(e.RealIP())
	counted := []count{{t.addresses, address}, {t.pairs, account + " " + address}}
	if !isKnown(e.App, e.Record, address) {
		counted = append(counted, count{t.accounts, account})
	}
	err := try(e.RequestEvent, counted, e.Next, isRightLogin)
	if isRightLogin(err) {
		t.pairs.empty(account + " " + address)
		remember(e.App, e.Record, address)
	}
	return err
}

// isRightLogin reports whether a login had the right password. If a second factor is missing, PocketBase answers 401.
func isRightLogin(err error) bool {
	return err == nil || router.ToApiError(err).Status == http.StatusUnauthorized
}

// limitOldPasswords counts the tries of those who are logged in separately, so that nobody else can use them up.
func limitOldPasswords(e *core.RecordRequestEvent) error {
	info, err := e.RequestInfo()
	if err != nil || !e.Collection.IsAuth() || info.Body["oldPassword"] == nil {
		return e.Next()
	}
	return LimitOwnPassword(e.RequestEvent, e.Record, "oldPassword", e.Next)
}

// LimitOwnPassword runs check, which compares a password with that of an account whose owner seems to be the caller. If the error of
// check names field, the password was wrong.
func LimitOwnPassword(e *core.RequestEvent, account *core.Record, field string, check func() error) error {
	if isOff(e) {
		return check()
	}
	t := of(e.App)
	counted := []count{{t.addresses, block(e.RealIP())}, {t.pairs, account.Collection().Id + " " + account.Id}}
	return try(e, counted, check, func(err error) bool { return err == nil || router.ToApiError(err).Data[field] == nil })
}

// limitEmailChanges counts the passwords that confirm a new e-mail address. PocketBase checks them before it runs a hook.
func limitEmailChanges() *hook.Handler[*core.RequestEvent] {
	return &hook.Handler[*core.RequestEvent]{Id: "jobboardLimitEmailChanges", Priority: 95, Func: func(e *core.RequestEvent) error {
		if e.Request.Method != http.MethodPost || !strings.HasSuffix(strings.TrimSuffix(e.Request.URL.Path, "/"), "/confirm-email-change") {
			return e.Next()
		}
		var body struct {
			Token string `json:"token" form:"token"`
		}
		if err := e.BindBody(&body); err != nil {
			return e.Next() // for PocketBase to refuse
		}
		account, err := e.App.FindAuthRecordByToken(body.Token, core.TokenTypeEmailChange)
		if err != nil {
			return e.Next()
		}
		return LimitOwnPassword(e, account, "password", e.Next)
	}}
}
