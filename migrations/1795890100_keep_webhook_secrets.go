package migrations

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// What the board notes about a webhook's endpoint, out of reach of every API: its secret and, for a while after a change, the one before;
// up to which event deliveries have been made, and until when the receiver has asked for a pause.
//
// Nobody is sent what was deleted with a person.
func init() {
	steps := []string{
		`CREATE TABLE webhook_states (endpoint TEXT PRIMARY KEY NOT NULL, secret TEXT NOT NULL, previous TEXT NOT NULL DEFAULT '',
			previousUntil TEXT NOT NULL DEFAULT '', position INTEGER NOT NULL, pausedUntil TEXT NOT NULL DEFAULT '') WITHOUT ROWID`,
		`CREATE TRIGGER webhook_states_on_delete AFTER DELETE ON webhook_endpoints
			BEGIN DELETE FROM webhook_states WHERE endpoint = OLD.id; END`,
		`CREATE TRIGGER webhook_deliveries_on_event_delete AFTER DELETE ON events
			BEGIN DELETE FROM webhook_deliveries WHERE event = OLD.seq AND event > 0; END`,
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
