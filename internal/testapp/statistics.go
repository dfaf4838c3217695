package testapp

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// EmptyStatistics makes SQLite's planner believe that every table has one row, as on a board that has grown since it was last
// analysed.
func EmptyStatistics(t testing.TB, app core.App) {
	t.Helper()
	for _, statement := range []string{
		"ANALYZE sqlite_schema", // creates the table of statistics if there is none
		"DELETE FROM sqlite_stat1",
		`INSERT INTO sqlite_stat1 (tbl, idx, stat)
			SELECT m.tbl_name, m.name, '1' || replace(hex(zeroblob((SELECT count(*) FROM pragma_index_info(m.name)))), '00', ' 1')
			FROM sqlite_schema m WHERE m.type = 'index'`,
		"ANALYZE sqlite_schema", // reads it
	} {
		if _, err := app.NonconcurrentDB().NewQuery(statement).Execute(); err != nil {
			t.Fatalf("fake the statistics: %v", err)
		}
	}
	pool := app.ConcurrentDB().(*dbx.DB).DB() // connections read the statistics when they are opened
	pool.SetMaxIdleConns(0)
	pool.SetMaxIdleConns(2)
}

// Scans returns the steps in the plan of a statement that read a whole table, or a whole index of one.
func Scans(t testing.TB, app core.App, statement string) []string {
	t.Helper()
	var plan []struct{ Detail string }
	if err := app.NonconcurrentDB().NewQuery("EXPLAIN QUERY PLAN " + statement).All(&plan); err != nil {
		t.Fatal(fmt.Errorf("explain %s: %w", statement, err))
	}
	var scans []string
	for _, step := range plan {
		whole := strings.HasPrefix(step.Detail, "SCAN ") && !strings.Contains(step.Detail, "VIRTUAL TABLE") &&
			!strings.HasPrefix(step.Detail, "SCAN CONSTANT ROW") && !strings.HasPrefix(step.Detail, "SCAN (")
		if whole {
			scans = append(scans, step.Detail)
		}
	}
	return scans
}
