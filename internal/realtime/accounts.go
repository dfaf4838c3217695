package realtime

import (
	"database/sql"
	"errors"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/changes"
)

// renewAccount does on a follower what PocketBase and internal/session do on the leader when an account is saved: its connections get the
// record as it is now, and end if their token is no longer valid.
func (h *hub) renewAccount(app core.App, change changes.Change) {
	collection, err := app.FindCachedCollectionByNameOrId(change.Collection)
	if err != nil {
		return
	}
	stub := core.NewRecord(collection)
	stub.Id = change.Record
	h.renew(app, accountOf(stub), change)
}

func (h *hub) renew(app core.App, account string, change changes.Change) {
	open := h.connectionsOf(account)
	if len(open) == 0 {
		return
	}
	fresh, err := changes.Current(app, change)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		app.Logger().Warn("Closed the realtime connections of an account that could not be read.", "account", account, "error", err)
	}
	for _, c := range open {
		auth := authOf(c)
		switch {
		case auth == nil: // the connection has become a guest's meanwhile
		case err != nil || fresh.TokenKey() != auth.TokenKey():
			app.SubscriptionsBroker().Unregister(c.Id())
		default:
			c.Set(apis.RealtimeClientAuthKey, fresh)
		}
	}
}

// renewAccounts renews the accounts of all connections but those of API keys, which internal/apikey looks after.
func (h *hub) renewAccounts(app core.App) error {
	h.mu.RLock()
	accounts := map[string]changes.Change{}
	for c := range h.all {
		if auth := authOf(c); auth != nil && !collections.IsAPIKey(auth) {
			accounts[c.account] = changes.Change{Collection: auth.Collection().Id, Record: auth.Id}
		}
	}
	h.mu.RUnlock()
	for account, change := range accounts {
		h.renew(app, account, change)
	}
	return nil
}

// endAccounts ends the connections of all accounts of a collection.
func (h *hub) endAccounts(of *core.Collection) {
	h.mu.RLock()
	var ended []*connection
	for c := range h.all {
		if auth := authOf(c); auth != nil && auth.Collection().Id == of.Id {
			ended = append(ended, c)
		}
	}
	h.mu.RUnlock()
	for _, c := range ended {
		h.app.SubscriptionsBroker().Unregister(c.Id())
	}
}

func (h *hub) connectionsOf(account string) []*connection {
	h.mu.RLock()
	defer h.mu.RUnlock()
	var open []*connection
	for c := range h.accounts[account] {
		open = append(open, c)
	}
	return open
}

func authOf(c *connection) *core.Record {
	auth, _ := c.Get(apis.RealtimeClientAuthKey).(*core.Record)
	return auth
}
