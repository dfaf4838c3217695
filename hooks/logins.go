package hooks

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"
	"golang.org/x/crypto/bcrypt"

	"jobboard/collections"
	"jobboard/internal/account"
)

// bindLogins makes logins and password resets answer alike, in words and in time, whether the address is unknown, the password
// wrong or the account deactivated.
func bindLogins(app core.App) {
	app.OnRecordAuthWithPasswordRequest().BindFunc(hideAccountsOnLogin)
	app.OnRecordAuthRequest(collections.Users).BindFunc(refuseDeactivatedOnAuth)
	app.OnRecordRequestPasswordResetRequest(collections.Users).BindFunc(func(e *core.RecordRequestPasswordResetRequestEvent) error {
		if !account.IsActive(e.Record) {
			return e.NoContent(http.StatusNoContent) // no mail: a new password would not let the user in
		}
		return e.Next()
	})
	app.OnRecordRequestVerificationRequest(collections.Users).BindFunc(func(e *core.RecordRequestVerificationRequestEvent) error {
		if !account.IsActive(e.Record) {
			return e.NoContent(http.StatusNoContent)
		}
		return e.Next()
	})
}

// dummyHash is the hash of a password that nobody knows, at bcrypt's default cost as PocketBase's own.
const dummyHash = "$2a$10$pF3jar3IqfMvX6SPyd9kwe180NUm55zt8OazW00HhJoqGyg2a4WDK"

// hideAccountsOnLogin compares with a dummy hash where there is no account to log in to, so that the answer takes as long.
// PocketBase does so for unknown addresses only, once the collection has any record, and answers deactivated users with 403.
func hideAccountsOnLogin(e *core.RecordAuthWithPasswordRequestEvent) error {
	if e.Record != nil && account.IsActive(e.Record) {
		return e.Next()
	}
	_ = bcrypt.CompareHashAndPassword([]byte(dummyHash), []byte(e.Password)) // for its time, not its result
	return e.BadRequestError("Failed to authenticate.", nil)
}

// refuseDeactivatedOnAuth closes the one way around the collection's auth rule: superusers, whom rules don't bind, could
// impersonate a deactivated user.
func refuseDeactivatedOnAuth(e *core.RecordAuthRequestEvent) error {
	if !account.IsActive(e.Record) {
		return e.ForbiddenError("This account is deactivated.", nil)
	}
	return e.Next()
}
