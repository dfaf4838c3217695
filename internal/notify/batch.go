package notify

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/routine"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/internal/realtime"
)

// told is one receiver of a notification that goes to many, with what differs from receiver to receiver.
type Recipient struct {
	User  string         `json:"user"`
	Title string         `json:"title,omitempty"` // "" where it is the notification's
	Body  string         `json:"body"`
	Data  map[string]any `json:"data"`
}

// WriteMany is Write for thousands of users: some ten times faster, and so the database is not kept from others. tx must
// be a transaction's app.
func WriteMany(tx core.App, notification Notification, userIDs ...string) error {
	ids := slices.Clone(userIDs)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	receivers := make([]Recipient, len(ids))
	for i, user := range ids {
		receivers[i] = Recipient{User: user, Body: notification.Body, Data: notification.Data}
	}
	return WriteEach(tx, notification, receivers)
}

// writeMany stores a notification for many active users with one statement. Users who have it already, by its Dedupe, are passed
// over. Those who are connected hear of it after commit.
//
// The write lock is held for as long as the statement takes, so it does not leave to the planner how users are looked up:
// by statistics from the board's first day it would read all of them for each receiver.
func WriteEach(tx core.App, notification Notification, receivers []Recipient) error {
	if len(receivers) == 0 {
		return nil
	}
	rows, err := json.Marshal(receivers)
	if err != nil {
		return fmt.Errorf("encode the receivers of %s: %w", notification.Kind, err)
	}
	now := types.NowDateTime()
	var written []struct{ ID, User string }
	err = tx.NonconcurrentDB().NewQuery(`
		INSERT INTO {{notifications}} ([[user]], kind, title, body, data, [[read]], [[readAt]], mail, [[mailAttempts]], [[mailAt]], dedupe, created, updated)
		SELECT [[user]], {:kind}, title, body, data, FALSE, '',
			iif(wanted, 'pending', 'none'), 0, iif(wanted, {:mailAt}, ''), {:dedupe}, {:now}, {:now}
		FROM (
			SELECT u.id AS [[user]], coalesce(r.value ->> 'title', {:title}) AS title, r.value ->> 'body' AS body, r.value -> 'data' AS data,
				u.verified AND EXISTS (
					SELECT 1 FROM json_each(iif(json_valid(u.[[emailNotifications]]), u.[[emailNotifications]], '[]')) WHERE value = {:kind}
				) AS wanted
			FROM json_each({:rows}) r
			CROSS JOIN {{users}} u INDEXED BY [[sqlite_autoindex_users_1]] ON u.id = r.value ->> 'user' AND u.[[deactivatedAt]] = ''
		)
		WHERE TRUE
		ON CONFLICT ([[user]], dedupe) WHERE dedupe != '' DO NOTHING
		RETURNING id, [[user]]`).
		Bind(dbx.Params{
			"kind": notification.Kind, "title": notification.Title, "dedupe": notification.Dedupe, "rows": string(rows),
			"now": now.String(), "mailAt": now.Add(notification.mailDelay()).String(),
		}).All(&written)
	if err != nil {
		return fmt.Errorf("write the %s notifications: %w", notification.Kind, err)
	}
	ids := make(map[string]string, len(written))
	for _, row := range written {
		ids[row.User] = row.ID
	}
	realtime.AfterCommit(tx, func(app core.App) { pushCreated(app, ids) })
	return nil
}

// announceMany pushes notifications, by user, to those who are connected, in the background.
func pushCreated(app core.App, written map[string]string) {
	users := make([]string, 0, len(written))
	for user := range written {
		users = append(users, user)
	}
	var ids []string
	for _, user := range realtime.Connected(app, users...) {
		ids = append(ids, written[user])
	}
	if len(ids) == 0 {
		return
	}
	routine.FireAndForget(func() {
		if err := pushInBatches(app, ids, realtime.BroadcastCreated); err != nil {
			app.Logger().Warn("Failed to push new notifications.", "error", err)
		}
	})
}
