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

// bindEmails makes an address one address in any case: it is stored in small letters, and asked for in any.
func bindEmails(app core.App) {
	app.OnRecordCreate().BindFunc(lowercaseEmailOnSave)
	app.OnRecordUpdate().BindFunc(lowercaseEmailOnSave)
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{Id: "rewriteEmailAsStored", Priority: 90, Func: rewriteEmailAsStored})
		return e.Next()
	})
}

// lowercaseEmailOnSave leaves an address alone that the save doesn't change: where an older board has given an address to two
// accounts in two spellings, the second keeps its own.
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

// rewriteEmailAsStored puts the stored spelling in the place of another one in a request's body. PocketBase itself compares
// letter by letter, before it asks any hook.
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
		return e.Next() // for PocketBase to refuse
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
		return fmt.Errorf("write the request body anew: %w", err)
	}
	sent := e.Request.Body
	e.Request.Body = &router.RereadableReadCloser{ReadCloser: io.NopCloser(bytes.NewReader(raw))}
	e.Request.ContentLength = int64(len(raw))
	e.Request.Header.Set("Content-Type", "application/json")
	return errors.Join(e.Next(), sent.Close())
}
