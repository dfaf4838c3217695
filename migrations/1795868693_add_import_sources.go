package migrations

import (
	_ "embed"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

//go:embed 1795868693_add_import_sources.json
var addImportSources []byte

func init() {
	m.Register(func(app core.App) error {
		if err := app.ImportCollectionsByMarshaledJSON(addImportSources, false); err != nil {
			return err
		}

		// Jobs that imports have closed, and when.
		_, err := app.DB().NewQuery("CREATE TABLE import_closings (job TEXT PRIMARY KEY NOT NULL, closedAt TEXT NOT NULL) WITHOUT ROWID").Execute()
		return err
	}, nil)
}
