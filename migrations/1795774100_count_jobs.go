package migrations

import (
	"fmt"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// A list tells how many jobs there are, and counting a million takes a tenth of a second. So they are counted once, by what lists
// are narrowed by: n jobs for each combination that occurs. Triggers keep the numbers in the transaction that writes the jobs.
func init() {
	columns := []string{"status", "[[jobType]]", "workplace", "[[experienceLevel]]", "industry"}
	names := strings.Join(columns, ", ")
	each := func(format, separator string) string {
		list := make([]string, len(columns))
		for i, column := range columns {
			list[i] = strings.ReplaceAll(format, "@", column)
		}
		return strings.Join(list, separator)
	}
	more := "INSERT INTO job_counts (" + names + ", n) VALUES (" + each("NEW.@", ", ") + ", 1) ON CONFLICT DO UPDATE SET n = n + 1; "
	less := "UPDATE job_counts SET n = n - 1 WHERE " + each("@ = OLD.@", " AND ") + "; "
	trigger := func(name, when, body string) string {
		return "CREATE TRIGGER job_counts_on_" + name + " AFTER " + when + " BEGIN " + body + "END"
	}
	steps := []string{
		"CREATE TABLE job_counts (" + each("@ TEXT NOT NULL", ", ") + ", n INTEGER NOT NULL, PRIMARY KEY (" + names + ")) WITHOUT ROWID",
		"INSERT INTO job_counts SELECT " + names + ", count(*) FROM jobs GROUP BY " + names,
		trigger("insert", "INSERT ON jobs", more),
		trigger("update", "UPDATE OF "+names+" ON jobs WHEN "+each("NEW.@ IS NOT OLD.@", " OR "), less+more),
		trigger("delete", "DELETE ON jobs", less),
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
