package migrations

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// The employer's people are reminded of a deadline seven and two days before it, the seekers who saved the job two days before it. A row
// says of which deadline of a job an audience has been reminded. For a deadline that is set when it is nearer than that already, the
// people's reminder would be stale: triggers store it as given, whoever publishes the job or sets the deadline.
func init() {
	const (
		leads = "(SELECT 'people7' AS audience, 7 AS days UNION ALL SELECT 'people2', 2)"
		stale = "BEGIN INSERT OR REPLACE INTO deadline_reminders (job, audience, deadline) SELECT NEW.id, audience, NEW.deadline FROM " + leads +
			" WHERE julianday(NEW.deadline) - julianday('now') <= days; END"
		counts = "NEW.status = 'published' AND NEW.deadline != ''"
	)
	steps := []string{
		"CREATE TABLE deadline_reminders (job TEXT NOT NULL, audience TEXT NOT NULL, deadline TEXT NOT NULL, " +
			"PRIMARY KEY (job, audience)) WITHOUT ROWID",
		// So far the people were reminded with the seekers.
		"INSERT INTO deadline_reminders (job, audience, deadline) SELECT job, audience, deadline FROM job_reminders, " +
			"(SELECT 'savers' AS audience UNION ALL SELECT 'people2')",
		"DROP TRIGGER job_reminders_on_delete",
		"DROP TABLE job_reminders",
		"CREATE TRIGGER deadline_reminders_on_delete AFTER DELETE ON jobs BEGIN DELETE FROM deadline_reminders WHERE job = OLD.id; END",
		"CREATE TRIGGER deadline_reminders_on_insert AFTER INSERT ON jobs WHEN " + counts + " " + stale,
		"CREATE TRIGGER deadline_reminders_on_update AFTER UPDATE OF status, deadline ON jobs WHEN " + counts +
			" AND (NEW.deadline IS NOT OLD.deadline OR OLD.status != 'published') " + stale,
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
