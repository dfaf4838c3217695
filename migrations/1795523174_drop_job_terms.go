package migrations

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// The search index finds the jobs for a seeker; their terms in a table of their own have no reader any more.
func init() {
	m.Register(func(app core.App) error {
		for _, step := range []string{
			"DROP TRIGGER job_terms_on_insert", "DROP TRIGGER job_terms_on_update", "DROP TRIGGER job_terms_on_delete", "DROP TABLE job_terms",
		} {
			if _, err := app.NonconcurrentDB().NewQuery(step).Execute(); err != nil {
				return fmt.Errorf("%s: %w", step, err)
			}
		}
		return nil
	}, nil)
}
