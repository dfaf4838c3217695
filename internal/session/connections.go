package session

import (
	"errors"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/security"
	"github.com/pocketbase/pocketbase/tools/subscriptions"

	"jobboard/collections"
)

// The keys in a realtime client's store of its session id, and of the time when its token expires.
const (
	clientSession = "jobboard.session"
	clientExpires = "jobboard.sessionExpires"
)

var errExpired = errors.New("the token of this connection has expired")

// bindConnections closes realtime connections when the session or account that they were authorised by ends. PocketBase would leave
// them open as those of a guest, and the client would not notice that it is logged out.
func bindConnections(app core.App) {
	app.OnRealtimeSubscribeRequest().BindFunc(noteSessionOnSubscribe)
	app.OnRealtimeMessageSend().BindFunc(refuseExpiredOnMessageSend)
	// Before PocketBase's own hooks of priority -99, which remove the account from its connections.
	app.OnModelAfterUpdateSuccess().Bind(&hook.Handler[*core.ModelEvent]{
		Id: "closeConnectionsOnTokenKeyChange", Priority: -100,
		Func: func(e *core.ModelEvent) error {
			if record, ok := e.Model.(*core.Record); ok && record.Collection().IsAuth() {
				closeWhere(e.App, func(client subscriptions.Client) bool {
					auth := authOf(client)
					return isSame(auth, record) && auth.TokenKey() != record.TokenKey()
				})
			}
			return e.Next()
		},
	})
	app.OnModelAfterDeleteSuccess().Bind(&hook.Handler[*core.ModelEvent]{
		Id: "closeConnectionsOnAccountDelete", Priority: -100,
		Func: func(e *core.ModelEvent) error {
			if record, ok := e.Model.(*core.Record); ok && record.Collection().IsAuth() {
				closeWhere(e.App, func(client subscriptions.Client) bool { return isSame(authOf(client), record) })
			}
			return e.Next()
		},
	})
}

// noteSessionOnSubscribe stores the session id in the connection, and checks once more whether the session is still valid: it may have
// been revoked after the request was let in and before its id was stored.
func noteSessionOnSubscribe(e *core.RealtimeSubscribeRequestEvent) error {
	if e.Auth == nil || collections.IsAPIKey(e.Auth) { // internal/apikey watches over the connections of keys
		return e.Next()
	}
	token := BearerToken(e.Request)
	e.Client.Set(clientSession, ID(token))
	if claims, err := security.ParseUnverifiedJWT(token); err == nil { // PocketBase has verified it
		if expires, err := claims.GetExpirationTime(); err == nil && expires != nil {
			e.Client.Set(clientExpires, expires.Time)
		}
	}
	if err := e.Next(); err != nil {
		return err
	}
	fresh, err := e.App.FindRecordById(e.Auth.Collection(), e.Auth.Id)
	if err != nil || fresh.TokenKey() != e.Auth.TokenKey() || IsRevoked(e.App, token) {
		e.App.SubscriptionsBroker().Unregister(e.Client.Id())
	}
	return nil
}

// refuseExpiredOnMessageSend closes a connection instead of sending a message after its token has expired.
func refuseExpiredOnMessageSend(e *core.RealtimeMessageEvent) error {
	if expires, ok := e.Client.Get(clientExpires).(time.Time); ok && time.Now().After(expires) {
		return errExpired
	}
	return e.Next()
}

// closeSession closes the realtime connections of one session.
func closeSession(app core.App, id string) {
	closeWhere(app, func(client subscriptions.Client) bool { return client.Get(clientSession) == id })
}

func closeWhere(app core.App, ended func(subscriptions.Client) bool) {
	broker := app.SubscriptionsBroker()
	for id, client := range broker.Clients() {
		if ended(client) {
			broker.Unregister(id)
		}
	}
}

func authOf(client subscriptions.Client) *core.Record {
	record, _ := client.Get(apis.RealtimeClientAuthKey).(*core.Record)
	return record
}

func isSame(a, b *core.Record) bool {
	return a != nil && a.Id == b.Id && a.Collection().Id == b.Collection().Id
}
