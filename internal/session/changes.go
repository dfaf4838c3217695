package session

import (
	"database/sql"
	"errors"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/subscriptions"

	"jobboard/collections"
	"jobboard/internal/changes"
)

// bindChanges keeps a follower's set as it is on the leader, and ends its connections of sessions that were revoked there.
func bindChanges(app core.App, revoked *revokedSet) {
	changes.OnChange(app, func(app core.App, change changes.Change) {
		if err := applyChange(app, revoked, change); err != nil {
			app.Logger().Error("A revoked session could not be read; all are read anew.", "error", err)
			if err := refresh(app, revoked); err != nil {
				app.Logger().Error("The revoked sessions could not be read.", "error", err)
			}
		}
	}, collections.RevokedSessions)
	changes.OnRefresh(app, func(app core.App) error { return refresh(app, revoked) })
}

func applyChange(app core.App, revoked *revokedSet, change changes.Change) error {
	if change.Action == changes.Delete {
		collection, err := app.FindCachedCollectionByNameOrId(collections.RevokedSessions)
		if err != nil {
			return err
		}
		row, err := change.Deleted(collection)
		if err != nil {
			return err
		}
		revoked.remove(row.GetString("session"))
		return nil
	}
	row, err := changes.Current(app, change)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // expired meanwhile
	}
	if err != nil {
		return err
	}
	id := row.GetString("session")
	revoked.forget(time.Now()) // expired rows are deleted by plain SQL, which writes no changes
	revoked.add(id, row.GetDateTime("expires").Time())
	closeSession(app, id)
	return nil
}

func refresh(app core.App, revoked *revokedSet) error {
	if err := revoked.load(app); err != nil {
		return err
	}
	ended := map[string]bool{}
	for _, id := range revoked.all() {
		ended[id] = true
	}
	closeWhere(app, func(client subscriptions.Client) bool {
		id, _ := client.Get(clientSession).(string)
		return ended[id]
	})
	return nil
}
