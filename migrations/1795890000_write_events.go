package migrations

import (
	"fmt"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// Events are written in the transaction of the change that they are about, whoever makes it, and so are lost with it or not at all. Only
// one transaction writes at a time, so their numbers grow in the order of the commits. event_counter has one row: the last number that was
// given, and the one up to which events are no longer kept.
//
// A draft has no events. Job events can so be shown to everybody. A published job that is deleted counts as closed.
//
// An event is deleted with the user, the application or the review that it names.
func init() {
	// changed returns the condition that one of the columns changes.
	changed := func(columns []string) string {
		conditions := make([]string, len(columns))
		for n, column := range columns {
			conditions[n] = "NEW." + column + " IS NOT OLD." + column
		}
		return "(" + strings.Join(conditions, " OR ") + ")"
	}
	job := []string{
		"title", "description", "locations", "location", "workplace", "applicantCountries", "jobType", "experienceLevel", "industry", "fields",
		"skills", "salaryMin", "salaryMax", "salaryCurrency", "salaryPeriod", "deadline", "questions", "externalId", "source", "applyMethod",
		"applyUrl", "applyEmail",
	}
	employer := []string{
		"owner", "members", "name", "slug", "about", "website", "logo", "industry", "size", "location", "coordinates", "fields", "verified",
	}
	steps := []string{
		"CREATE TABLE event_counter (id INTEGER PRIMARY KEY CHECK (id = 1), last INTEGER NOT NULL, trimmed INTEGER NOT NULL)",
		"INSERT INTO event_counter (id, last, trimmed) VALUES (1, 0, 0)",

		eventTrigger("job_insert", "AFTER INSERT ON jobs WHEN NEW.status = 'published'", "'job.published'", ofJob("NEW")),
		eventTrigger("job_status", "AFTER UPDATE OF status ON jobs WHEN NEW.status != OLD.status AND NEW.status != 'draft'",
			"'job.' || NEW.status", ofJob("NEW")),
		eventTrigger("job_update", "AFTER UPDATE OF "+strings.Join(job, ", ")+" ON jobs "+
			"WHEN NEW.status = OLD.status AND NEW.status != 'draft' AND "+changed(job), "'job.updated'", ofJob("NEW")),
		eventTrigger("job_delete", "AFTER DELETE ON jobs WHEN OLD.status = 'published'", "'job.closed'", ofJob("OLD")),

		eventTrigger("application_insert", "AFTER INSERT ON applications", "'application.created'", ofApplication()),
		eventTrigger("application_status", "AFTER UPDATE OF status ON applications WHEN NEW.status != OLD.status",
			"iif(NEW.status = 'withdrawn', 'application.withdrawn', 'application.status_changed')", ofApplication()),

		eventTrigger("job_review_insert", "AFTER INSERT ON job_reviews", "'review.created'", map[string]string{
			"review": "NEW.id", "job": "NEW.job", "employer": "NEW.employer", "user": "NEW.author",
		}),
		eventTrigger("user_review_insert", "AFTER INSERT ON user_reviews", "'review.created'", map[string]string{
			"review": "NEW.id", "application": "NEW.application", "user": "NEW.subject",
			"job":      "(SELECT a.job FROM applications a WHERE a.id = NEW.application)",
			"employer": "(SELECT j.employer FROM applications a JOIN jobs j ON j.id = a.job WHERE a.id = NEW.application)",
		}),
		eventTrigger("employer_update", "AFTER UPDATE OF "+strings.Join(employer, ", ")+" ON employers WHEN "+changed(employer),
			"'employer.updated'", map[string]string{"employer": "NEW.id"}),
		eventTrigger("user_deactivation", "AFTER UPDATE OF deactivatedAt ON users WHEN OLD.deactivatedAt = '' AND NEW.deactivatedAt != ''",
			"'user.deactivated'", map[string]string{"user": "NEW.id"}),
	}
	for table, column := range map[string]string{
		"users": "user", "applications": "application", "job_reviews": "review", "user_reviews": "review",
	} {
		steps = append(steps, "CREATE TRIGGER events_of_deleted_"+table+" AFTER DELETE ON "+table+
			" BEGIN DELETE FROM events WHERE `"+column+"` = OLD.id AND `"+column+"` != ''; END")
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

func ofJob(row string) map[string]string {
	return map[string]string{"job": row + ".id", "employer": row + ".employer"}
}

func ofApplication() map[string]string {
	return map[string]string{
		"application": "NEW.id", "job": "NEW.job", "user": "NEW.seeker", "employer": "(SELECT j.employer FROM jobs j WHERE j.id = NEW.job)",
	}
}

// eventTrigger returns a trigger that writes an event. kind is its type, and ids are those of its columns that are not empty, both in SQL.
func eventTrigger(name, when, kind string, ids map[string]string) string {
	const now = "strftime('%Y-%m-%d %H:%M:%fZ', 'now')"
	columns, values, data := "", "", []string{}
	for _, column := range []string{"job", "application", "review", "employer", "user"} {
		if id := ids[column]; id != "" {
			id = "CAST(" + id + " AS TEXT)" // plain SQL may have stored anything, and JSON holds no blobs
			columns += ", `" + column + "`"
			values += ", coalesce(" + id + ", '')"
			data = append(data, "'"+column+"', "+id)
		}
	}
	return "CREATE TRIGGER events_on_" + name + " " + when + " BEGIN " +
		"UPDATE event_counter SET last = last + 1; " +
		"INSERT INTO events (seq, at, type, created, updated, data" + columns + ") VALUES ((SELECT last FROM event_counter), " +
		now + ", " + kind + ", " + now + ", " + now + ", json_object(" + strings.Join(data, ", ") + ")" + values + "); END"
}
