package migrations

import (
	"fmt"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// A new contactEmail is an employer.updated as well.
func init() {
	columns := []string{
		"owner", "members", "name", "slug", "about", "website", "contactEmail", "logo", "industry", "size", "location", "coordinates", "fields",
		"verified",
	}
	changes := make([]string, len(columns))
	for n, column := range columns {
		changes[n] = "NEW." + column + " IS NOT OLD." + column
	}
	steps := []string{
		"DROP TRIGGER events_on_employer_update",
		eventTrigger("employer_update", "AFTER UPDATE OF "+strings.Join(columns, ", ")+" ON employers WHEN "+strings.Join(changes, " OR "),
			"'employer.updated'", map[string]string{"employer": "NEW.id"}),
	}
	m.Register(func(app core.App) error {
		for _, step := range steps {
			if _, err := app.NonconcurrentDB().NewQuery(step).Execute(); err != nil {
				return fmt.Errorf("%.60s...: %w", step, err)
			}
		}
		return nil
	}, nil)
}
