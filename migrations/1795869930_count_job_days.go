package migrations

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// The figures of a job by day. Triggers count its applications and saves in the transaction that writes them, by the day on which
// the row was made, whoever makes it. A save that is taken back on the same day does not count; later the day's figures stay as they
// were, also when an account is deleted.
//
// Visitors of today are kept as hashes with a salt, to count each of them once; both are deleted when the day is over.
func init() {
	const (
		now   = "strftime('%Y-%m-%d %H:%M:%fZ', 'now')"
		dayOf = "substr(iif(NEW.created = '', " + now + ", NEW.created), 1, 10)"
		into  = "INSERT INTO job_days (job, day, views, visitors, applyClicks, saves, applications, created, updated)"
	)
	count := func(saves, applications string) string {
		return into + " VALUES (NEW.job, " + dayOf + ", 0, 0, 0, " + saves + ", " + applications + ", " + now + ", " + now + ") " +
			"ON CONFLICT (job, day) DO UPDATE SET saves = saves + excluded.saves, applications = applications + excluded.applications, " +
			"updated = excluded.updated"
	}
	steps := []string{
		"CREATE TABLE visitor_salts (day TEXT PRIMARY KEY NOT NULL, salt TEXT NOT NULL) WITHOUT ROWID",
		"CREATE TABLE job_visitors (hash INTEGER PRIMARY KEY NOT NULL)",
		into + " SELECT job, day, 0, 0, 0, sum(saves), sum(applications), " + now + ", " + now + " FROM (" +
			"SELECT job, substr(created, 1, 10) AS day, 1 AS saves, 0 AS applications FROM saved_jobs UNION ALL " +
			"SELECT job, substr(created, 1, 10), 0, 1 FROM applications) WHERE day != '' AND job IN (SELECT id FROM jobs) GROUP BY job, day",
		"CREATE TRIGGER job_days_on_application AFTER INSERT ON applications BEGIN " + count("0", "1") + "; END",
		"CREATE TRIGGER job_days_on_save AFTER INSERT ON saved_jobs BEGIN " + count("1", "0") + "; END",
		"CREATE TRIGGER job_days_on_unsave AFTER DELETE ON saved_jobs WHEN substr(OLD.created, 1, 10) = date('now') BEGIN " +
			"UPDATE job_days SET saves = max(saves - 1, 0) WHERE job = OLD.job AND day = date('now'); END",
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
