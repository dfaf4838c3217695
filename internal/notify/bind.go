package notify

import (
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/background"
)

// Options configures the package.
type Options struct {
	KeepDays int // days after which read notifications are deleted; 0 keeps them
}

// Bind deletes a user's notifications with the user, and old ones once a day.
func Bind(app core.App, options Options) {
	app.OnRecordDelete(collections.Users).BindFunc(deleteNotificationsOnUserDelete)
	background.Schedule(app, "delete_old_notifications", "17 3 * * *", func(app core.App, now time.Time) error {
		return deleteOldNotifications(app, options.KeepDays, now)
	})
}
