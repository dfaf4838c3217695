package command_test

import (
	"database/sql"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/testapp"
)

// endless stands in for a table that the users report reads, so that the report is surely under way when it is killed.
const endless = `CREATE VIEW user_reviews AS
	WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i) SELECT hex(n) AS author, hex(n) AS created FROM i`

func TestReportWhoseMakingIsKilledIsMadeAnewOrGivenUp(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind)
	admin := board.Admin("ada")
	ask := map[string]any{"kind": "users", "format": "csv", "requestedBy": admin.Id}
	first := board.Record(collections.Reports, ask).Id
	dir := board.DataDir()
	if err := board.ResetBootstrapState(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "data.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	run := func(queries ...string) {
		t.Helper()
		for _, query := range queries {
			if _, err := db.Exec(query); err != nil {
				t.Fatal(err)
			}
		}
	}
	binary := build(t)

	run("ALTER TABLE user_reviews RENAME TO kept", endless)
	server := serve(t, binary, dir)
	await(t, db, first, "status = 'running' AND attempts = 1")
	if err := server.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := server.Wait(); err != nil {
		t.Errorf("interrupted, the board ended with: %v", err)
	}
	await(t, db, first, "status = 'pending' AND attempts = 0") // an orderly end is no fault of the report

	kill(t, serve(t, binary, dir), db, first, 1)
	run("DROP VIEW user_reviews", "ALTER TABLE kept RENAME TO user_reviews")
	server = serve(t, binary, dir)
	if status, reason := await(t, db, first, "status IN ('done', 'failed')"); status != "done" {
		t.Errorf("after one kill the report is %s: %s", status, reason)
	}
	end(t, server)

	const second = "secondreport000"
	run("INSERT INTO reports (id, kind, format, status, requestedBy, created) VALUES ('"+second+"', 'users', 'csv', 'pending', '"+admin.Id+"', '2026-01-01')",
		"ALTER TABLE user_reviews RENAME TO kept", endless)
	for attempt := range 3 {
		kill(t, serve(t, binary, dir), db, second, attempt+1)
	}
	server = serve(t, binary, dir)
	if status, reason := await(t, db, second, "status IN ('done', 'failed')"); status != "failed" || !strings.Contains(reason, "stopped 3 times") {
		t.Errorf("after three kills the report is %s: %q", status, reason)
	}
	end(t, server)
	var notices int
	if err := db.QueryRow("SELECT count(*) FROM notifications WHERE user = ? AND kind = 'report_ready'", admin.Id).Scan(&notices); err != nil || notices != 2 {
		t.Errorf("the asker was told %d times (%v), want once for each report", notices, err)
	}
}

// build makes the real binary.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "jobboard")
	if out, err := exec.Command("go", "build", "-o", binary, "jobboard").CombinedOutput(); err != nil {
		t.Fatalf("build the board: %v\n%s", err, out)
	}
	return binary
}

func serve(t *testing.T, binary, dir string) *exec.Cmd {
	t.Helper()
	server := exec.Command(binary, "--dir", dir, "serve", "--http", "127.0.0.1:0")
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end(t, server) })
	return server
}

func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// awaitHTTP waits until the address answers.
func awaitHTTP(t *testing.T, url string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if answer, err := http.Get(url); err == nil {
			answer.Body.Close()
			return
		}
	}
	t.Fatalf("%s does not answer", url)
}

// end kills the server, if it still runs.
func end(t *testing.T, server *exec.Cmd) {
	if server.ProcessState != nil {
		return
	}
	if err := server.Process.Kill(); err != nil {
		t.Errorf("kill the board: %v", err)
	}
	_ = server.Wait() // it was killed
}

// kill ends the server while it makes the report for the nth time.
func kill(t *testing.T, server *exec.Cmd, db *sql.DB, report string, attempt int) {
	t.Helper()
	await(t, db, report, "status = 'running' AND attempts = "+strconv.Itoa(attempt))
	end(t, server)
}

// await waits until the report's row fulfils the condition, and answers its status and error.
func await(t *testing.T, db *sql.DB, report, condition string) (status, reason string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		var fulfilled bool
		if err := db.QueryRow("SELECT status, error, "+condition+" FROM reports WHERE id = ?", report).Scan(&status, &reason, &fulfilled); err != nil {
			t.Fatal(err)
		}
		if fulfilled {
			return status, reason
		}
	}
	t.Fatalf("the report stayed %s, not %s", status, condition)
	return "", ""
}
