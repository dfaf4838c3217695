package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"jobboard/internal/bucket"
	"jobboard/internal/checks"
	"jobboard/internal/datafolder"
	"jobboard/internal/mail"
)

// NewDoctorCommand returns `jobboard doctor`, which checks the board's set-up. It opens the board itself, since it also has something
// to say where that fails. bucketOf returns the bucket of the configuration, if there is one.
func NewDoctorCommand(app core.App, bucketOf func() (bucket.Settings, bool)) *cobra.Command {
	var address string
	var asJSON bool
	command := &cobra.Command{
		Use:   "doctor",
		Short: "Checks the board's set-up and says what to do (exit code 1 if there are errors)",
		Long: "Checks the board's set-up: the data folder, disk and clock, administrators, the public address, mail, backups and more,\n" +
			"and says what to do. Give it the flags and variables that serve gets. It may run beside the serving board. It logs in to\n" +
			"the mail server and sends nothing; for that there is mail test.",
		Args:         cobra.NoArgs,
		SilenceUsage: true,
		Annotations:  withoutBoard,
		RunE: func(command *cobra.Command, _ []string) error {
			report := examine(command, app, address)
			if given, ok := bucketOf(); ok {
				report = checks.NewReport(append(report.Checks, checkBucket(command.Context(), given)...))
			}
			if err := printReport(command.OutOrStdout(), report, asJSON); err != nil {
				return err
			}
			if report.Level == checks.Error {
				return errors.New("the board's set-up has errors")
			}
			return nil
		},
	}
	command.Flags().StringVar(&address, "http", "127.0.0.1:8090", "the address that serve listens on")
	command.Flags().BoolVar(&asJSON, "json", false, "print the outcome as JSON")
	return command
}

func examine(command *cobra.Command, app core.App, address string) checks.Report {
	dir := app.DataDir()
	port := checkPort(command, dir, address)
	folder := checks.Folder(dir)
	if _, err := os.Stat(filepath.Join(dir, "data.db")); folder.Level != checks.OK || os.IsNotExist(err) {
		if folder.Level == checks.OK {
			folder.Level, folder.Message = checks.Warning, "There is no board in "+dir+" yet."
			folder.Advice = "Begin with: " + Program(command.Root()) + " admin create EMAIL"
		}
		return checks.NewReport([]checks.Result{folder, port})
	}
	datafolder.Bind(app, false)
	if err := app.Bootstrap(); err != nil {
		opened := checks.Result{Check: "database", Level: checks.Error, Message: "The board can't be opened: " + err.Error() + ".",
			Advice: "Restore a backup (docs/operate.md), or choose another --dir."}
		return checks.NewReport([]checks.Result{folder, opened, port})
	}
	results := append(checks.Run(command.Context(), app).Checks, checkMailServer(command, app), port)
	if err := app.ResetBootstrapState(); err != nil {
		command.PrintErrln("Error: close the board:", err)
	}
	return checks.NewReport(results)
}

// checkMailServer logs in to the mail server.
func checkMailServer(command *cobra.Command, app core.App) checks.Result {
	result := checks.Result{Check: "mail_server", Level: checks.OK, Message: "No mail server is set, so none was tried."}
	if !app.Settings().SMTP.Enabled {
		return result
	}
	if err := mail.Probe(command.Context(), app); err != nil {
		result.Level, result.Message = checks.Error, "The mail server can't be used: "+err.Error()+"."
		result.Advice = "Correct JOBBOARD_SMTP_ (docs/email.md), then try jobboard mail test ADDRESS."
		return result
	}
	result.Message = "The mail server can be reached"
	if app.Settings().SMTP.Username != "" {
		result.Message += " and knows the login"
	}
	result.Message += "."
	return result
}

// checkPort checks that the board answers at its address or, if it is not served now, that the address is free.
func checkPort(command *cobra.Command, dir, address string) checks.Result {
	result := checks.Result{Check: "port", Level: checks.OK}
	if datafolder.Served(dir) {
		result.Message = "The board is served, and answers at " + address + "."
		if err := checkHealth(command.Context(), address); err != nil {
			result.Level, result.Message = checks.Warning, "The board is served, but not at "+address+": "+err.Error()+"."
			result.Advice = "Give doctor the --http of serve; if it is the same, look at the log of serve."
		}
		return result
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		result.Level, result.Message = checks.Error, "The board can't listen: "+err.Error()+"."
		result.Advice = "End the other program, or choose another address with --http, such as --http 127.0.0.1:8091."
		if errors.Is(err, os.ErrPermission) {
			result.Advice = "Choose a port from 1024 up with --http, or let the program use lower ones (docs/deploy.md)."
		}
		return result
	}
	result.Message = address + " is free."
	if err := listener.Close(); err != nil {
		result.Level, result.Message = checks.Warning, "Nobody else listens at "+address+", but closing it failed: "+err.Error()+"."
	}
	return result
}

func printReport(out io.Writer, report checks.Report, asJSON bool) error {
	if asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(report)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, result := range report.Checks {
		text := result.Message
		if result.Advice != "" {
			text += " " + result.Advice
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", result.Level, result.Check, text)
	}
	return table.Flush()
}
