package migrations

import (
	_ "embed"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

//go:embed 1795890300_hide_mails_from_notifications.json
var hideMailsFromNotifications []byte

func init() {
	m.Register(func(app core.App) error {
		if err := app.ImportCollectionsByMarshaledJSON(hideMailsFromNotifications, false); err != nil {
			return err
		}

		return nil
	}, nil)
}
