package hooks

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/router"

	"jobboard/internal/account"
)

// bindEmails makes e-mail addresses case-insensitive: they are stored in lower case and found in any case.
func bindEmails(app core.App) {
	app.OnRecordCreate().BindFunc(lowercaseEmailOnSave)
	app.OnRecordUpdate().BindFunc(lowercaseEmailOnSave)
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{Id: "rewriteEmailAsStored", Priority: 90, Func: rewriteEmailAsStored})
		return e.Next()
	})
}

// lowercaseEmailOnSave lowercases a new address. It leaves one that the save doesn't change: older boards may have two accounts with
// the same address in two spellings, and each keeps its own.
func lowercaseEmailOnSave(e *core.RecordEvent) error {
	if e.Record.Collection().IsAuth() && (e.Record.IsNew() || e.Record.Email() != e.Record.Original().Email()) {
		e.Record.SetEmail(strings.ToLower(e.Record.Email()))
	}
	return e.Next()
}

// emailRequests are the requests of auth collections that find an account by its address, or ask for a new one.
var emailRequests = []string{
	"auth-with-password", "request-otp", "request-password-reset", "request-verification", "request-email-change",
}

// rewriteEmailAsStored replaces an address in a request's body by its stored spelling, since PocketBase looks for the exact spelling
// before it calls any hook.
func rewriteEmailAsStored(e *core.RequestEvent) error {
	address := strings.TrimSuffix(e.Request.URL.Path, "/")
	if e.Request.Method != http.MethodPost || !slices.Contains(emailRequests, address[strings.LastIndex(address, "/")+1:]) {
		return e.Next()
	}
	collection, err := e.App.FindCachedCollectionByNameOrId(e.Request.PathValue("collection"))
	if err != nil || !collection.IsAuth() {
		return e.Next()
	}
	body := map[string]any{}
	if err := e.BindBody(&body); err != nil {
		return e.Next() // PocketBase refuses it
	}
	changed := false
	for _, key := range []string{"identity", "email", "newEmail"} {
		typed, _ := body[key].(string)
		stored, err := account.StoredEmail(e.App, collection, typed)
		if err != nil {
			return err
		}
		if stored != typed {
			body[key], changed = stored, true
		}
	}
	if !changed {
		return e.Next()
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("rewrite the request body: %w", err)
	}
	sent := e.Request.Body
	e.Request.Body = &router.RereadableReadCloser{ReadCloser: io.NopCloser(bytes.NewReader(raw))}
	e.Request.ContentLength = int64(len(raw))
	e.Request.Header.Set("Content-Type", "application/json")
	return errors.Join(e.Next(), sent.Close())
}
