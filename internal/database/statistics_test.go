package database_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/database"
	"jobboard/internal/testapp"
)

// statistics returns the tables for which the planner has statistics.
func statistics(t *testing.T, app core.App) []string {
	t.Helper()
	var tables []string
	if err := app.DB().NewQuery("SELECT DISTINCT tbl FROM sqlite_stat1 ORDER BY tbl").Column(&tables); err != nil {
		t.Fatal(err)
	}
	return tables
}

// However much a board has grown since it was last analysed, and on whatever connection, a lookup by an index never scans the whole
// table.
func TestStatisticsFollowTheBoard(t *testing.T) {
	app := testapp.New(t)
	refresh := func() {
		if err := database.RefreshStatistics(app); err != nil {
			t.Fatal(err)
		}
	}
	lookups := []string{
		"SELECT * FROM applications WHERE job = 'x'",
		"SELECT * FROM applications WHERE seeker = 'x'",
		"SELECT * FROM jobs WHERE employer = 'x'",
		"SELECT u.name FROM json_each('[1, 2]') r CROSS JOIN users u ON u.id = r.value AND u.deactivatedAt = ''",
	}
	scans := func() (all []string) {
		for _, lookup := range lookups {
			all = append(all, testapp.Scans(t, app, lookup)...)
		}
		return all
	}
	testapp.EmptyStatistics(t, app)
	if got := scans(); len(got) != len(lookups) {
		t.Fatalf("with the statistics of an empty board: %q", got)
	}
	refresh()
	if got := scans(); len(got) != 0 {
		t.Errorf("on a small board: %q", got)
	}
	if got := statistics(t, app); len(got) != 0 {
		t.Errorf("a small board has statistics of %q", got)
	}

	_, err := app.NonconcurrentDB().NewQuery(`WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 3000)
		INSERT INTO notifications (user, kind, title, mail, dedupe) SELECT i, 'account', 'News', 'none', '' FROM c`).Execute()
	if err != nil {
		t.Fatal(err)
	}
	refresh()
	if got := statistics(t, app); !slices.Equal(got, []string{"notifications"}) {
		t.Errorf("the board has grown, and has statistics of %q", got)
	}
	for _, statement := range testapp.Statements(t, app, refresh) {
		if verb, _, _ := strings.Cut(statement, " "); verb != "SELECT" && verb != "PRAGMA" {
			t.Errorf("nothing has changed, but %s", statement)
		}
	}
}
