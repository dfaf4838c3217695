package migrations

import (
	_ "embed"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

//go:embed 1795520258_index_timelines.json
var indexTimelines []byte

func init() {
	m.Register(func(app core.App) error {
		if err := app.ImportCollectionsByMarshaledJSON(indexTimelines, false); err != nil {
			return err
		}

		return nil
	}, nil)
}
