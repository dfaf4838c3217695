// Package notify writes notifications, marks them as read and deletes old ones. The row is the source of truth: the realtime push and
// the mail (internal/mail) follow from it.
package notify

import (
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/changes"
)

// mailDelay is how long mails wait that are not urgent, see Notification.mailDelay.
const mailDelay = 30 * time.Second

// Notification is what one or more users are notified of.
type Notification struct {
	Kind  string         // one of collections.NotificationKinds
	Title string         // one line of plain text
	Body  string         // plain text, may be empty
	Data  map[string]any // ids of what it is about: job, application, review, report
	// Dedupe, when set, makes the notification unique per user, so that a second run writes nothing, such as "job_closed:<job>".
	Dedupe string
	// MailOnly is for a mail that is no news on the board. Nobody is shown the row: it is in no list, written as read, and not pushed.
	MailOnly bool
}

// Write stores the notification once for each active user in userIDs. Call it with the transaction's app, so that the notification is
// rolled back together with what it is about. For thousands of users see WriteMany.
func Write(tx core.App, notification Notification, userIDs ...string) error {
	ids := slices.Clone(userIDs)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	users, err := tx.FindRecordsByIds(collections.Users, ids)
	if err != nil {
		return fmt.Errorf("find the recipients of %s: %w", notification.Kind, err)
	}
	return WriteTo(tx, notification, users...)
}

// WriteTo is Write for users whose records the transaction has read already, each once.
func WriteTo(tx core.App, notification Notification, users ...*core.Record) error {
	collection, err := tx.FindCachedCollectionByNameOrId(collections.Notifications)
	if err != nil {
		return fmt.Errorf("find the notifications collection: %w", err)
	}
	ids := make([]string, len(users))
	for i, user := range users {
		ids[i] = user.Id
	}
	notified, err := alreadyNotified(tx, notification.Dedupe, ids)
	if err != nil {
		return err
	}
	for _, user := range users {
		// A deactivated user still gets the account notification about the deactivation itself.
		inactive := !user.GetDateTime("deactivatedAt").IsZero() && notification.Kind != collections.KindAccount
		if inactive || slices.Contains(notified, user.Id) {
			continue
		}
		record := core.NewRecord(collection)
		record.Set("user", user.Id)
		record.Set("kind", notification.Kind)
		record.Set("title", notification.Title)
		record.Set("body", notification.Body)
		record.Set("data", notification.Data)
		record.Set("dedupe", notification.Dedupe)
		if notification.MailOnly {
			changes.Silence(record)
			record.Set("mailOnly", true)
			record.Set("read", true)
			record.Set("readAt", types.NowDateTime())
		}
		record.Set("mail", collections.MailNone)
		if user.Verified() && slices.Contains(user.GetStringSlice("emailNotifications"), notification.Kind) {
			record.Set("mail", collections.MailPending)
			record.Set("mailAt", types.NowDateTime().Add(notification.mailDelay()))
		}
		// All values are the board's own, and the transaction has read the user: to validate it would be to look for the user again.
		if err := tx.SaveNoValidate(record); err != nil {
			return fmt.Errorf("write the %s notification: %w", notification.Kind, err)
		}
	}
	return nil
}

// alreadyNotified returns those of users who already have the notification with that dedupe key.
func alreadyNotified(tx core.App, dedupe string, users []string) ([]string, error) {
	if dedupe == "" {
		return nil, nil
	}
	among := make([]any, len(users))
	for i, user := range users {
		among[i] = user
	}
	var notified []string
	err := tx.DB().Select("user").From(collections.Notifications).
		Where(dbx.And(dbx.In("user", among...), dbx.HashExp{"dedupe": dedupe}, dbx.NewExp("dedupe != ''"))). // as the index has it
		Column(&notified)
	if err != nil {
		return nil, fmt.Errorf("find who already has the notification %s: %w", dedupe, err)
	}
	return notified, nil
}

// mailDelay returns how long the mail waits for its recipient to read the notification on the board, in which case it is not sent.
// Account mails, interviews and receipts are urgent, or belong in the mailbox anyway, and do not wait.
func (n Notification) mailDelay() time.Duration {
	if n.Kind == collections.KindAccount || n.Data["interview"] != nil || n.MailOnly {
		return 0
	}
	return mailDelay
}
