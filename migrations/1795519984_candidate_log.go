package migrations

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// The log that the index of candidates follows, as search_log is for jobs: a row for each change of a profile, or of what
// decides who may see it.
func init() {
	const (
		profilesOf = `INSERT INTO candidate_log (record) SELECT id FROM job_seekers WHERE user = `
		applicants = `INSERT INTO candidate_log (record) SELECT p.id FROM applications a JOIN job_seekers p ON p.user = a.seeker
			WHERE a.job = `
	)
	triggers := []struct{ name, on string }{
		{"profile_insert", `AFTER INSERT ON job_seekers BEGIN INSERT INTO candidate_log (record) VALUES (NEW.id); END`},
		{"profile_update", `AFTER UPDATE ON job_seekers BEGIN
			INSERT INTO candidate_log (record) SELECT OLD.id WHERE OLD.id != NEW.id;
			INSERT INTO candidate_log (record) VALUES (NEW.id); END`},
		{"profile_delete", `AFTER DELETE ON job_seekers BEGIN INSERT INTO candidate_log (record) VALUES (OLD.id); END`},
		{"user_update", `AFTER UPDATE OF role, deactivatedAt ON users
			WHEN NEW.role IS NOT OLD.role OR NEW.deactivatedAt IS NOT OLD.deactivatedAt BEGIN ` + profilesOf + `NEW.id; END`},
		{"user_delete", `AFTER DELETE ON users BEGIN ` + profilesOf + `OLD.id; END`},
		{"interest_insert", `AFTER INSERT ON job_seeker_interests BEGIN ` + profilesOf + `NEW.seeker; END`},
		{"interest_update", `AFTER UPDATE OF seeker, field ON job_seeker_interests BEGIN ` +
			profilesOf + `OLD.seeker; ` + profilesOf + `NEW.seeker; END`},
		{"interest_delete", `AFTER DELETE ON job_seeker_interests BEGIN ` + profilesOf + `OLD.seeker; END`},
		{"field_slug", `AFTER UPDATE OF slug ON fields_of_interest WHEN NEW.slug IS NOT OLD.slug
			BEGIN INSERT INTO candidate_log (record) SELECT p.id FROM job_seeker_interests i JOIN job_seekers p ON p.user = i.seeker
				WHERE i.field = NEW.id; END`},
		{"application_insert", `AFTER INSERT ON applications BEGIN ` + profilesOf + `NEW.seeker; END`},
		{"application_update", `AFTER UPDATE OF seeker, job ON applications
			WHEN NEW.seeker IS NOT OLD.seeker OR NEW.job IS NOT OLD.job
			BEGIN ` + profilesOf + `OLD.seeker; ` + profilesOf + `NEW.seeker; END`},
		{"application_delete", `AFTER DELETE ON applications BEGIN ` + profilesOf + `OLD.seeker; END`},
		{"job_employer", `AFTER UPDATE OF employer ON jobs WHEN NEW.employer IS NOT OLD.employer BEGIN ` + applicants + `NEW.id; END`},
		{"job_delete", `AFTER DELETE ON jobs BEGIN ` + applicants + `OLD.id; END`},
	}
	m.Register(func(app core.App) error {
		steps := []string{`CREATE TABLE candidate_log (seq INTEGER PRIMARY KEY AUTOINCREMENT, record TEXT NOT NULL)`}
		for _, t := range triggers {
			steps = append(steps, `CREATE TRIGGER candidate_log_on_`+t.name+` `+t.on)
		}
		for _, sql := range steps {
			if _, err := app.NonconcurrentDB().NewQuery(sql).Execute(); err != nil {
				return fmt.Errorf("candidate log: %w", err)
			}
		}
		return nil
	}, func(app core.App) error {
		for _, t := range triggers {
			if _, err := app.NonconcurrentDB().NewQuery("DROP TRIGGER candidate_log_on_" + t.name).Execute(); err != nil {
				return err
			}
		}
		_, err := app.NonconcurrentDB().NewQuery("DROP TABLE candidate_log").Execute()
		return err
	})
}
