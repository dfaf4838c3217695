package migrations

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// The job that waits longest is asked for again and again; after an import, among as many as were imported.
func init() {
	m.Register(func(app core.App) error {
		if _, err := app.NonconcurrentDB().NewQuery("CREATE INDEX idx_fanouts_queued ON fanouts (queued, job)").Execute(); err != nil {
			return fmt.Errorf("index fanouts: %w", err)
		}
		return nil
	}, nil)
}
