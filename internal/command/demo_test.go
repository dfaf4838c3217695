package command

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/demo"
	"jobboard/internal/testapp"
)

func TestDemoStaysOnThisMachine(t *testing.T) {
	t.Parallel()
	app := testapp.New(t)
	for _, args := range [][]string{
		{"--http", "0.0.0.0:8090"}, {"--http", ":8090"}, {"--http", "192.0.2.1:8090"}, {"--http", "example.com:80"},
		{"--https", "127.0.0.1:8443"}, {"jobs.example.com"},
	} {
		served := false
		serve := &cobra.Command{Use: "serve", SilenceUsage: true, SilenceErrors: true, RunE: func(*cobra.Command, []string) error {
			served = true
			return nil
		}}
		serve.Flags().String("http", "", "")
		serve.Flags().String("https", "", "")
		command := NewDemoCommand(app, serve, "")
		command.SetArgs(args)
		if err := command.Execute(); err == nil || served {
			t.Errorf("demo %s: served %v, error %v", strings.Join(args, " "), served, err)
		}
		if users, err := app.CountRecords("users"); err != nil || users != 0 {
			t.Errorf("demo %s filled the board with %d users (%v)", strings.Join(args, " "), users, err)
		}
	}
}

func TestLinksOfTheDemoLeadToTheDemo(t *testing.T) {
	t.Parallel()
	app := testapp.NewBoard(t, hooks.Bind).TestApp
	for _, step := range []struct{ set, want string }{
		{"", "http://127.0.0.1:0"}, {"https://jobs.example.com", "https://jobs.example.com"},
	} {
		if step.set != "" {
			app.Settings().Meta.AppURL = step.set
		}
		var got string
		serve := &cobra.Command{Use: "serve", RunE: func(*cobra.Command, []string) error {
			got = app.Settings().Meta.AppURL
			return nil
		}}
		serve.Flags().String("http", "", "")
		serve.Flags().String("https", "", "")
		command := NewDemoCommand(app, serve, "")
		command.SetOut(io.Discard)
		command.SetArgs([]string{"--http", "127.0.0.1:0"})
		if err := command.Execute(); err != nil || got != step.want {
			t.Errorf("links lead to %q (%v), want %q", got, err, step.want)
		}
	}
}

func TestDemoHasItsOwnDataFolder(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"demo": "demo_data", "--dev demo --http=127.0.0.1:0": "demo_data", "serve": "", "": "", "import demo": "",
	} {
		if got := DataDir(strings.Fields(args)); got != want {
			t.Errorf("DataDir(%q) = %q, want %q", args, got, want)
		}
	}
}

func TestDemoNeverTouchesARealBoard(t *testing.T) {
	t.Parallel()
	for _, reset := range []bool{false, true} {
		board := testapp.NewBoard(t)
		sam := board.Seeker("sam")
		if err := fillDemo(io.Discard, board.TestApp, reset, demo.Password); !errors.Is(err, demo.ErrRealBoard) {
			t.Errorf("reset %v: %v", reset, err)
		}
		if board.Reload(sam).Id == "" {
			t.Errorf("reset %v: the user is gone", reset)
		}
	}
}

func TestDemoResetBeginsAnewWithTheSameIDs(t *testing.T) {
	t.Parallel()
	testapp.Slow(t, "it fills a whole demo board")
	board := testapp.NewBoard(t, hooks.Bind)
	if err := demo.Claim(board.TestApp); err != nil {
		t.Fatal(err)
	}
	board.Seeker("sam") // somebody tried things out
	process := testapp.StartDemo(t, board.Close(), "--reset", "--password", "quite another")
	logIn := func(email, password string) testapp.Response {
		return process.Call(http.MethodPost, "/api/collections/users/auth-with-password", "",
			fmt.Sprintf(`{"identity":%q,"password":%q}`, email, password))
	}
	if answer := logIn("sam@example.com", testapp.Password); answer.Status != http.StatusBadRequest {
		t.Errorf("the reset kept a user: %d %s", answer.Status, answer.Raw)
	}
	seeker := logIn(demo.SeekerEmail, "quite another")
	token, _ := seeker.Body["token"].(string)
	if record, _ := seeker.Body["record"].(map[string]any); record["id"] != "p4iuqxbd5wa23x6" {
		t.Errorf("the seeker is not who they always were: %s", seeker.Raw)
	}
	for collection, id := range map[string]string{
		collections.Employers: "iampc6f7q4q5d6e", collections.Jobs: "e64lteasgb4a5xu", collections.Applications: "54xedujkvu734nc",
	} {
		if answer := process.Call(http.MethodGet, testapp.Records(collection, id), token, ""); answer.Status != http.StatusOK {
			t.Errorf("%s %s: %d %s", collection, id, answer.Status, answer.Raw)
		}
	}
}
