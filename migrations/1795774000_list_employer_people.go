package migrations

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// The rules ask which employers a user owns or is a member of. Members are a list inside the employer's row, so that asking the
// employers themselves reads all of them: this table has one row for each person of an employer. Triggers keep it.
func init() {
	const people = `INSERT INTO employer_people SELECT e.owner, e.id FROM (%[1]s) e
		UNION SELECT m.value, e.id FROM (%[1]s) e, json_each(iif(json_valid(e.members), e.members, '[]')) m`
	// Each writes an employer's rows anew, in two statements: a conflict would be solved as the statement wants that fired the trigger.
	const drop = "DELETE FROM employer_people WHERE employer = OLD.id; "
	row := fmt.Sprintf(people, "SELECT NEW.owner AS owner, NEW.id AS id, NEW.members AS members") + "; "
	trigger := func(name, when, body string) string {
		return "CREATE TRIGGER employer_people_on_" + name + " AFTER " + when + " BEGIN " + body + "END"
	}
	steps := []string{
		"CREATE TABLE employer_people ([[user]] TEXT NOT NULL, employer TEXT NOT NULL, PRIMARY KEY ([[user]], employer)) WITHOUT ROWID",
		"CREATE INDEX idx_employer_people_employer ON employer_people (employer)",
		fmt.Sprintf(people, "SELECT owner, id, members FROM employers"),
		trigger("insert", "INSERT ON employers", row),
		trigger("update", `UPDATE OF id, owner, members ON employers
			WHEN NEW.id IS NOT OLD.id OR NEW.owner IS NOT OLD.owner OR NEW.members IS NOT OLD.members`, drop+row),
		trigger("delete", "DELETE ON employers", drop),
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
