package migrations

import (
	_ "embed"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

//go:embed 1795521324_show_search_index.json
var showSearchIndex []byte

func init() {
	m.Register(func(app core.App) error {
		if err := app.ImportCollectionsByMarshaledJSON(showSearchIndex, false); err != nil {
			return err
		}

		return nil
	}, nil)
}
