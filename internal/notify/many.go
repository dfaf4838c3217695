package notify

import (
	"encoding/json"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/routine"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/internal/realtime"
)

// told is one receiver of a notice that goes to many, with what differs from receiver to receiver.
type told struct {
	User string         `json:"user"`
	Body string         `json:"body"`
	Data map[string]any `json:"data"`
}

// writeMany stores a notice for many active users with one statement, some fifty times faster than Write. Users who have
// it already, by its Dedupe, are passed over. It returns the ids of the new rows by user; call announceMany with them
// after commit.
func writeMany(tx core.App, notice Notice, receivers []told) (map[string]string, error) {
	if len(receivers) == 0 {
		return nil, nil
	}
	rows, err := json.Marshal(receivers)
	if err != nil {
		return nil, fmt.Errorf("encode the receivers of %s: %w", notice.Kind, err)
	}
	now := types.NowDateTime()
	var written []struct{ ID, User string }
	err = tx.NonconcurrentDB().NewQuery(`
		INSERT INTO {{notifications}} ([[user]], kind, title, body, data, [[read]], [[readAt]], mail, [[mailAttempts]], [[mailAt]], dedupe, created, updated)
		SELECT u.id, {:kind}, {:title}, r.value ->> 'body', r.value -> 'data', FALSE, '',
			iif(w.wanted, 'pending', 'none'), 0, iif(w.wanted, {:mailAt}, ''), {:dedupe}, {:now}, {:now}
		FROM json_each({:rows}) r
		JOIN (SELECT id, EXISTS (
				SELECT 1 FROM json_each(iif(json_valid([[emailNotifications]]), [[emailNotifications]], '[]')) WHERE value = {:kind}
			) AS wanted FROM {{users}} WHERE [[deactivatedAt]] = '') w ON w.id = r.value ->> 'user'
		JOIN {{users}} u ON u.id = w.id
		WHERE TRUE
		ON CONFLICT ([[user]], dedupe) WHERE dedupe != '' DO NOTHING
		RETURNING id, [[user]]`).
		Bind(dbx.Params{
			"kind": notice.Kind, "title": notice.Title, "dedupe": notice.Dedupe, "rows": string(rows),
			"now": now.String(), "mailAt": now.Add(notice.mailDelay()).String(),
		}).All(&written)
	if err != nil {
		return nil, fmt.Errorf("write the %s notices: %w", notice.Kind, err)
	}
	ids := make(map[string]string, len(written))
	for _, row := range written {
		ids[row.User] = row.ID
	}
	return ids, nil
}

// announceMany pushes what writeMany has written to those who are connected, in the background.
func announceMany(app core.App, written map[string]string) {
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
		if err := announce(app, ids, realtime.AnnounceCreated); err != nil {
			app.Logger().Warn("Failed to push new notifications.", "error", err)
		}
	})
}
