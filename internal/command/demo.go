package command

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"jobboard/internal/demo"
)

// DataDir is the default data folder for the command line args: the demo has its own, so that trying the board never
// touches a real one. Elsewhere it is "", which leaves it to PocketBase.
func DataDir(args []string) string {
	named := slices.IndexFunc(args, func(arg string) bool { return !strings.HasPrefix(arg, "-") })
	if named >= 0 && args[named] == "demo" {
		return "demo_data"
	}
	return ""
}

// NewDemoCommand is `jobboard demo`: a ready board for trying out. It fills an empty data folder, prints the addresses and
// logins, and serves like serve does, with serve's flags.
func NewDemoCommand(app core.App, serve *cobra.Command) *cobra.Command {
	run := serve.RunE
	serve.Use = "demo"
	serve.Short = "Fills a board for trying out, prints its logins, and serves it on this machine"
	serve.Args = cobra.NoArgs
	serve.RunE = func(command *cobra.Command, args []string) error {
		address, err := command.Flags().GetString("http")
		if err != nil {
			return err
		}
		if address == "" {
			address = "127.0.0.1:8090"
		}
		if secure, err := command.Flags().GetString("https"); err != nil || secure != "" {
			return fmt.Errorf("the demo serves no https: its logins are public, so it stays on this machine")
		}
		if !isLoopback(address) {
			return fmt.Errorf("the demo serves 127.0.0.1 or localhost, not %s: its logins are public", address)
		}
		if err := app.RunAllMigrations(); err != nil {
			return fmt.Errorf("migrate the demo board: %w", err)
		}
		began := time.Now()
		made, err := demo.Seed(app, began)
		if err != nil {
			return err
		}
		if made {
			fmt.Fprintf(command.OutOrStdout(), "Filled %s in %s.\n", app.DataDir(), time.Since(began).Round(10*time.Millisecond))
		}
		fmt.Fprintln(command.OutOrStdout(), welcome("http://"+address))
		return run(command, args)
	}
	return serve
}

// isLoopback tells whether only this machine can reach an address such as 127.0.0.1:8090.
func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func welcome(url string) string {
	return fmt.Sprintf(`
A job board to try out:

  job seeker     %-22s %[2]s
  employer       %-22[3]s %[2]s
  administrator  %-22[4]s %[2]s
  superuser      %-22[5]s %[2]s   admin UI: %[6]s/_/

  jobs           %[6]s/api/collections/jobs/records
  REST           %[6]s/api/jobs/
  documentation  %[6]s/api/docs

Delete the data folder to begin anew.
`, demo.SeekerEmail, demo.Password, demo.EmployerEmail, demo.AdminEmail, demo.SuperuserEmail, url)
}
