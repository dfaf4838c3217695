package migrations

import (
	_ "embed"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

//go:embed 1795777113_remember_known_addresses.json
var rememberKnownAddresses []byte

func init() {
	m.Register(func(app core.App) error {
		if err := app.ImportCollectionsByMarshaledJSON(rememberKnownAddresses, false); err != nil {
			return err
		}

		return nil
	}, nil)
}
