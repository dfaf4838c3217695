package migrations

import (
	_ "embed"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

//go:embed 1795881168_add_events.json
var addEvents []byte

func init() {
	m.Register(func(app core.App) error {
		if err := app.ImportCollectionsByMarshaledJSON(addEvents, false); err != nil {
			return err
		}

		return nil
	}, nil)
}
