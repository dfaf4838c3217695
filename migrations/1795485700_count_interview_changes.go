package migrations

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// Counts the changes of an application's interview, whoever makes them: a calendar takes only what has a higher number
// than what it knows.
func init() {
	m.Register(func(app core.App) error {
		for _, step := range []string{
			`CREATE TABLE interview_sequences (application TEXT PRIMARY KEY NOT NULL, sequence INTEGER NOT NULL) WITHOUT ROWID`,
			`CREATE TRIGGER interview_sequences_on_update AFTER UPDATE OF status, interviewAt, interviewLocation ON applications
				WHEN (OLD.status = 'interview_scheduled' OR NEW.status = 'interview_scheduled') AND
					(NEW.status IS NOT OLD.status OR NEW.interviewAt IS NOT OLD.interviewAt OR NEW.interviewLocation IS NOT OLD.interviewLocation)
				BEGIN INSERT INTO interview_sequences (application, sequence) VALUES (NEW.id, 0)
					ON CONFLICT (application) DO UPDATE SET sequence = sequence + 1; END`,
			`CREATE TRIGGER interview_sequences_on_delete AFTER DELETE ON applications
				BEGIN DELETE FROM interview_sequences WHERE application = OLD.id; END`,
		} {
			if _, err := app.NonconcurrentDB().NewQuery(step).Execute(); err != nil {
				return fmt.Errorf("%.60s...: %w", step, err)
			}
		}
		return nil
	}, nil)
}
