package session

import (
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"jobboard/collections"
	"jobboard/internal/background"
)

// Bind gives every login its own session, for users and superusers and by any method, and refuses revoked ones.
func Bind(app core.App) {
	revoked := &revokedSet{expires: map[string]time.Time{}}
	app.Store().Set(storeKey, revoked)

	app.OnRecordAuthRefreshRequest().BindFunc(noteSessionOnRefresh)
	app.OnRecordAuthRequest().BindFunc(nameSessionOnAuth)
	app.OnFileTokenRequest().BindFunc(nameSessionOnFileToken)
	app.OnFileDownloadRequest().BindFunc(refuseRevokedOnFileDownload)

	app.OnRecordAfterCreateSuccess(collections.RevokedSessions).BindFunc(func(e *core.RecordEvent) error {
		id := e.Record.GetString("session")
		revoked.add(id, e.Record.GetDateTime("expires").Time())
		closeSession(e.App, id)
		return e.Next()
	})
	app.OnRecordAfterDeleteSuccess(collections.RevokedSessions).BindFunc(func(e *core.RecordEvent) error {
		revoked.remove(e.Record.GetString("session"))
		return e.Next()
	})
	bindConnections(app)
	bindChanges(app, revoked)

	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if err := revoked.load(e.App); err != nil {
			return err
		}
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{
			Id:       "dropRevokedSession",
			Priority: apis.DefaultLoadAuthTokenMiddlewarePriority + 1,
			Func:     dropRevokedSession(revoked),
		})
		return e.Next()
	})
	background.ScheduleOnEveryNode(app, "forget_expired_sessions", "23 * * * *", forgetExpired)
}

// dropRevokedSession treats the caller of a revoked session as a guest, right after PocketBase has read the token. PocketBase does the
// same with a token that is invalid for another reason.
func dropRevokedSession(revoked *revokedSet) func(e *core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		if e.Auth != nil && revoked.has(BearerToken(e.Request)) {
			e.Auth = nil
		}
		return e.Next()
	}
}

// callerSession is the key under which a refresh stores the caller's session id in the request event, for the new token.
const callerSession = "jobboard.session"

func noteSessionOnRefresh(e *core.RecordAuthRefreshRequestEvent) error {
	e.Set(callerSession, ID(BearerToken(e.Request)))
	return e.Next()
}

func nameSessionOnAuth(e *core.RecordAuthRequestEvent) error {
	id, refreshed := e.Get(callerSession).(string)
	if refreshed && e.Token == BearerToken(e.Request) {
		return e.Next() // a token that can't be refreshed is returned as it is
	}
	if !refreshed {
		id = newID()
	}
	token, err := named(e.Token, e.Record, e.Record.Collection().AuthToken.Secret, id)
	if err != nil {
		return e.InternalServerError("Failed to create auth token.", err)
	}
	e.Token = token
	return e.Next()
}

func nameSessionOnFileToken(e *core.FileTokenRequestEvent) error {
	token, err := named(e.Token, e.Record, e.Record.Collection().FileToken.Secret, ID(BearerToken(e.Request)))
	if err != nil {
		return e.InternalServerError("Failed to generate file token.", err)
	}
	e.Token = token
	return e.Next()
}

func refuseRevokedOnFileDownload(e *core.FileDownloadRequestEvent) error {
	if e.FileField.Protected && IsRevoked(e.App, e.Request.URL.Query().Get("token")) {
		return e.NotFoundError("", nil)
	}
	return e.Next()
}
