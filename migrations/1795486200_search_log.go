package migrations

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// The log that the search index follows: one row for each change of what is indexed, written by triggers in the
// transaction of the change, whoever makes it.
func init() {
	steps := []string{
		`CREATE TABLE search_log (seq INTEGER PRIMARY KEY AUTOINCREMENT, record TEXT NOT NULL)`,
		`CREATE TRIGGER search_log_on_job_insert AFTER INSERT ON jobs
			BEGIN INSERT INTO search_log (record) VALUES (NEW.id); END`,
		`CREATE TRIGGER search_log_on_job_update AFTER UPDATE OF id, employer, title, description, locations, location,
			workplace, applicantCountries, jobType, experienceLevel, industry, fields, skills, salaryMin, salaryMax,
			salaryCurrency, salaryPeriod, status, deadline, publishedAt ON jobs
			BEGIN INSERT INTO search_log (record) SELECT OLD.id WHERE OLD.id != NEW.id;
			INSERT INTO search_log (record) VALUES (NEW.id); END`,
		`CREATE TRIGGER search_log_on_job_delete AFTER DELETE ON jobs
			BEGIN INSERT INTO search_log (record) VALUES (OLD.id); END`,
		`CREATE TRIGGER search_log_on_employer_name AFTER UPDATE OF name ON employers WHEN NEW.name IS NOT OLD.name
			BEGIN INSERT INTO search_log (record) SELECT id FROM jobs WHERE employer = NEW.id; END`,
		`CREATE TRIGGER search_log_on_field_slug AFTER UPDATE OF slug ON fields_of_interest WHEN NEW.slug IS NOT OLD.slug
			BEGIN INSERT INTO search_log (record) SELECT id FROM jobs WHERE industry = NEW.id
				OR instr(fields, '"' || NEW.id || '"') > 0; END`,
	}
	m.Register(func(app core.App) error {
		for _, sql := range steps {
			if _, err := app.NonconcurrentDB().NewQuery(sql).Execute(); err != nil {
				return fmt.Errorf("search log: %w", err)
			}
		}
		return nil
	}, func(app core.App) error {
		for _, name := range []string{"job_insert", "job_update", "job_delete", "employer_name", "field_slug"} {
			if _, err := app.NonconcurrentDB().NewQuery("DROP TRIGGER search_log_on_" + name).Execute(); err != nil {
				return err
			}
		}
		_, err := app.NonconcurrentDB().NewQuery("DROP TABLE search_log").Execute()
		return err
	})
}
