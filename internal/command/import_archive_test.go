package command_test

import (
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"jobboard/hooks"
	"jobboard/internal/testapp"
)

func TestImportOfAnArchive(t *testing.T) {
	t.Parallel()
	old := testapp.NewBoard(t, hooks.Bind)
	old.Seeker("sam")
	path := filepath.Join(t.TempDir(), "board.ZIP")
	if _, messages, err := runExport(t.Context(), old.TestApp, path); err != nil {
		t.Fatal(err, messages)
	}
	board := testapp.NewBoard(t, hooks.Bind)
	for _, flags := range [][]string{{"--status", "draft"}, {"--format", "jsonl"}, {"--employer", "acme"}} {
		out, err := runImport(board.TestApp, append([]string{path}, flags...)...)
		if err == nil || !strings.Contains(err.Error(), flags[0]+" is for files of jobs") {
			t.Errorf("%v: %v: %s", flags, err, out)
		}
	}
	out, err := runImport(board.TestApp, path, "--dry-run")
	if err != nil {
		t.Fatal(err)
	}
	mustContain(t, out, "Dry run: ", "Nothing is saved.")
	if n := count(t, board.TestApp, "users"); n != 0 {
		t.Errorf("the dry run saved %d users", n)
	}
	if out, err = runImport(board.TestApp, path); err != nil {
		t.Fatal(err)
	}
	mustContain(t, out, "Imported ")
	if n := count(t, board.TestApp, "users"); n != 1 {
		t.Errorf("%d users", n)
	}
	if _, err = runImport(board.TestApp, path); err == nil || !strings.Contains(err.Error(), "it has users (1), job_seekers (1)") {
		t.Errorf("a second import: %v", err)
	}
}

// An import that is interrupted or killed leaves an empty board, which the next import fills.
func TestKilledImportOfAnArchiveLeavesAnEmptyBoard(t *testing.T) {
	t.Parallel()
	binary := testapp.Binary(t)
	old := testapp.NewBoard(t, hooks.Bind)
	acme, _ := old.Employer("Acme")
	job := old.Job(acme, "Developer")
	_, err := old.DB().NewQuery(`INSERT INTO saved_searches (id, seeker, name, query, frequency, created)
		WITH RECURSIVE i (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM i LIMIT 40000)
		SELECT printf('%015d', n), owner, 'Search ' || n, '{"q":"nurse"}', 'off', jobs.created
		FROM i, jobs JOIN employers ON employers.id = jobs.employer WHERE jobs.id = '` + job.Id + `'`).Execute()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "board.zip")
	if _, messages, err := runExport(t.Context(), old.TestApp, path); err != nil {
		t.Fatal(err, messages)
	}
	dir := testapp.Folder(t)
	for _, signal := range []os.Signal{os.Interrupt, os.Kill} {
		imports := exec.Command(binary, "import", path, "--dir", dir)
		var out testapp.Output
		imports.Stdout, imports.Stderr = &out, &out
		if err := imports.Start(); err != nil {
			t.Fatal(err)
		}
		awaitWriter(t, dir)
		if err := imports.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		var ended *exec.ExitError
		if err := imports.Wait(); !errors.As(err, &ended) {
			t.Fatalf("%v: %v: %s", signal, err, &out)
		}
		if signal == os.Interrupt && ended.ExitCode() != 130 || signal == os.Kill && !ended.Sys().(syscall.WaitStatus).Signaled() {
			t.Errorf("%v: %v: %s", signal, ended, &out)
		}
		db := openDatabase(t, dir)
		var users, fields int
		row := db.QueryRow("SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM fields_of_interest)")
		if err := row.Scan(&users, &fields); err != nil || users != 0 || fields == 0 {
			t.Errorf("%v: %d users and %d fields of interest (%v)", signal, users, fields, err)
		}
	}
	if out, err := testapp.Run(t, dir, "import", path); err != nil || !strings.Contains(out, "Imported 80") {
		t.Errorf("%v: %s", err, out)
	}
}

// awaitWriter waits until another process writes to the board's database.
func awaitWriter(t *testing.T, dir string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "data.db")+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(10 * time.Millisecond) {
		tx, err := db.Begin()
		if err != nil {
			time.Sleep(200 * time.Millisecond) // well into it
			return
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("nothing is written")
}
