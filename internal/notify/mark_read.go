package notify

import (
	"fmt"
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/routine"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/changes"
	"jobboard/internal/leadership"
	"jobboard/internal/realtime"
)

const (
	pushBatch     = 200 // notifications that are loaded at once to push them
	markReadBatch = 250 // notifications that one statement marks as read, so that others can write in between
)

// UnreadCount returns the number of a user's unread notifications, from an index that holds only these.
func UnreadCount(app core.App, userID string) (int, error) {
	var count int
	err := app.DB().NewQuery("SELECT COUNT(*) FROM {{notifications}} WHERE [[user]] = {:user} AND [[read]] = FALSE").
		Bind(dbx.Params{"user": userID}).Row(&count)
	if err != nil {
		return 0, fmt.Errorf("count the unread notifications: %w", err)
	}
	return count, nil
}

// MarkAllRead marks a user's unread notifications as read and returns how many there were. If the user is connected, the
// changes are pushed in the background.
func MarkAllRead(app core.App, userID string) (int, error) {
	var ids []string
	for {
		batch, err := markReadWithChanges(app, userID)
		if err != nil {
			return 0, err
		}
		ids = append(ids, batch...)
		if len(batch) < markReadBatch {
			break
		}
	}
	if len(ids) > 0 && !leadership.Clustered(app) && len(realtime.Connected(app, userID)) > 0 {
		routine.FireAndForget(func() {
			if err := pushInBatches(app, ids, realtime.BroadcastUpdated); err != nil {
				app.Logger().Warn("Failed to push that notifications were read.", "user", userID, "error", err)
			}
		})
	}
	return len(ids), nil
}

// markReadWithChanges is markRead, which in a cluster also writes the changes.
func markReadWithChanges(app core.App, userID string) (ids []string, err error) {
	if !leadership.Clustered(app) {
		return markRead(app, userID)
	}
	err = app.RunInTransaction(func(tx core.App) error {
		if ids, err = markRead(tx, userID); err != nil {
			return err
		}
		rows := make([]writtenRow, len(ids))
		for n, id := range ids {
			rows[n] = writtenRow{ID: id, User: userID}
		}
		return writeChanges(tx, changes.Update, rows)
	})
	return ids, err
}

// markRead marks up to markReadBatch notifications as read with one statement and returns their ids.
func markRead(app core.App, userID string) ([]string, error) {
	var ids []string
	err := app.NonconcurrentDB().NewQuery(`
		UPDATE {{notifications}} SET [[read]] = TRUE, [[readAt]] = {:now}, [[updated]] = {:now}
		WHERE rowid IN (SELECT rowid FROM {{notifications}} WHERE [[user]] = {:user} AND [[read]] = FALSE LIMIT {:limit})
		RETURNING [[id]]`).
		Bind(dbx.Params{"now": types.NowDateTime().String(), "user": userID, "limit": markReadBatch}).Column(&ids)
	if err != nil {
		return nil, fmt.Errorf("mark notifications as read: %w", err)
	}
	return ids, nil
}

// pushInBatches loads notifications that plain SQL has written and pushes them, no faster than their recipients receive them.
func pushInBatches(app core.App, ids []string, push func(core.App, []*core.Record)) error {
	for batch := range slices.Chunk(ids, pushBatch) {
		records, err := app.FindRecordsByIds(collections.Notifications, batch)
		if err != nil {
			return fmt.Errorf("load notifications to push: %w", err)
		}
		push(app, records)
	}
	return nil
}
