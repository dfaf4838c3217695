package testapp

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// EmptyStatistics makes SQLite's planner believe that every table holds one row, as on a board that has grown since it was
// last analysed.
func EmptyStatistics(t testing.TB, app core.App) {
	t.Helper()
	for _, statement := range []string{
		"ANALYZE sqlite_schema", // makes the table of statistics where there is none
		"DELETE FROM sqlite_stat1",
		`INSERT INTO sqlite_stat1 (tbl, idx, stat)
			SELECT m.tbl_name, m.name, '1' || replace(hex(zeroblob((SELECT count(*) FROM pragma_index_info(m.name)))), '00', ' 1')
			FROM sqlite_schema m WHERE m.type = 'index'`,
		"ANALYZE sqlite_schema", // reads it
	} {
		if _, err := app.NonconcurrentDB().NewQuery(statement).Execute(); err != nil {
			t.Fatalf("forge the statistics: %v", err)
		}
	}
	pool := app.ConcurrentDB().(*dbx.DB).DB() // connections read the statistics when they are opened
	pool.SetMaxIdleConns(0)
	pool.SetMaxIdleConns(2)
}

// Statements runs do and returns the SQL of what it asks the database, with the values in place.
func Statements(app core.App, do func()) []string {
	var (
		mutex sync.Mutex
		all   []string
	)
	note := func(statement string) {
		mutex.Lock()
		defer mutex.Unlock()
		all = append(all, statement)
	}
	for _, builder := range []dbx.Builder{app.ConcurrentDB(), app.NonconcurrentDB()} {
		db := builder.(*dbx.DB)
		queried, executed := db.QueryLogFunc, db.ExecLogFunc
		defer func() { db.QueryLogFunc, db.ExecLogFunc = queried, executed }()
		db.QueryLogFunc = func(_ context.Context, _ time.Duration, statement string, _ *sql.Rows, _ error) { note(statement) }
		db.ExecLogFunc = func(_ context.Context, _ time.Duration, statement string, _ sql.Result, _ error) { note(statement) }
	}
	do()
	mutex.Lock()
	defer mutex.Unlock()
	return all
}

// Scans returns those steps of the plan of a statement that read a whole table, or a whole index of it.
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
