package migrations

import (
	_ "embed"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

//go:embed 1764000000_create_collections.json
var createCollections []byte

// The first shape of the board: every collection of the contract. Down is not offered: it would delete all data.
func init() {
	m.Register(func(app core.App) error {
		return app.ImportCollectionsByMarshaledJSON(createCollections, false)
	}, nil)
}
