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

// closedBoard is the folder of a board that no process has open, and a connection to its database.
func closedBoard(t *testing.T, board *testapp.Board) (dir string, db *sql.DB) {
	t.Helper()
	dir = board.DataDir()
	if err := board.ResetBootstrapState(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "data.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return dir, db
}

func countJobs(t *testing.T, db *sql.DB) (n int) {
	t.Helper()
	if err := db.QueryRow("SELECT count(*) FROM jobs").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestImportTriesAgainWhileTheDatabaseIsLocked(t *testing.T) {
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
	jsonl, err := transfer.FindFormat("jsonl")
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
	binary := build(t)
	const rows = 3000
	file := manyRows(t, rows)
	dir, db := closedBoard(t, testapp.NewBoard(t, hooks.Bind))
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
		said := regexp.MustCompile(`(\d+) of 3000 saved; run again to continue`).FindStringSubmatch(out.String())
		if said == nil || !strings.Contains(out.String(), "rows: ") {
			t.Fatalf("%s: the import says\n%s", test.signal, out.String())
		}
		saved = countJobs(t, db)
		if said[1] != strconv.Itoa(saved) || saved >= rows {
			t.Errorf("%s: it says %s, and %d jobs are saved", test.signal, said[1], saved)
		}
	}
	if out, err := exec.Command(binary, "--dir", dir, "import", file).CombinedOutput(); err != nil || countJobs(t, db) != rows {
		t.Errorf("run again: %v, %d jobs\n%s", err, countJobs(t, db), out)
	}
}

func TestImportBesideAServingBoardLosesNothing(t *testing.T) {
	binary := build(t)
	board := testapp.NewBoard(t, hooks.Bind)
	employer, owner := board.Employer("Acme")
	token := board.Token(owner)
	dir, db := closedBoard(t, board)
	address := "127.0.0.1:" + freePort(t)
	server := exec.Command(binary, "--dir", dir, "serve", "--http", address)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end(t, server) })
	awaitHTTP(t, "http://"+address+"/api/health")

	const rows = 2000
	imported := make(chan error, 1)
	go func() {
		out, err := exec.Command(binary, "--dir", dir, "import", manyRows(t, rows)).CombinedOutput()
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
			request, err := http.NewRequest("POST", "http://"+address+"/api/collections/jobs/records", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Authorization", token)
			request.Header.Set("Content-Type", "application/json")
			began := time.Now()
			answer, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if slowest = max(slowest, time.Since(began)); answer.StatusCode == http.StatusOK {
				saves++
			} else if answer.StatusCode != http.StatusTooManyRequests {
				t.Errorf("a save beside the import: %s", answer.Status)
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
