// Package notify turns what happens on the board into notification rows. The row is the truth; the push in realtime and
// the mail follow from it.
package notify

import (
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
)

// mailDelay is how long mails wait that may wait, see Notification.mailDelay.
const mailDelay = 30 * time.Second

// Notice is what one or more users are told.
type Notification struct {
	Kind  string         // one of collections.NotificationKinds
	Title string         // one line of plain text
	Body  string         // plain text, may be empty
	Data  map[string]any // ids of what it is about: job, application, review, report
	// Dedupe, when set, makes the notification unique per user, so that a second run writes nothing, such as "job_closed:<job>".
	Dedupe string
}

// Write stores the notification for every user in userIDs who is active, each once. Call it with the transaction's app, so that
// the notification stands or falls with what it tells of. For thousands of users see writeMany.
func Write(tx core.App, notification Notification, userIDs ...string) error {
	collection, err := tx.FindCachedCollectionByNameOrId(collections.Notifications)
	if err != nil {
		return fmt.Errorf("find the notifications collection: %w", err)
	}
	ids := slices.Clone(userIDs)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	users, err := tx.FindRecordsByIds(collections.Users, ids)
	if err != nil {
		return fmt.Errorf("find the receivers of %s: %w", notification.Kind, err)
	}
	told, err := alreadyNotified(tx, notification.Dedupe, ids)
	if err != nil {
		return err
	}
	for _, user := range users {
		// The account notification of a deactivation is the one thing a deactivated user is still told.
		inactive := !user.GetDateTime("deactivatedAt").IsZero() && notification.Kind != collections.KindAccount
		if inactive || slices.Contains(told, user.Id) {
			continue
		}
		record := core.NewRecord(collection)
		record.Set("user", user.Id)
		record.Set("kind", notification.Kind)
		record.Set("title", notification.Title)
		record.Set("body", notification.Body)
		record.Set("data", notification.Data)
		record.Set("dedupe", notification.Dedupe)
		record.Set("mail", collections.MailNone)
		if user.Verified() && slices.Contains(user.GetStringSlice("emailNotifications"), notification.Kind) {
			record.Set("mail", collections.MailPending)
			record.Set("mailAt", types.NowDateTime().Add(notification.mailDelay()))
		}
		if err := tx.Save(record); err != nil {
			return fmt.Errorf("write the %s notification: %w", notification.Kind, err)
		}
	}
	return nil
}

// alreadyTold returns those of users who have the notification of that dedupe key.
func alreadyNotified(tx core.App, dedupe string, users []string) ([]string, error) {
	if dedupe == "" {
		return nil, nil
	}
	among := make([]any, len(users))
	for i, user := range users {
		among[i] = user
	}
	var told []string
	err := tx.DB().Select("user").From(collections.Notifications).
		Where(dbx.And(dbx.In("user", among...), dbx.HashExp{"dedupe": dedupe}, dbx.NewExp("dedupe != ''"))). // as the index has it
		Column(&told)
	if err != nil {
		return nil, fmt.Errorf("find who was told of %s: %w", dedupe, err)
	}
	return told, nil
}

// mailDelay is how long the mail waits for its receiver to read the notification on the board first, so that quick readers get
// no mail. What can't wait, or is wanted in the mailbox anyway, goes out at once.
func (n Notification) mailDelay() time.Duration {
	if n.Kind == collections.KindAccount || n.Data["interview"] != nil {
		return 0
	}
	return mailDelay
}
