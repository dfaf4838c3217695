package command_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"jobboard/hooks"
	"jobboard/internal/bucket"
	"jobboard/internal/checks"
	"jobboard/internal/command"
	"jobboard/internal/mail"
	"jobboard/internal/testapp"
)

// execute runs a command with an input, and returns what it prints.
func execute(c *cobra.Command, input string, args ...string) (string, error) {
	var out bytes.Buffer
	c.SetArgs(args)
	c.SetOut(&out)
	c.SetErr(io.Discard)
	c.SetIn(strings.NewReader(input))
	err := c.Execute()
	return out.String(), err
}

func noBucket() (bucket.Settings, bool) { return bucket.Settings{}, false }

func TestDoctor(t *testing.T) {
	t.Parallel()
	dir := testapp.Folder(t)
	if err := os.WriteFile(filepath.Join(dir, "BOARD"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	doctor := func(dir string) checks.Report {
		t.Helper()
		app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir, EncryptionEnv: "pb_test_env"})
		out, err := execute(command.NewDoctorCommand(app, noBucket), "", "--json", "--http", taken.Addr().String())
		if err == nil {
			t.Errorf("no error for\n%s", out)
		}
		var report checks.Report
		if err := json.Unmarshal([]byte(out), &report); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return report
	}
	levels := func(report checks.Report) string {
		var list []string
		for _, result := range report.Checks {
			list = append(list, result.Check+" "+string(result.Level))
		}
		return strings.Join(list, ", ")
	}
	if got := levels(doctor(dir)); !strings.Contains(got, "data_folder ok") || !strings.Contains(got, "admin error") ||
		!strings.Contains(got, "sender error") || !strings.HasSuffix(got, "mail_server ok, port error") {
		t.Errorf("a board that was only just made: %s", got)
	}
	empty := t.TempDir()
	if got := doctor(empty); levels(got) != "data_folder warning, port error" || !strings.Contains(got.Checks[1].Advice, "--http") {
		t.Errorf("an empty folder: %v", got)
	}
	if left, err := os.ReadDir(empty); err != nil || len(left) > 0 {
		t.Errorf("it makes %v in an empty folder (%v)", left, err)
	}
	if got := levels(doctor(filepath.Join(empty, "absent"))); got != "data_folder error, port error" {
		t.Errorf("an absent folder: %s", got)
	}
	if err := os.Remove(filepath.Join(dir, "data.db")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "data.db"), []byte(strings.Repeat("no database", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := levels(doctor(dir)); got != "data_folder ok, database error, port error" {
		t.Errorf("a damaged database: %s", got)
	}
}

func TestMailTest(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind, testapp.With(mail.Bind, mail.Options{}))
	box := b.CatchMail()
	b.Settings().SMTP.Enabled = true
	b.Settings().Meta.AppName, b.Settings().Meta.SenderAddress = "Tilia Jobs", "jobs@tilia.se"
	out, err := execute(command.NewMailCommand(b.TestApp), "", "test", "you@tilia.se")
	if err != nil || !strings.Contains(out, "From jobs@tilia.se to you@tilia.se") || !strings.Contains(out, "accepted") {
		t.Errorf("%q, %v", out, err)
	}
	if got := box.MustReceive(t); got.To != "you@tilia.se" || got.Subject != "Test mail from Tilia Jobs" ||
		!strings.Contains(got.Text, "has arrived") {
		t.Errorf("it sends %+v", got)
	}
	box.Refuse(func(string) error {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "relaying denied"}
	})
	if _, err := execute(command.NewMailCommand(b.TestApp), "", "test", "you@tilia.se"); err == nil ||
		!strings.Contains(err.Error(), "relaying denied") || !strings.Contains(err.Error(), "refuses the recipient") {
		t.Errorf("a refusal is told as %v", err)
	}
	if _, err := execute(command.NewMailCommand(b.TestApp), "", "test", "You <you@tilia.se>"); err == nil {
		t.Error("what is no address is accepted")
	}
	box.MustBeEmpty(t)
}

func TestVersionNamesGoAndPlatform(t *testing.T) {
	t.Parallel()
	out, err := execute(command.NewVersionCommand(), "")
	for _, want := range []string{"jobboard    ", "commit      ", "Go          go1.", "PocketBase  "} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s(%v)", want, out, err)
		}
	}
}
