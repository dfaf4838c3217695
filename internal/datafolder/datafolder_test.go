package datafolder_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/database"
	"jobboard/internal/datafolder"
	"jobboard/internal/testapp"
)

const password = "correct horse battery"

// opened returns a folder whose board was opened once, as every command does, and so is known to hold one.
func opened(t *testing.T) string {
	t.Helper()
	testapp.Slow(t, "it runs the real board")
	dir := testapp.Folder(t)
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir, DBConnect: database.Connect})
	datafolder.Bind(app, false)
	if err := app.Bootstrap(); err != nil {
		t.Fatal(err)
	}
	if err := app.ResetBootstrapState(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestOneProcessServes(t *testing.T) {
	t.Parallel()
	dir := opened(t)
	if datafolder.Served(dir) {
		t.Error("the folder is served before the board starts")
	}
	board := testapp.Start(t, dir)
	if !datafolder.Served(dir) {
		t.Error("the folder is not served")
	}
	out, err := testapp.Run(t, dir, "serve", "--http", "127.0.0.1:0")
	if err == nil || !strings.Contains(out, "serves the data folder "+dir) {
		t.Errorf("a second one serves: %v, %s", err, out)
	}
	for _, beside := range [][]string{{"report", "users"}, {"superuser", "upsert", "root@example.com", password}, {"reindex"}} {
		if out, err := testapp.Run(t, dir, beside...); err != nil {
			t.Errorf("%v beside the board: %v, %s", beside, err, out)
		}
	}
	board.Kill()
	if datafolder.Served(dir) {
		t.Error("the folder is served by a board that was killed")
	}
	testapp.Start(t, dir) // nothing that the killed one left keeps the next from serving
}

func TestMissingDatabaseIsNoNewBoard(t *testing.T) {
	t.Parallel()
	dir := opened(t)
	data := filepath.Join(dir, "data.db")
	kept, err := os.ReadFile(data)
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func() error{
		"absent":    func() error { return os.Remove(data) },
		"emptied":   func() error { return os.WriteFile(data, nil, 0o600) },
		"corrupted": func() error { return os.WriteFile(data, []byte(strings.Repeat("no database", 1_000)), 0o600) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		log := filepath.Join(dir, "data.db-wal")
		if err := os.WriteFile(log, []byte("the last that is left"), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"serve", "--http", "127.0.0.1:0"}, {"report", "users"}} {
			if out, err := testapp.Run(t, dir, args...); err == nil || !strings.Contains(out, data) {
				t.Errorf("%s, with a database that is %s: %v, %s", args[0], name, err, out)
			}
		}
		if left, err := os.ReadFile(log); name != "corrupted" && (err != nil || len(left) == 0) {
			t.Errorf("the log beside the %s database is gone: %v", name, err)
		}
		if err := os.Remove(log); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if err := os.WriteFile(data, kept, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	testapp.Start(t, dir)
}

func TestDamagedLogsDontStopTheStart(t *testing.T) {
	t.Parallel()
	dir := opened(t)
	logs := filepath.Join(dir, "auxiliary.db")
	for name, spoil := range map[string]func() error{
		"garbage":   func() error { return os.WriteFile(logs, []byte(strings.Repeat("no database", 1_000)), 0o600) },
		"truncated": func() error { return os.Truncate(logs, 5_000) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		board := testapp.Start(t, dir)
		if answer := board.Call(http.MethodGet, "/api/jobs/", "", ""); answer.Status != http.StatusOK {
			t.Errorf("with %s logs: %d %s", name, answer.Status, answer.Raw)
		}
		if out := board.Output.String(); !strings.Contains(out, logs) || !strings.Contains(out, "set aside") {
			t.Errorf("with %s logs it warns: %s", name, out)
		}
		board.Interrupt()
	}
	if aside, err := filepath.Glob(logs + ".damaged-*Z"); err != nil || len(aside) != 2 {
		t.Errorf("set aside are %v (%v)", aside, err)
	}
}

func TestStartNamesWhatItCannotOpen(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir() // a folder in the database's place can't be written, not even by root
	if err := os.Mkdir(filepath.Join(folder, "auxiliary.db"), 0o700); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]string{file: file, filepath.Join(file, "below"): file,
		folder: filepath.Join(folder, "auxiliary.db")} {
		if out, err := testapp.Run(t, dir, "serve", "--http", "127.0.0.1:0"); err == nil || !strings.Contains(out, want) {
			t.Errorf("%s: %v, %s", dir, err, out)
		}
	}
}

// A binary that is run where it was built keeps its data there.
func TestMakeCleanLeavesTheData(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "dist", "pb_data"), 0o700); err != nil {
		t.Fatal(err)
	}
	data, binary := filepath.Join(dir, "dist", "pb_data", "data.db"), filepath.Join(dir, "dist", "jobboard")
	for path, content := range map[string][]byte{filepath.Join(dir, "Makefile"): makefile, data: {1}, binary: {1}} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("make", "-C", dir, "clean").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if _, err := os.Stat(data); err != nil {
		t.Errorf("the board's data is gone: %v", err)
	}
	if _, err := os.Stat(binary); err == nil {
		t.Error("the binary is left")
	}
}
