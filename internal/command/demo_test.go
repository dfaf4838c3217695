package command

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"

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
		demo := NewDemoCommand(app, serve)
		demo.SetArgs(args)
		if err := demo.Execute(); err == nil || served {
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
