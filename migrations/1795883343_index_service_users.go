package migrations

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// Rules look up the role of an API key's service user for each row that they judge. The index is on the id that the view service_users
// makes of a key's, word for word.
func init() {
	const step = "CREATE INDEX idx_api_keys_service_user ON api_keys (CAST('key_' || id AS TEXT))"
	m.Register(func(app core.App) error {
		if _, err := app.NonconcurrentDB().NewQuery(step).Execute(); err != nil {
			return fmt.Errorf("%s: %w", step, err)
		}
		return nil
	}, nil)
}
