package command_test

import (
	"database/sql"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/testapp"
)

// endless replaces a table that the users report reads, so that the report is surely still running when the board is killed.
const endless = `CREATE VIEW user_reviews AS
	WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i) SELECT hex(n) AS author, hex(n) AS created FROM i`

func TestReportWhoseMakingIsKilledIsMadeAnewOrGivenUp(t *testing.T) {
	t.Parallel()
	testapp.Slow(t, "it runs the real board")
	board := testapp.NewBoard(t, hooks.Bind)
	admin := board.Admin("ada")
	ask := map[string]any{"kind": "users", "format": "csv", "requestedBy": admin.Id}
	first := board.Record(collections.Reports, ask).Id
	dir := board.Close()
	db := openDatabase(t, dir)
	run := func(queries ...string) {
		t.Helper()
		for _, query := range queries {
			if _, err := db.Exec(query); err != nil {
				t.Fatal(err)
			}
		}
	}

	run("ALTER TABLE user_reviews RENAME TO kept", endless)
	server := testapp.Start(t, dir)
	await(t, db, first, "status = 'running' AND attempts = 1")
	server.Interrupt()
	await(t, db, first, "status = 'pending' AND attempts = 0") // an orderly end is no fault of the report

	kill(t, testapp.Start(t, dir), db, first, 1)
	run("DROP VIEW user_reviews", "ALTER TABLE kept RENAME TO user_reviews")
	server = testapp.Start(t, dir)
	if status, reason := await(t, db, first, "status IN ('done', 'failed')"); status != "done" {
		t.Errorf("after one kill the report is %s: %s", status, reason)
	}
	server.Kill()

	const second = "secondreport000"
	run("INSERT INTO reports (id, kind, format, status, requestedBy, created)"+
		" VALUES ('"+second+"', 'users', 'csv', 'pending', '"+admin.Id+"', '2026-01-01')",
		"ALTER TABLE user_reviews RENAME TO kept", endless)
	for attempt := range 3 {
		kill(t, testapp.Start(t, dir), db, second, attempt+1)
	}
	server = testapp.Start(t, dir)
	status, reason := await(t, db, second, "status IN ('done', 'failed')")
	if status != "failed" || !strings.Contains(reason, "stopped 3 times") {
		t.Errorf("after three kills the report is %s: %q", status, reason)
	}
	server.Kill()
	const ready = "SELECT count(*) FROM notifications WHERE user = ? AND kind = 'report_ready'"
	var notifications int
	if err := db.QueryRow(ready, admin.Id).Scan(&notifications); err != nil || notifications != 2 {
		t.Errorf("whoever asked for the reports has %d notifications (%v), want one for each", notifications, err)
	}
}

// kill ends the server while it runs the report, at the given attempt.
func kill(t *testing.T, server *testapp.Process, db *sql.DB, report string, attempt int) {
	t.Helper()
	await(t, db, report, "status = 'running' AND attempts = "+strconv.Itoa(attempt))
	server.Kill()
}

// await waits until the report's row meets the condition, and returns its status and error.
func await(t *testing.T, db *sql.DB, report, condition string) (status, reason string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		var fulfilled bool
		row := db.QueryRow("SELECT status, error, "+condition+" FROM reports WHERE id = ?", report)
		if err := row.Scan(&status, &reason, &fulfilled); err != nil {
			t.Fatal(err)
		}
		if fulfilled {
			return status, reason
		}
	}
	t.Fatalf("the report stayed %s, not %s", status, condition)
	return "", ""
}
