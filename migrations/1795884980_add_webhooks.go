package migrations

import (
	_ "embed"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

//go:embed 1795884980_add_webhooks.json
var addWebhooks []byte

func init() {
	m.Register(func(app core.App) error {
		if err := app.ImportCollectionsByMarshaledJSON(addWebhooks, false); err != nil {
			return err
		}

		return nil
	}, nil)
}
