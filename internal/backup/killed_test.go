//go:build unix

package backup_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"jobboard/collections"
	"jobboard/internal/testapp"
)

// Closing a handle on an open database file releases SQLite's locks, and the next command then deletes the log with everything written
// since the last checkpoint.
func TestBackupThenCommandThenKillLosesNothing(t *testing.T) {
	dir := testapp.Folder(t)
	const email, password = "root@example.com", "correct horse battery"
	if out, err := testapp.Run(t, dir, "superuser", "upsert", email, password); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	board := testapp.Start(t, dir, "--rate-limits=off")
	login := board.Call(http.MethodPost, "/api/collections/_superusers/auth-with-password", "",
		fmt.Sprintf(`{"identity": %q, "password": %q}`, email, password))
	token, _ := login.Body["token"].(string)
	var acknowledged []string
	write := func(n int) {
		t.Helper()
		for range n {
			slug := fmt.Sprintf("field-%d", len(acknowledged))
			answer := board.Call(http.MethodPost, testapp.Records(collections.FieldsOfInterest), token,
				fmt.Sprintf(`{"name": %q, "slug": %q, "kind": "skill"}`, slug, slug))
			if answer.Status != http.StatusOK {
				t.Fatalf("write: %d %s", answer.Status, answer.Raw)
			}
			acknowledged = append(acknowledged, answer.Body["id"].(string))
		}
	}

	write(10)
	mustBeLocked(t, board.Process.Pid, filepath.Join(dir, "data.db"))
	if answer := board.Call(http.MethodPost, "/api/backups", token, `{"name": "first.zip"}`); answer.Status != http.StatusNoContent {
		t.Fatalf("back up: %d %s", answer.Status, answer.Raw)
	}
	mustBeLocked(t, board.Process.Pid, filepath.Join(dir, "data.db"))
	mustBeLocked(t, board.Process.Pid, filepath.Join(dir, "data.db-shm"))
	write(10)
	for _, beside := range [][]string{{"report", "users"}, {"superuser", "upsert", "second@example.com", password}} {
		if out, err := testapp.Run(t, dir, beside...); err != nil {
			t.Fatalf("%v: %v: %s", beside, err, out)
		}
	}
	write(10)
	board.Kill()

	board = testapp.Start(t, dir)
	has := func(id string) bool {
		return board.Call(http.MethodGet, testapp.Records(collections.FieldsOfInterest, id), "", "").Status == http.StatusOK
	}
	lost := 0
	for _, id := range acknowledged {
		if !has(id) {
			lost++
		}
	}
	if lost > 0 {
		t.Errorf("%d of %d acknowledged writes are gone", lost, len(acknowledged))
	}

	if answer := board.Call(http.MethodPost, "/api/backups/first.zip/restore", token, ""); answer.Status != http.StatusNoContent {
		t.Fatalf("restore: %d %s", answer.Status, answer.Raw)
	}
	for began := time.Now(); board.Serves() && has(acknowledged[10]); time.Sleep(100 * time.Millisecond) {
		if time.Since(began) > time.Minute {
			t.Fatalf("the backup is not restored:\n%s", board.Output)
		}
	}
	board.Await()
	if !has(acknowledged[0]) || !has(acknowledged[9]) || has(acknowledged[10]) {
		t.Error("the restored board is not as it was when it was backed up")
	}
}

// mustBeLocked fails the test unless the process holds a lock on the file, if the system lists locks.
func mustBeLocked(t *testing.T, pid int, path string) {
	t.Helper()
	locks, err := os.ReadFile("/proc/locks")
	if err != nil {
		t.Logf("the system does not list locks: %v", err)
		return
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(locks)) {
		if strings.Contains(line, fmt.Sprintf(" %d ", pid)) &&
			strings.Contains(line, fmt.Sprintf(":%d ", info.Sys().(*syscall.Stat_t).Ino)) {
			return
		}
	}
	t.Errorf("the board holds no lock on %s", path)
}
