package migrations

import (
	_ "embed"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

//go:embed 1795782137_index_receivers_and_addresses.json
var indexReceiversAndAddresses []byte

func init() {
	m.Register(func(app core.App) error {
		if err := app.ImportCollectionsByMarshaledJSON(indexReceiversAndAddresses, false); err != nil {
			return err
		}

		return nil
	}, nil)
}
