package hooks

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
)

func bindNotifications(app core.App) {
	app.OnRecordUpdate(collections.Notifications).BindFunc(setReadAtOnNotificationUpdate)
}

// setReadAtOnNotificationUpdate keeps readAt in step with read.
func setReadAtOnNotificationUpdate(e *core.RecordEvent) error {
	read, was := e.Record.GetBool("read"), e.Record.Original().GetBool("read")
	if read && !was {
		e.Record.Set("readAt", types.NowDateTime())
	}
	if !read && was {
		e.Record.Set("readAt", "")
	}
	return e.Next()
}
