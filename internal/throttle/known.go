package throttle

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/background"
)

const (
	knownKept    = 180 * 24 * time.Hour // after the last login from there
	knownRenewed = 24 * time.Hour       // how precise the time of the last login is, to save writes
)

func bindKnown(app core.App) {
	app.OnRecordConfirmPasswordResetRequest().BindFunc(func(e *core.RecordConfirmPasswordResetRequestEvent) error {
		if err := e.Next(); err != nil {
			return err
		}
		if fresh, err := e.App.FindRecordById(e.Collection, e.Record.Id); err == nil {
			remember(e.App, fresh, block(e.RealIP()))
		}
		return nil
	})
	background.Schedule(app, "forget_known_addresses", "41 3 * * *", func(app core.App, _ time.Time) error {
		past := dbx.NewExp("[[seen]] < {:past}", dbx.Params{"past": before(knownKept)})
		if _, err := app.NonconcurrentDB().Delete(collections.KnownAddresses, past).Execute(); err != nil {
			return fmt.Errorf("delete old known addresses: %w", err)
		}
		return nil
	})
}

func before(age time.Duration) string {
	return time.Now().Add(-age).UTC().Format(types.DefaultDateLayout)
}

// fingerprint identifies an address of one account in a form from which nobody who reads the database can tell the address. It changes
// with the account's token key: after a new password or role, or a logout everywhere, no address is known any more.
func fingerprint(account *core.Record, address string) string {
	key, id := "", ""
	if account != nil {
		key, id = account.TokenKey(), account.Collection().Id+" "+account.Id
	}
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(id + " " + address))
	return hex.EncodeToString(mac.Sum(nil))
}

// isKnown reports whether an account has logged in from an address before. account is nil if there is none; the query is made all the
// same, so that the time does not reveal whether there is one.
func isKnown(app core.App, account *core.Record, address string) bool {
	n, err := app.CountRecords(collections.KnownAddresses, dbx.HashExp{"fingerprint": fingerprint(account, address)})
	if err != nil {
		app.Logger().Error("Failed to look for a known address", "error", err)
	}
	return n > 0
}

// remember stores that an account has logged in from an address. If that fails, the login is still valid.
func remember(app core.App, account *core.Record, address string) {
	where := dbx.HashExp{"fingerprint": fingerprint(account, address)}
	n, err := app.CountRecords(collections.KnownAddresses, where,
		dbx.NewExp("[[seen]] >= {:past}", dbx.Params{"past": before(knownRenewed)}))
	if err == nil && n > 0 {
		return
	}
	if err == nil {
		_, err = app.NonconcurrentDB().NewQuery(`
			INSERT INTO {{known_addresses}} (id, fingerprint, seen, created, updated) VALUES ({:id}, {:fingerprint}, {:now}, {:now}, {:now})
			ON CONFLICT (fingerprint) DO UPDATE SET seen = excluded.seen, updated = excluded.updated`).
			Bind(dbx.Params{"id": core.GenerateDefaultRandomId(), "fingerprint": where["fingerprint"],
				"now": types.NowDateTime().String()}).
			Execute()
	}
	if err != nil {
		app.Logger().Error("Failed to remember a known address", "error", err)
	}
}
