package testapp

import (
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
)

// NotifiedUsers returns the names of the users who have a notification of a kind, sorted, once for each notification.
func NotifiedUsers(t testing.TB, app core.App, kind string) []string {
	t.Helper()
	var names []string
	const query = "SELECT u.name FROM {{notifications}} n JOIN {{users}} u ON u.id = n.user WHERE n.kind = {:kind} ORDER BY u.name"
	err := app.DB().NewQuery(query).Bind(dbx.Params{"kind": kind}).Column(&names)
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// SetProfile changes the profile of a seeker.
func (b *Board) SetProfile(seeker *core.Record, values map[string]any) {
	b.t.Helper()
	record, err := b.FindFirstRecordByData(collections.JobSeekers, "user", seeker.Id)
	if err != nil {
		b.t.Fatal(err)
	}
	b.Update(record, values)
}

// SeedSeekers makes n seekers with a skill by plain SQL.
func SeedSeekers(t testing.TB, app core.App, n int, skill string) {
	t.Helper()
	err := app.RunInTransaction(func(tx core.App) error {
		for _, statement := range []string{`
			WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < {:n})
			INSERT INTO users (id, email, name, role, password, tokenKey, emailNotifications)
			SELECT printf('%s%010d', {:skill}, i), printf('%s%d@example.com', {:skill}, i), 'Seeker', 'job_seeker', 'x',
				printf('key%s%d', {:skill}, i), '[]' FROM c`, `
			INSERT INTO job_seekers (id, user, skills, visibility)
			SELECT id, id, json_array({:skill}), 'applied_only' FROM users WHERE id LIKE {:skill} || '%'`,
		} {
			if _, err := tx.NonconcurrentDB().NewQuery(statement).Bind(dbx.Params{"n": n, "skill": skill}).Execute(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// SetColumn sets a column of all rows of a table.
func SetColumn(t testing.TB, app core.App, table, column, value string) {
	t.Helper()
	if _, err := app.NonconcurrentDB().Update(table, dbx.Params{column: value}, nil).Execute(); err != nil {
		t.Fatal(err)
	}
}

// Count returns the number that a query asks for.
func Count(t testing.TB, app core.App, query string) int {
	t.Helper()
	var n int
	if err := app.DB().NewQuery(query).Row(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Ago returns the time d before now as the database writes it.
func Ago(d time.Duration) string {
	return time.Now().UTC().Add(-d).Format(types.DefaultDateLayout)
}

// RunCron runs a scheduled job of the board now.
func (b *Board) RunCron(id string) {
	b.t.Helper()
	for _, job := range b.Cron().Jobs() {
		if job.Id() == id {
			job.Run()
			return
		}
	}
	b.t.Fatalf("no scheduled job is called %s", id)
}
