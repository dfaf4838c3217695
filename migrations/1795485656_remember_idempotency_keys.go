package migrations

import (
	_ "embed"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

//go:embed 1795485656_remember_idempotency_keys.json
var rememberIdempotencyKeys []byte

func init() {
	m.Register(func(app core.App) error {
		if err := app.ImportCollectionsByMarshaledJSON(rememberIdempotencyKeys, false); err != nil {
			return err
		}

		return nil
	}, nil)
}
