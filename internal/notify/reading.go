package notify

import (
	"fmt"
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/routine"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/realtime"
)

// announceBatch is how many notifications are loaded at once to announce them.
const announceBatch = 200

// UnreadCount counts a user's unread notifications, from an index that holds only these.
func UnreadCount(app core.App, userID string) (int, error) {
	var count int
	err := app.DB().NewQuery("SELECT COUNT(*) FROM {{notifications}} WHERE [[user]] = {:user} AND [[read]] = FALSE").
		Bind(dbx.Params{"user": userID}).Row(&count)
	if err != nil {
		return 0, fmt.Errorf("count the unread notifications: %w", err)
	}
	return count, nil
}

// MarkAllRead marks a user's unread notifications as read with one statement and returns how many there were. If the user
// is connected, the changes are pushed in the background.
func MarkAllRead(app core.App, userID string) (int, error) {
	now := types.NowDateTime().String()
	var ids []string
	// RETURNING comes in no order that SQLite promises.
	err := app.NonconcurrentDB().NewQuery(`
		UPDATE {{notifications}} SET [[read]] = TRUE, [[readAt]] = {:now}, [[updated]] = {:now}
		WHERE [[user]] = {:user} AND [[read]] = FALSE RETURNING [[id]]`).
		Bind(dbx.Params{"now": now, "user": userID}).Column(&ids)
	if err != nil {
		return 0, fmt.Errorf("mark all notifications as read: %w", err)
	}
	if len(ids) > 0 && len(realtime.Connected(app, userID)) > 0 {
		routine.FireAndForget(func() {
			if err := announce(app, ids, realtime.AnnounceUpdated); err != nil {
				app.Logger().Warn("Failed to push that notifications were read.", "user", userID, "error", err)
			}
		})
	}
	return len(ids), nil
}

// announce loads notifications that plain SQL has written and pushes them.
func announce(app core.App, ids []string, push func(core.App, []*core.Record) error) error {
	for batch := range slices.Chunk(ids, announceBatch) {
		records, err := app.FindRecordsByIds(collections.Notifications, batch)
		if err != nil {
			return fmt.Errorf("load notifications to push: %w", err)
		}
		if err := push(app, records); err != nil {
			return err
		}
	}
	return nil
}
