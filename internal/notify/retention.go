package notify

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/changes"
	"jobboard/internal/leadership"
	"jobboard/internal/realtime"
)

// deleteBatch is how many rows one statement deletes, so that others can write in between.
const deleteBatch = 250

// deleteOldNotifications deletes read notifications older than days; 0 keeps them. Connected users are told by realtime.
func deleteOldNotifications(app core.App, days int, now time.Time) error {
	if days == 0 {
		return nil
	}
	before, err := types.ParseDateTime(now.AddDate(0, 0, -days))
	if err != nil {
		return fmt.Errorf("compute the date of the oldest notification to keep: %w", err)
	}
	for last := int64(0); ; {
		var rows []struct {
			ID, User string
			Row      int64
		}
		err := app.DB().NewQuery(`
			SELECT id, [[user]], rowid AS row FROM {{notifications}}
			WHERE rowid > {:last} AND [[read]] = TRUE AND [[created]] < {:before} ORDER BY rowid LIMIT {:limit}`).
			Bind(dbx.Params{"last": last, "before": before.String(), "limit": deleteBatch}).All(&rows)
		if err != nil {
			return fmt.Errorf("find old notifications: %w", err)
		}
		if len(rows) == 0 {
			return nil
		}
		last = rows[len(rows)-1].Row
		if leadership.Clustered(app) { // on which node a user is connected is not known
			ids := make([]string, len(rows))
			for n, row := range rows {
				ids[n] = row.ID
			}
			if err := deleteWithChanges(app, ids); err != nil {
				return err
			}
			continue
		}
		var silent []any
		for _, row := range rows {
			if len(realtime.Connected(app, row.User)) == 0 {
				silent = append(silent, row.ID)
				continue
			}
			record, err := app.FindRecordById(collections.Notifications, row.ID)
			if err != nil {
				return fmt.Errorf("load old notification %s: %w", row.ID, err)
			}
			if err := app.Delete(record); err != nil {
				return fmt.Errorf("delete old notification %s: %w", row.ID, err)
			}
			realtime.WaitForDrain(app, row.User)
		}
		if _, err := app.NonconcurrentDB().Delete(collections.Notifications, dbx.In("id", silent...)).Execute(); err != nil {
			return fmt.Errorf("delete old notifications: %w", err)
		}
	}
}

// deleteWithChanges deletes notifications and writes the changes.
func deleteWithChanges(app core.App, ids []string) error {
	return app.RunInTransaction(func(tx core.App) error {
		notifications, err := tx.FindCachedCollectionByNameOrId(collections.Notifications)
		if err != nil {
			return fmt.Errorf("find the notifications collection: %w", err)
		}
		if err := changes.WriteDeletions(tx, notifications, ids); err != nil {
			return err
		}
		among := make([]any, len(ids))
		for n, id := range ids {
			among[n] = id
		}
		if _, err := tx.NonconcurrentDB().Delete(collections.Notifications, dbx.In("id", among...)).Execute(); err != nil {
			return fmt.Errorf("delete old notifications: %w", err)
		}
		return nil
	})
}

// deleteNotificationsOnUserDelete deletes a user's notifications with one statement. PocketBase would delete them too, but one by
// one.
func deleteNotificationsOnUserDelete(e *core.RecordEvent) error {
	app := e.App
	defer func() { e.App = app }()
	return app.RunInTransaction(func(tx core.App) error {
		e.App = tx
		_, err := tx.NonconcurrentDB().Delete(collections.Notifications, dbx.HashExp{"user": e.Record.Id}).Execute()
		if err != nil {
			return fmt.Errorf("delete the notifications of user %s: %w", e.Record.Id, err)
		}
		return e.Next()
	})
}
