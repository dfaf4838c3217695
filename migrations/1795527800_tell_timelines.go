package migrations

import (
	"fmt"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// Reports ask of each application how far it came, when it was answered and moved last, and how long it stood in each stage.
// Adding that up from its events was most of a report's time, so it stands beside them: one row for each application that has
// events. Triggers keep it in the transaction that writes the events, whoever does. Each adds up all events of the application
// anew, so the row follows from the events alone, whatever their order and whether they are edited or deleted.
func init() {
	// When an event was written, in seconds since 1970, so that no report has to read a date.
	const at, latest = "unixepoch(e.created, 'subsec')", "unixepoch(max(e.created), 'subsec')"
	columns := "furthest INTEGER, answered REAL, latest REAL"
	furthest, hours := `max(CASE e."to" WHEN 'hired' THEN 6`, ""
	for i, stage := range []string{"submitted", "in_review", "shortlisted", "interview_scheduled", "offered"} {
		stage = "'" + stage + "'"
		furthest += fmt.Sprintf(" WHEN %s THEN %d", stage, i+1)
		columns += ", hours_" + strings.Trim(stage, "'") + " REAL"
		// A timeline is a chain, so the time in a stage is the sum of the times of leaving it less the sum of the times of
		// entering it. Who stands there has entered it once more: that counts to the last event, which was entering. Who has
		// never left it has no hours there.
		hours += `, CASE WHEN max(e."from" = ` + stage + `) THEN (sum(CASE ` + stage + ` WHEN e."from" THEN ` + at + ` WHEN e."to" THEN -` + at + ` END)
			+ sum((e."to" = ` + stage + `) - (e."from" = ` + stage + ")) * " + latest + ") / 3600 END"
	}
	// tell writes the rows of the applications that which keeps. Those that are there must be gone before, since a conflict would
	// be solved as the statement wants that has fired the trigger. Whoever deletes an application may delete its events after it,
	// and whoever loads a copy of a board may load events first: an application that is not there has no row.
	tell := func(which string) string {
		return "INSERT INTO application_timelines SELECT a.id, " + furthest + ` ELSE 1 END),
				unixepoch(min(CASE WHEN e."to" NOT IN ('submitted', 'withdrawn') THEN e.created END), 'subsec'), ` + latest + hours + `
			FROM applications a CROSS JOIN application_events e ON e.application = a.id WHERE ` + which + " GROUP BY a.id"
	}
	trigger := func(name, when string, ids ...string) string {
		var body strings.Builder
		for _, id := range ids { // = and not IN, for which SQLite would make a temporary table each time
			body.WriteString("DELETE FROM application_timelines WHERE application = " + id + "; " + tell("a.id = "+id) + "; ")
		}
		return "CREATE TRIGGER application_timelines_on_" + name + " AFTER " + when + " BEGIN " + body.String() + "END"
	}
	steps := []string{
		"CREATE TABLE application_timelines (application TEXT PRIMARY KEY NOT NULL, " + columns + ") WITHOUT ROWID",
		tell("true"),
		trigger("event_insert", "INSERT ON application_events", "NEW.application"),
		trigger("event_update", `UPDATE OF application, "from", "to", created ON application_events
			WHEN NEW.application IS NOT OLD.application OR NEW."from" IS NOT OLD."from" OR NEW."to" IS NOT OLD."to" OR NEW.created IS NOT OLD.created`,
			"OLD.application", "NEW.application"),
		trigger("event_delete", "DELETE ON application_events", "OLD.application"),
		trigger("insert", "INSERT ON applications", "NEW.id"),
		trigger("rename", "UPDATE OF id ON applications WHEN NEW.id IS NOT OLD.id", "OLD.id", "NEW.id"),
		trigger("delete", "DELETE ON applications", "OLD.id"),
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
