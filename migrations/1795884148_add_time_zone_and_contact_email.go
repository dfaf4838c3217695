package migrations

import (
	_ "embed"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

//go:embed 1795884148_add_time_zone_and_contact_email.json
var addTimeZoneAndContactEmail []byte

func init() {
	m.Register(func(app core.App) error {
		if err := app.ImportCollectionsByMarshaledJSON(addTimeZoneAndContactEmail, false); err != nil {
			return err
		}

		return nil
	}, nil)
}
