package apikey

import (
	"slices"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/subscriptions"

	"jobboard/collections"
	"jobboard/internal/changes"
)

// bindChanges forgets keys when they, their employer or its people change, and ends the realtime connections of those that can't be
// used any more.
func bindChanges(app core.App, k *keys) {
	changed := func(e *core.RecordEvent) error {
		k.store.forget(e.Record.Id)
		closeConnections(e.App, func(keyID string) bool { return keyID == e.Record.Id })
		return e.Next()
	}
	app.OnRecordAfterUpdateSuccess(collections.APIKeys).BindFunc(changed)
	app.OnRecordAfterDeleteSuccess(collections.APIKeys).BindFunc(changed)

	everything := func(app core.App) {
		k.store.forget("")
		closeConnections(app, func(keyID string) bool {
			found, err := k.store.find(app, keyID)
			return found == nil || err != nil
		})
	}
	app.OnRecordAfterUpdateSuccess(collections.Employers).BindFunc(func(e *core.RecordEvent) error {
		before := e.Record.Original()
		if before.GetString("owner") != e.Record.GetString("owner") ||
			!slices.Equal(before.GetStringSlice("members"), e.Record.GetStringSlice("members")) {
			everything(e.App)
		}
		return e.Next()
	})
	app.OnRecordAfterUpdateSuccess(collections.Users).BindFunc(func(e *core.RecordEvent) error {
		before := e.Record.Original()
		if collections.IsActiveEmployer(before) && !collections.IsActiveEmployer(e.Record) {
			everything(e.App)
		}
		return e.Next()
	})
	app.OnRecordAfterDeleteSuccess(collections.Users).BindFunc(func(e *core.RecordEvent) error {
		if collections.IsActiveEmployer(e.Record) {
			everything(e.App)
		}
		return e.Next()
	})
}

// bindCluster does the same on a follower, for what has changed on the leader.
func bindCluster(app core.App, k *keys) {
	ended := func(app core.App, keyID string) bool {
		found, err := k.store.find(app, keyID)
		return found == nil || err != nil
	}
	everything := func(app core.App) {
		k.store.forget("")
		closeConnections(app, func(keyID string) bool { return ended(app, keyID) })
	}
	changes.OnChange(app, func(app core.App, change changes.Change) {
		k.store.forget(change.Record)
		if change.Action != changes.Create {
			closeConnections(app, func(keyID string) bool { return keyID == change.Record })
		}
	}, collections.APIKeys)
	changes.OnChange(app, func(app core.App, change changes.Change) {
		if change.Action == changes.Update && k.store.forgetOf(change.Record) {
			closeConnections(app, func(keyID string) bool { return ended(app, keyID) })
		}
	}, collections.Employers)
	changes.OnChange(app, func(app core.App, change changes.Change) {
		switch change.Action {
		case changes.Delete:
			everything(app)
		case changes.Update:
			// What the user was before is not known here.
			user, err := changes.Current(app, change)
			if err != nil || !collections.IsActiveEmployer(user) && k.store.concern(app, user.Id) {
				everything(app)
			}
		}
	}, collections.Users)
	changes.OnRefresh(app, func(app core.App) error {
		everything(app)
		return nil
	})
}

// closeConnections closes the realtime connections of keys that have ended.
func closeConnections(app core.App, ended func(keyID string) bool) {
	broker := app.SubscriptionsBroker()
	for id, client := range broker.Clients() {
		if keyID := keyOf(client); keyID != "" && ended(keyID) {
			broker.Unregister(id)
		}
	}
}

// keyOf returns the id of the key that a connection was authorised by, or "".
func keyOf(client subscriptions.Client) string {
	caller, _ := client.Get(apis.RealtimeClientAuthKey).(*core.Record)
	if caller == nil {
		return ""
	}
	return collections.KeyIDOf(caller.Id)
}
