package migrations

import (
	_ "embed"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

//go:embed 1795869911_add_job_life.json
var addJobLife []byte

func init() {
	m.Register(func(app core.App) error {
		if err := app.ImportCollectionsByMarshaledJSON(addJobLife, false); err != nil {
			return err
		}

		return nil
	}, nil)
}
