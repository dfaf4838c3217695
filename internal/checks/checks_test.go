package checks_test

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/checks"
	"jobboard/internal/testapp"
)

func run(board *testapp.Board) checks.Report { return checks.Run(context.Background(), board.TestApp) }

// find returns the outcome of one check.
func find(t *testing.T, report checks.Report, check string) checks.Result {
	t.Helper()
	for _, result := range report.Checks {
		if result.Check == check {
			return result
		}
	}
	t.Fatalf("no check %s in %v", check, report.Checks)
	return checks.Result{}
}

// mend gives a board all that the checks ask for.
func mend(settings *core.Settings) {
	settings.Meta.AppURL, settings.Meta.SenderAddress = "https://jobs.tilia.se", "jobs@tilia.se"
	settings.SMTP.Enabled, settings.SMTP.Host, settings.SMTP.Port = true, "mail.tilia.se", 587
	settings.RateLimits.Enabled = true
	settings.Backups.Cron, settings.Backups.CronMaxKeep = "0 3 * * *", 7
}

func TestChecks(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind, testapp.With(checks.Bind, checks.Options{Program: "jobboard --dir /srv/board"}))
	if got := board.Settings().Backups; got.Cron != "0 3 * * *" || got.CronMaxKeep != 7 {
		t.Errorf("a new board makes backups %q and keeps %d", got.Cron, got.CronMaxKeep)
	}
	if err := os.WriteFile(filepath.Join(board.DataDir(), "BOARD"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := find(t, run(board), "admin"); got.Level != checks.Error ||
		!strings.HasSuffix(got.Advice, "jobboard --dir /srv/board admin create EMAIL") {
		t.Errorf("without an administrator: %v", got)
	}
	admin := board.Admin("ada")
	if got := find(t, run(board), "admin"); got.Level != checks.Warning || !strings.Contains(got.Message, "no superuser") {
		t.Errorf("without a superuser: %v", got)
	}
	board.Superuser("root")
	mend(board.Settings())
	if report := run(board); report.Level != checks.OK || len(report.Problems()) != 0 {
		t.Fatalf("a board without faults has %v", report.Problems())
	}

	for name, c := range map[string]struct {
		spoil func(s *core.Settings)
		check string
		level checks.Level
		says  string
	}{
		"the example's address": {func(s *core.Settings) { s.Meta.AppURL = "https://jobs.example.org" }, "url", checks.Error, "jobs.example.org"},
		"PocketBase's address":  {func(s *core.Settings) { s.Meta.AppURL = "http://localhost:8090" }, "url", checks.Warning, "this machine"},
		"an address without TLS": {func(s *core.Settings) { s.Meta.AppURL = "http://jobs.tilia.se" }, "url", checks.Warning,
			"not encrypted"},
		"PocketBase's sender": {func(s *core.Settings) { s.Meta.SenderAddress = "support@example.com" }, "sender", checks.Error,
			"support@example.com"},
		"the example's mail server": {func(s *core.Settings) { s.SMTP.Host = "smtp.example.org" }, "mail", checks.Error, "smtp.example.org"},
		"no backups":                {func(s *core.Settings) { s.Backups.Cron = "" }, "backups", checks.Warning, "No backups"},
		"no limits":                 {func(s *core.Settings) { s.RateLimits.Enabled = false }, "rate_limits", checks.Warning, "off"},
	} {
		mend(board.Settings())
		c.spoil(board.Settings())
		report := run(board)
		got := find(t, report, c.check)
		if got.Level != c.level || !strings.Contains(got.Message, c.says) || got.Advice == "" {
			t.Errorf("%s: %v", name, got)
		}
		if report.Level != c.level || len(report.Problems()) != 1 {
			t.Errorf("%s: the board is %s, with %v", name, report.Level, report.Problems())
		}
	}
	mend(board.Settings())

	t.Run("of mails that are stuck", func(t *testing.T) {
		row := board.Record(collections.Notifications, map[string]any{"user": admin.Id, "kind": collections.KindAccount, "title": "Hello",
			"mail": collections.MailPending, "mailAttempts": 2})
		if got := find(t, run(board), "mail_queue"); got.Level != checks.OK {
			t.Errorf("after two attempts: %v", got)
		}
		board.Update(row, map[string]any{"mailAttempts": 3})
		if got := find(t, run(board), "mail_queue"); got.Level != checks.Warning || !strings.Contains(got.Message, "1") {
			t.Errorf("after three: %v", got)
		}
	})
	t.Run("of a reverse proxy", func(t *testing.T) {
		ask := func(from string) checks.Result {
			request := httptest.NewRequest("GET", "/api/health", nil)
			request.RemoteAddr = from + ":1234"
			request.Header.Set("X-Forwarded-For", "203.0.113.7")
			board.Send(request)
			return find(t, run(board), "proxy")
		}
		if got := ask("198.51.100.1"); got.Level != checks.OK {
			t.Errorf("a stranger's header counts: %v", got)
		}
		if got := ask("127.0.0.1"); got.Level != checks.Warning ||
			!strings.Contains(got.Advice, "JOBBOARD_TRUSTED_PROXY_HEADERS=X-Forwarded-For") {
			t.Errorf("a proxy on this machine: %v", got)
		}
		board.Settings().TrustedProxy.Headers = []string{"X-Forwarded-For"}
		if got := find(t, run(board), "proxy"); got.Level != checks.OK {
			t.Errorf("one that is trusted: %v", got)
		}
	})
	t.Run("of the clock", func(t *testing.T) {
		data := filepath.Join(board.DataDir(), "data.db")
		later := time.Now().Add(2 * time.Hour)
		if err := os.Chtimes(data, later, later); err != nil {
			t.Fatal(err)
		}
		if got := find(t, run(board), "clock"); got.Level != checks.Error || !strings.Contains(got.Message, "2h0m0s behind") {
			t.Errorf("two hours behind: %v", got)
		}
	})
}

func TestBackupsAreMissedAndVariablesUnknown(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, testapp.With(checks.Bind, checks.Options{UnknownVariables: []string{"JOBBOARD_SMPT_HOST (hint)"}}))
	if got := find(t, run(board), "variables"); got.Level != checks.Warning || !strings.Contains(got.Message, "JOBBOARD_SMPT_HOST (hint)") {
		t.Errorf("an unknown variable: %v", got)
	}
	board.Settings().Backups.Cron = "* * * * *"
	began := filepath.Join(board.DataDir(), "BOARD")
	if err := os.WriteFile(began, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	expect := func(what string, level checks.Level, says string) {
		t.Helper()
		if got := find(t, run(board), "backups"); got.Level != level || !strings.Contains(got.Message, says) {
			t.Errorf("%s: %v", what, got)
		}
	}
	expect("a new board", checks.OK, "not due yet")
	yesterday := time.Now().Add(-24 * time.Hour)
	if err := os.Chtimes(began, yesterday, yesterday); err != nil {
		t.Fatal(err)
	}
	expect("a board without any", checks.Error, "There is none")
	file := filepath.Join(board.DataDir(), core.LocalBackupsDirName, "one.zip")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	expect("with one of now", checks.OK, "The newest")
	if err := os.Chtimes(file, yesterday, yesterday); err != nil {
		t.Fatal(err)
	}
	expect("with an old one", checks.Warning, "is missing")
}

func TestFolderThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := checks.Folder(file); got.Level != checks.Error || !strings.Contains(got.Message, file) {
		t.Errorf("a file: %v", got)
	}
	dir := t.TempDir()
	if got := checks.Folder(dir); got.Level != checks.OK {
		t.Errorf("a folder: %v", got)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("it leaves %v (%v)", left, err)
	}
}
