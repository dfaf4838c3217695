// Package apikey lets programs use the board with a key of an employer or of the board instead of a login. A key is a bearer token at
// both doors. It acts as a service user (see [collections.IsAPIKey]), so the same rules and hooks hold for it as for people, and before
// that its scopes are checked: what is not allowed to a scope, by [collections.ReadScopes], [collections.WriteScopes] or the routes of the
// REST API, is refused.
package apikey

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"jobboard/collections"
	"jobboard/internal/background"
	"jobboard/internal/session"
)

// keys is what one board knows of its keys.
type keys struct {
	store *store
	uses  *uses
}

// Bind lets app's callers use API keys.
func Bind(app core.App) {
	k := &keys{store: &store{byID: map[string]*credential{}}, uses: newUses()}
	background.Bind(app, k.uses.loop)
	receiveUses(app)
	bindChanges(app, k)
	bindCluster(app, k)
	bindRealtime(app, k)
	app.OnBatchRequest().Bind(&hook.Handler[*core.BatchRequestEvent]{
		Id: "checkScopesOnBatch", Priority: -100, Func: checkScopesOnBatch,
	})
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		ctx, cancel := context.WithTimeout(context.Background(), background.DefaultStopTimeout)
		defer cancel()
		if err := k.uses.write(ctx, e.App); err != nil {
			e.App.Logger().Warn("Failed to note when API keys were used.", "error", err)
		}
		return e.Next()
	})
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.Bind(
			&hook.Handler[*core.RequestEvent]{
				// Before PocketBase reads the token, which it leaves out when there is a caller.
				Id: "loadAPIKey", Priority: apis.DefaultLoadAuthTokenMiddlewarePriority - 5, Func: k.load,
			},
			&hook.Handler[*core.RequestEvent]{
				// After the rate limit, so that guessing is limited too.
				Id: "checkAPIKey", Priority: apis.DefaultRateLimitMiddlewarePriority + 5, Func: k.check,
			},
		)
		return e.Next()
	})
}

// The keys of what load leaves for check: in the event's store that the key is not valid, and in the request's context that a caller by
// key was let in, which holds for the record requests of a REST call too.
const refusedKey = "jobboard.refusedAPIKey"

type admittedKey struct{}

const notValid = "The API key is invalid, expired or revoked."

// load makes the service user of a key the caller.
func (k *keys) load(e *core.RequestEvent) error {
	token := session.BearerToken(e.Request)
	if !isKey(token) || e.Request.Context().Value(admittedKey{}) != nil {
		return e.Next()
	}
	found, err := k.store.authenticate(e.App, token)
	if err != nil {
		return err
	}
	if found == nil {
		e.Set(refusedKey, true)
		return e.Next()
	}
	if e.Auth, err = found.serviceUser(e.App); err != nil {
		return err
	}
	k.uses.note(found)
	return e.Next()
}

// check answers 401 to a key that is not valid, and 403 to what is beyond the scopes of a valid one.
func (k *keys) check(e *core.RequestEvent) error {
	if e.Get(refusedKey) != nil {
		return e.UnauthorizedError(notValid, nil)
	}
	if e.Request.Context().Value(admittedKey{}) != nil {
		return e.Next()
	}
	if strings.HasSuffix(e.Request.Pattern, filePattern) {
		return k.serveFile(e)
	}
	if !collections.IsAPIKey(e.Auth) {
		return e.Next()
	}
	if err := admit(e); err != nil {
		return err
	}
	if e.Request.Pattern == fileTokenPattern {
		return k.sendFileToken(e)
	}
	e.Request = e.Request.WithContext(context.WithValue(e.Request.Context(), admittedKey{}, true))
	return e.Next()
}

// admit refuses a request that is beyond the scopes of the caller's key.
func admit(e *core.RequestEvent) error {
	method, path, _ := strings.Cut(e.Request.Pattern, " ")
	switch {
	case slices.Contains(routesOf(e.App), e.Request.Pattern): // their own scopes are checked with the route
		return nil
	case path == "/api/collections/{collection}/records" && (method == http.MethodGet || method == http.MethodPost),
		path == "/api/collections/{collection}/records/{id}":
		return requireCollection(e, e.Auth, e.Request.PathValue("collection"), method == http.MethodGet)
	case e.Request.Pattern == fileTokenPattern:
		if !collections.HasScope(e.Auth, collections.ScopeCandidatesRead) {
			return Require(e.Auth, collections.ScopeApplicationsRead)
		}
		return nil
	case path == "/api/batch", path == "/api/realtime": // checked by each request and topic in it
		return nil
	case path == "/api/health":
		return nil
	}
	return Require(e.Auth, "")
}

// routesKey is where an app's store holds the patterns of LeaveToRoutes.
const routesKey = "jobboard.routesWithScopes"

// LeaveToRoutes leaves checking the scopes of requests with one of the router's patterns to their routes, which call Require.
func LeaveToRoutes(app core.App, patterns ...string) {
	app.Store().Set(routesKey, append(routesOf(app), patterns...))
}

func routesOf(app core.App) []string {
	patterns, _ := app.Store().Get(routesKey).([]string)
	return patterns
}

// Require returns the 403 for a key that lacks a scope, and nil for keys that have it and for callers without a key. Nothing has the
// scope "".
func Require(caller *core.Record, scope string) error {
	switch {
	case collections.HasScope(caller, scope):
		return nil
	case scope == "":
		return apis.NewForbiddenError("API keys can't be used for this.", nil)
	}
	return apis.NewForbiddenError("This API key lacks the scope "+scope+".", nil)
}

// requireCollection is Require for reading or writing records of a collection, given by its name or id.
func requireCollection(e *core.RequestEvent, caller *core.Record, nameOrID string, reads bool) error {
	scopes := collections.WriteScopes
	if reads {
		scopes = collections.ReadScopes
	}
	collection, err := e.App.FindCachedCollectionByNameOrId(nameOrID)
	if err != nil {
		return Require(caller, "")
	}
	return Require(caller, scopes[collection.Name])
}
