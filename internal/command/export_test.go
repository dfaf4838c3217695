package command_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/hooks"
	"jobboard/internal/command"
	"jobboard/internal/testapp"
)

func runExport(ctx context.Context, app core.App, args ...string) (out, messages string, err error) {
	exports := command.NewExportCommand(app)
	exports.SetArgs(args)
	var stdout, stderr bytes.Buffer
	exports.SetOut(&stdout)
	exports.SetErr(&stderr)
	err = exports.ExecuteContext(ctx)
	return stdout.String(), stderr.String(), err
}

func TestExportWritesAFileForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind)
	board.Seeker("sam")
	folder := t.TempDir()
	path := filepath.Join(folder, "board.zip")
	for range 2 { // the second replaces the first
		if _, messages, err := runExport(t.Context(), board.TestApp, path); err != nil || !strings.Contains(messages, "Exported ") {
			t.Fatalf("%v: %s", err, messages)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the file is %v (%v)", info, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := runExport(ctx, board.TestApp, path); err == nil {
		t.Error("an interrupted export succeeded")
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("an interrupted export changed the file (%v)", err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 1 {
		t.Errorf("the folder holds %v (%v)", left, err)
	}
	if _, _, err := runExport(t.Context(), board.TestApp, folder); err == nil {
		t.Error("an export replaced a folder")
	}
}

func TestExportWithoutAFilePrintsRecords(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind)
	board.Seeker("sam")
	out, _, err := runExport(t.Context(), board.TestApp)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for line := range strings.Lines(out) {
		var row struct {
			Collection string
			Record     map[string]any
		}
		if err := json.Unmarshal([]byte(line), &row); err != nil || row.Record["id"] == "" {
			t.Fatalf("%v: %s", err, line)
		}
		found[row.Collection]++
	}
	if found["users"] != 1 || found["job_seekers"] != 1 || found["fields_of_interest"] == 0 {
		t.Errorf("printed %v", found)
	}
	zipped, _, err := runExport(t.Context(), board.TestApp, "-")
	if err != nil || !strings.HasPrefix(zipped, "PK") {
		t.Errorf("the zip file begins with %.10q (%v)", zipped, err)
	}
}
