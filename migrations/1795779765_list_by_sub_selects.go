package migrations

import (
	_ "embed"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

//go:embed 1795779765_list_by_sub_selects.json
var listBySubSelects []byte

func init() {
	m.Register(func(app core.App) error {
		if err := app.ImportCollectionsByMarshaledJSON(listBySubSelects, false); err != nil {
			return err
		}

		return nil
	}, nil)
}
