package migrations

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// The jobs of one source are told of together: each fan-out bears the source as its batch, "" for a job published by hand.
// A row of fanout_rounds says how far the seekers are told of those that waited when the round began, and when it did. Nobody
// is told of a job that its source published more than a week ago.
func init() {
	const fresh = `(NEW.publishedAt = '' OR NEW.publishedAt > strftime('%Y-%m-%d %H:%M:%fZ', 'now', '-7 days'))`
	steps := []string{
		`ALTER TABLE fanouts ADD COLUMN batch TEXT NOT NULL DEFAULT ''`,
		`DROP INDEX idx_fanouts_queued`,
		`CREATE INDEX idx_fanouts_batch ON fanouts (batch, queued, job)`,
		`UPDATE fanouts SET batch = coalesce((SELECT source FROM jobs WHERE id = fanouts.job), '') WHERE stage = 'seekers' AND cursor = ''`,
		`DROP TRIGGER fanouts_on_insert`,
		`DROP TRIGGER fanouts_on_publish`,
		`CREATE TRIGGER fanouts_on_insert AFTER INSERT ON jobs WHEN NEW.status = 'published' AND ` + fresh + `
			BEGIN INSERT OR REPLACE INTO fanouts (job, batch) VALUES (NEW.id, NEW.source); END`,
		`CREATE TRIGGER fanouts_on_publish AFTER UPDATE OF status ON jobs
			WHEN NEW.status = 'published' AND OLD.status != 'published' AND ` + fresh + `
			BEGIN INSERT OR REPLACE INTO fanouts (job, batch) VALUES (NEW.id, NEW.source); END`,
		`CREATE TABLE fanout_rounds (
			batch TEXT PRIMARY KEY NOT NULL,
			began TEXT NOT NULL,
			cursor TEXT NOT NULL DEFAULT '',
			open INTEGER NOT NULL DEFAULT 1
		) WITHOUT ROWID`,
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
