package command

import (
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"jobboard/collections"
	"jobboard/internal/demo"
	"jobboard/internal/leadership"
)

// DataDir returns the default data folder for the command line args: the demo has its own, so that trying out the board never
// touches a real one. For other commands it is "", which leaves the choice to PocketBase.
func DataDir(args []string) string {
	named := slices.IndexFunc(args, func(arg string) bool { return !strings.HasPrefix(arg, "-") })
	if named >= 0 && args[named] == "demo" {
		return "demo_data"
	}
	return ""
}

// NewDemoCommand returns `jobboard demo`, a board to try out: it fills an empty data folder, prints the addresses and logins, and
// serves as serve does, with serve's flags. password is JOBBOARD_DEMO_PASSWORD, or empty.
func NewDemoCommand(app core.App, serve *cobra.Command, password string) *cobra.Command {
	run := serve.RunE
	serve.Use = "demo"
	serve.Short = "Fills a board with sample data, prints its logins, and serves it on this machine"
	serve.Args = cobra.NoArgs
	reset := serve.Flags().Bool("reset", false, "delete the demo's data and fill it again")
	serve.Flags().StringVar(&password, "password", password, "of the demo's accounts, when they are created (JOBBOARD_DEMO_PASSWORD)")
	serve.Flags().Lookup("password").DefValue = demo.Password // help must not show a secret
	serve.RunE = func(command *cobra.Command, args []string) error {
		address, err := demoAddress(command)
		if err != nil {
			return err
		}
		listener, err := listen(command, false)
		if err != nil {
			return err
		}
		defer listener.Close() // the server has closed it, if it ever started
		serveAt(app, listener)
		if password == "" {
			password = demo.Password
		}
		if err := fillDemo(command.OutOrStdout(), app, *reset, password); err != nil {
			return err
		}
		user, err := app.FindAuthRecordByEmail(collections.Users, demo.SeekerEmail)
		if err != nil || !user.ValidatePassword(password) {
			password = "(as when it was filled)"
		}
		if meta := &app.Settings().Meta; meta.AppURL == core.NewBaseApp(core.BaseAppConfig{}).Settings().Meta.AppURL {
			meta.AppURL = "http://" + address // so that links in feeds and mails lead here, unless they are to lead elsewhere
		}
		fmt.Fprintln(command.OutOrStdout(), welcome("http://"+address, password))
		return run(command, args)
	}
	return serve
}

// demoAddress returns the address to serve the demo at, which only this machine can reach.
func demoAddress(command *cobra.Command) (string, error) {
	address, err := command.Flags().GetString("http")
	if err != nil {
		return "", err
	}
	if address == "" {
		address = "127.0.0.1:8090"
	}
	if secure, err := command.Flags().GetString("https"); err != nil || secure != "" {
		return "", fmt.Errorf("the demo does not serve https: its logins are public, so it stays on this machine")
	}
	if !isLoopback(address) {
		return "", fmt.Errorf("the demo listens on 127.0.0.1 or localhost, not on %s: its logins are public", address)
	}
	return address, nil
}

// fillDemo migrates the demo's data folder, and fills it if it is empty.
func fillDemo(out io.Writer, app core.App, reset bool, password string) error {
	if len(password) < minDemoPassword {
		return fmt.Errorf("the demo's password needs at least %d characters", minDemoPassword)
	}
	switch {
	case leadership.Clustered(app) && reset:
		return errors.New("the demo of a cluster can't be reset: empty the bucket and the data folders instead")
	case !leadership.Leading(app): // the leader fills it
		return nil
	case leadership.Clustered(app): // the folder may be that of a new node
	default:
		if err := demo.Claim(app); err != nil {
			return err
		}
	}
	if reset {
		if err := demo.Reset(app); err != nil {
			return err
		}
	}
	if err := app.RunAllMigrations(); err != nil {
		return fmt.Errorf("migrate the demo board: %w", err)
	}
	began := time.Now()
	made, err := demo.Seed(app, began, password)
	if made && err == nil {
		fmt.Fprintf(out, "Filled %s in %s.\n", app.DataDir(), time.Since(began).Round(10*time.Millisecond))
	}
	return err
}

// minDemoPassword is the least length, in characters, that PocketBase accepts.
const minDemoPassword = 8

// isLoopback reports whether only this machine can reach an address such as 127.0.0.1:8090.
func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func welcome(url, password string) string {
	return fmt.Sprintf(`
A job board to try out:

  job seeker     %-22s %[2]s
  employer       %-22[3]s %[2]s
  administrator  %-22[4]s %[2]s   administration: %[6]s/app/admin
  superuser      %-22[5]s %[2]s   admin UI: %[6]s/_/

  jobs           %[6]s/api/collections/jobs/records
  REST           %[6]s/api/jobs/
  documentation  %[6]s/api/docs

The flag --reset restores the demo's original data.
`, demo.SeekerEmail, password, demo.EmployerEmail, demo.AdminEmail, demo.SuperuserEmail, url)
}
