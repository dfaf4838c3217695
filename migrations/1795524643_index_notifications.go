package migrations

import (
	_ "embed"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

//go:embed 1795524643_index_notifications.json
var indexNotifications []byte

func init() {
	m.Register(func(app core.App) error {
		if err := app.ImportCollectionsByMarshaledJSON(indexNotifications, false); err != nil {
			return err
		}

		return nil
	}, nil)
}
