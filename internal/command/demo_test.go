package command

import (
	"errors"
	"io"
	"maps"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/demo"
	"jobboard/internal/testapp"
)

func TestDemoStaysOnThisMachine(t *testing.T) {
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
		app := testapp.New(t)
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

func TestDemoHasItsOwnDataFolder(t *testing.T) {
	for args, want := range map[string]string{"demo": "demo_data", "--dev demo --http=127.0.0.1:0": "demo_data", "serve": "", "": "", "import demo": ""} {
		if got := DataDir(strings.Fields(args)); got != want {
			t.Errorf("DataDir(%q) = %q, want %q", args, got, want)
		}
	}
}

func TestDemoNeverTouchesARealBoard(t *testing.T) {
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
	app := testapp.New(t, hooks.Bind)
	fill := func(reset bool, password string) map[string]string {
		t.Helper()
		if err := fillDemo(io.Discard, app, reset, password); err != nil {
			t.Fatal(err)
		}
		user, err := app.FindAuthRecordByEmail(collections.Users, demo.SeekerEmail)
		if err != nil || !user.ValidatePassword(password) {
			t.Errorf("the seeker can't log in with %q (%v)", password, err)
		}
		named := map[string]string{}
		for collection, name := range map[string]string{collections.Users: "email", collections.Employers: "name", collections.Jobs: "title", collections.Applications: "job"} {
			records, err := app.FindAllRecords(collection)
			if err != nil {
				t.Fatal(err)
			}
			for _, record := range records {
				named[collection+" "+record.Id] = record.GetString(name)
			}
		}
		return named
	}
	first := fill(false, "quite another")
	if _, err := app.NonconcurrentDB().Delete(collections.Applications, nil).Execute(); err != nil { // somebody tried things out
		t.Fatal(err)
	}
	if again := fill(true, demo.Password); !maps.Equal(first, again) || len(first) < 500 {
		t.Errorf("%d records at first, %d after the reset, or others", len(first), len(again))
	}
}
