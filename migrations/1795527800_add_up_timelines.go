package migrations

import (
	"fmt"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// Reports ask of each application when it was answered and moved last, how far it came, and how long it stood in each stage.
// Adding that up from its events was most of a report's time, so it stands beside them: one row for each application that has
// events. Triggers keep it in the transaction that writes the events, whoever does. Each adds up all events of the application
// anew, so the row follows from the events alone, whatever their order and whether they are edited or deleted.
func init() {
	// A timeline is a chain, so the time in a stage is the sum of the times of leaving it less the sum of the times of entering
	// it, in seconds since 1970. Who stands in a stage has entered it once more than left it; where none was entered, there is no sum.
	columns, sums := "answered REAL, latest REAL", ""
	for _, stage := range []string{"submitted", "in_review", "shortlisted", "interview_scheduled", "offered"} {
		columns += ", sum_" + stage + " REAL"
		sums += fmt.Sprintf(`, sum(CASE '%s' WHEN e."from" THEN unixepoch(e.created, 'subsec') WHEN e."to" THEN -unixepoch(e.created, 'subsec') END)`, stage)
	}
	// addUp writes the rows of the applications that which keeps. Those that are there must be gone before, since a conflict would
	// be solved as the statement wants that has fired the trigger.
	addUp := func(which string) string {
		return `INSERT INTO application_timelines SELECT e.application,
				unixepoch(min(CASE WHEN e."to" NOT IN ('submitted', 'withdrawn') THEN e.created END), 'subsec'),
				unixepoch(max(e.created), 'subsec')` + sums + `
			FROM application_events e WHERE ` + which + " GROUP BY e.application"
	}
	// SQLite compiles triggers with every statement that may fire them, so there are few of them, and none on what applications
	// are saved with.
	trigger := func(name, when string, ids ...string) string {
		var body strings.Builder
		for _, id := range ids { // = and not IN, for which SQLite would make a temporary table each time
			body.WriteString("DELETE FROM application_timelines WHERE application = " + id + "; " + addUp("e.application = "+id) + "; ")
		}
		return "CREATE TRIGGER application_timelines_on_event_" + name + " AFTER " + when + " BEGIN " + body.String() + "END"
	}
	steps := []string{
		"CREATE TABLE application_timelines (application TEXT PRIMARY KEY NOT NULL, " + columns + ") WITHOUT ROWID",
		addUp("true"),
		trigger("insert", "INSERT ON application_events", "NEW.application"),
		trigger("update", `UPDATE OF application, "from", "to", created ON application_events
			WHEN NEW.application IS NOT OLD.application OR NEW."from" IS NOT OLD."from" OR NEW."to" IS NOT OLD."to" OR NEW.created IS NOT OLD.created`,
			"OLD.application", "NEW.application"),
		trigger("delete", "DELETE ON application_events", "OLD.application"),
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
