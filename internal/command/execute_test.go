package command

import (
	"errors"
	"io"
	"testing"

	"github.com/spf13/cobra"
)

func TestErrorsOfCommandsAreKept(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"a run that fails":    {[]string{"parent", "fail"}, "broken"},
		"a run that succeeds": {[]string{"parent", "work"}, ""},
		"too many arguments":  {[]string{"parent", "work", "much"}, `unknown command "much" for "root parent work"`},
		"an unknown flag":     {[]string{"parent", "work", "--much"}, "unknown flag: --much"},
	} {
		t.Run(name, func(t *testing.T) {
			root, parent := &cobra.Command{Use: "root"}, &cobra.Command{Use: "parent"}
			root.AddCommand(parent)
			parent.AddCommand(
				&cobra.Command{Use: "fail", RunE: func(*cobra.Command, []string) error { return broken }},
				&cobra.Command{Use: "work", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error { return nil }},
			)
			root.SetArgs(test.args)
			root.SetOut(io.Discard)
			root.SetErr(io.Discard)

			var kept keptError
			kept.watch(root)
			// the error comes out of Execute too; PocketBase drops it there
			_ = root.Execute()

			got := ""
			if err := kept.get(); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("kept error %q, want %q", got, test.want)
			}
		})
	}
}
