package migrations

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// Digests list what became visible on this board since the last one. publishedAt can't tell: an imported job keeps its
// source's date, and a job may be committed after another that has a later time. The number of a publication is given in
// the transaction that publishes, whoever makes it, and only one transaction writes at a time; so numbers grow in the order
// of the commits.
func init() {
	const (
		last  = `coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'publications'), 0)`
		since = `iif(s.lastSentAt = '', s.created, s.lastSentAt)`
	)
	steps := []string{
		`CREATE TABLE publications (seq INTEGER PRIMARY KEY AUTOINCREMENT, job TEXT NOT NULL)`,
		`CREATE TRIGGER publications_on_insert AFTER INSERT ON jobs WHEN NEW.status = 'published'
			BEGIN INSERT INTO publications (job) VALUES (NEW.id); END`,
		`CREATE TRIGGER publications_on_publish AFTER UPDATE OF status ON jobs WHEN NEW.status = 'published' AND OLD.status != 'published'
			BEGIN INSERT INTO publications (job) VALUES (NEW.id); END`,

		// Up to which publication a saved search has told. One that begins to send digests begins with what is new from then on.
		`CREATE TABLE digest_positions (search TEXT PRIMARY KEY NOT NULL, seq INTEGER NOT NULL) WITHOUT ROWID`,
		`CREATE TRIGGER digest_positions_on_insert AFTER INSERT ON saved_searches
			BEGIN INSERT OR REPLACE INTO digest_positions (search, seq) VALUES (NEW.id, ` + last + `); END`,
		`CREATE TRIGGER digest_positions_on_frequency AFTER UPDATE OF frequency ON saved_searches
			WHEN NEW.frequency IN ('daily', 'weekly') AND OLD.frequency NOT IN ('daily', 'weekly')
			BEGIN UPDATE digest_positions SET seq = ` + last + ` WHERE search = NEW.id; END`,
		`CREATE TRIGGER digest_positions_on_delete AFTER DELETE ON saved_searches
			BEGIN DELETE FROM digest_positions WHERE search = OLD.id; END`,

		// What the board holds already has no numbers yet; its times are the best that is known.
		`CREATE TABLE dated_publications (seq INTEGER PRIMARY KEY, job TEXT NOT NULL, at TEXT NOT NULL)`,
		`INSERT INTO dated_publications (job, at) SELECT id, publishedAt FROM jobs WHERE status = 'published' AND publishedAt >
			(SELECT min(` + since + `) FROM saved_searches s WHERE s.frequency IN ('daily', 'weekly')) ORDER BY publishedAt, id`,
		`CREATE INDEX idx_dated_publications_at ON dated_publications (at)`,
		`INSERT INTO publications (seq, job) SELECT seq, job FROM dated_publications`,
		`INSERT INTO digest_positions (search, seq) SELECT s.id, iif(s.frequency IN ('daily', 'weekly'),
				coalesce((SELECT max(d.seq) FROM dated_publications d WHERE d.at <= ` + since + `), 0), ` + last + `)
			FROM saved_searches s`,
		`DROP TABLE dated_publications`,
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
