package command_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jobboard/internal/command"
	"jobboard/internal/testapp"
)

func runReport(t *testing.T, board *testapp.Board, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	report := command.NewReportCommand(board.TestApp)
	report.SetArgs(args)
	report.SetOut(&out)
	report.SetErr(&out)
	err := report.ExecuteContext(context.Background())
	return out.String(), err
}

func TestReportIsWrittenToTheOutputOrAFile(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t)
	board.Seeker("sam")
	out, err := runReport(t, board, "users", "--no-bom")
	if err != nil || !strings.HasPrefix(out, "id,name,role,") || !strings.Contains(out, ",sam,job_seeker,") {
		t.Errorf("%v: %q", err, out)
	}
	path := filepath.Join(t.TempDir(), "users.pdf")
	if _, err := runReport(t, board, "users", "--format", "pdf", "--from", "2020-01-01", "--to", "2030-12-31", "--out", path); err != nil {
		t.Fatal(err)
	}
	if file, err := os.ReadFile(path); err != nil || !bytes.HasPrefix(file, []byte("%PDF-")) {
		t.Errorf("%v: the file begins with %.10q", err, file)
	}
}

func TestWrongReportsAreErrors(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t)
	for _, args := range [][]string{
		{}, {"cats"}, {"users", "--format", "xls"}, {"users", "--from", "soon"}, {"jobs", "--filters", "{"},
		{"jobs", "--from", "2026-02-01", "--to", "2026-01-01"}, {"jobs", "--out", filepath.Join(t.TempDir(), "absent", "x.csv")},
	} {
		if out, err := runReport(t, board, args...); err == nil {
			t.Errorf("%v: no error, %q", args, out)
		}
	}
}
