package command_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/testapp"
	"jobboard/internal/transfer"
	"jobboard/internal/transfer/formats"
)

// manyRows writes a file of complete rows, five to a company.
func manyRows(t *testing.T, rows int) string {
	t.Helper()
	var text strings.Builder
	for n := range rows {
		text.WriteString(strings.Replace(row(n, ""), "City Clinic", fmt.Sprintf("Clinic %d", n/5), 1) + "\n")
	}
	path := filepath.Join(t.TempDir(), "jobs.jsonl")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// openDatabase connects to the database of a board that other processes have open.
func openDatabase(t *testing.T, dir string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "data.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func countJobs(t *testing.T, db *sql.DB) (n int) {
	t.Helper()
	if err := db.QueryRow("SELECT count(*) FROM jobs").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestImportTriesAgainWhileTheDatabaseIsLocked(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind)
	if _, err := b.NonconcurrentDB().NewQuery("PRAGMA busy_timeout = 20").Execute(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.DataDir(), "data.db")+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(500*time.Millisecond, func() { _ = tx.Rollback() })
	importer := transfer.NewImporter(b.TestApp)
	jsonl, err := formats.Find("jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if err := importer.File(t.Context(), "jobs.jsonl", jsonl, strings.NewReader(row(1, "")+"\n"+row(2, ""))); err != nil {
		t.Fatal(err)
	}
	if report := importer.Report(); report.Created != 2 || report.Refused != 0 {
		t.Errorf("the import made %d jobs and refused %d rows", report.Created, report.Refused)
	}
}

func TestImportThatIsInterruptedSaysWhereItStopped(t *testing.T) {
	t.Parallel()
	binary := testapp.Binary(t)
	const rows = 600
	file := manyRows(t, rows)
	dir := testapp.Folder(t)
	db := openDatabase(t, dir)
	saved := 0
	for _, test := range []struct {
		signal os.Signal
		code   int
	}{{os.Interrupt, 130}, {syscall.SIGTERM, 143}} {
		var out bytes.Buffer
		importing := exec.Command(binary, "--dir", dir, "import", file)
		importing.Stdout, importing.Stderr = &out, &out
		if err := importing.Start(); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(time.Minute); countJobs(t, db) < saved+50; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("the import has not begun")
			}
		}
		if err := importing.Process.Signal(test.signal); err != nil {
			t.Fatal(err)
		}
		var exit *exec.ExitError
		if err := importing.Wait(); !errors.As(err, &exit) || exit.ExitCode() != test.code {
			t.Fatalf("%s: the import ended with %v, want code %d\n%s", test.signal, err, test.code, out.String())
		}
		said := regexp.MustCompile(`(\d+) of 600 saved; run again to continue`).FindStringSubmatch(out.String())
		if said == nil || !strings.Contains(out.String(), "rows: ") {
			t.Fatalf("%s: the import says\n%s", test.signal, out.String())
		}
		saved = countJobs(t, db)
		if said[1] != strconv.Itoa(saved) || saved >= rows {
			t.Errorf("%s: it says %s, and %d jobs are saved", test.signal, said[1], saved)
		}
	}
	if out, err := testapp.Run(t, dir, "import", file); err != nil || countJobs(t, db) != rows {
		t.Errorf("run again: %v, %d jobs\n%s", err, countJobs(t, db), out)
	}
}

func TestImportBesideAServingBoardLosesNothing(t *testing.T) {
	t.Parallel()
	testapp.Slow(t, "it runs the real board")
	board := testapp.NewBoard(t, hooks.Bind)
	employer, owner := board.Employer("Acme")
	token := board.Token(owner)
	dir := board.Close()
	db := openDatabase(t, dir)
	server := testapp.Start(t, dir)

	const rows = 500
	file := manyRows(t, rows)
	imported := make(chan error, 1)
	go func() {
		out, err := testapp.Run(t, dir, "import", file)
		if err != nil {
			err = fmt.Errorf("%w\n%s", err, out)
		}
		imported <- err
	}()
	saves, slowest := 0, time.Duration(0)
	for importing := true; importing; {
		select {
		case err := <-imported:
			if importing = false; err != nil {
				t.Errorf("the import ended with %v", err)
			}
		default:
			body := fmt.Sprintf(`{"employer":%q,"title":"Saved %d","description":"<p>Do.</p>","workplace":"remote","jobType":"full_time"}`,
				employer.Id, saves)
			began := time.Now()
			answer := server.Call(http.MethodPost, testapp.Records(collections.Jobs), token, body)
			if slowest = max(slowest, time.Since(began)); answer.Status == http.StatusOK {
				saves++
			} else if answer.Status != http.StatusTooManyRequests {
				t.Errorf("a save beside the import: %d %s", answer.Status, answer.Raw)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	t.Logf("%d saves beside the import, the slowest took %s", saves, slowest)
	if got := countJobs(t, db); got != rows+saves {
		t.Errorf("%d %s, want %d imported and %d saved", got, collections.Jobs, rows, saves)
	}
	if saves < 5 {
		t.Errorf("only %d saves came through", saves)
	}
}
