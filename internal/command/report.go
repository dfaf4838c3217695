package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"jobboard/collections"
	"jobboard/internal/report"
)

// reportFlags are the flags of `jobboard report`, as given.
type reportFlags struct {
	format, from, to, filters, out string
	plain                          bool
}

// NewReportCommand returns `jobboard report KIND`, which writes a report to standard output or a file, without a record of it.
func NewReportCommand(app core.App) *cobra.Command {
	var flags reportFlags
	command := &cobra.Command{
		Use:          "report KIND",
		Short:        "Creates a report (" + strings.Join(collections.ReportKinds(), ", ") + ") as CSV or PDF",
		Example:      "report applications --format pdf --from 2026-01-01 --to 2026-03-31 --out q1.pdf",
		Args:         cobra.ExactArgs(1),
		SilenceUsage: true,
		RunE: func(command *cobra.Command, args []string) error {
			if err := app.RunAllMigrations(); err != nil {
				return fmt.Errorf("migrate the board: %w", err)
			}
			request, err := flags.request(app, args[0])
			if err != nil {
				return err
			}
			return writeReport(command, app, request, flags.out)
		},
	}
	set := command.Flags()
	set.StringVar(&flags.format, "format", report.CSV, strings.Join(collections.ReportFormats(), " or "))
	set.StringVar(&flags.from, "from", "", "first day or time, UTC (default: since the board began)")
	set.StringVar(&flags.to, "to", "", "last day or time, UTC (default: now)")
	set.StringVar(&flags.filters, "filters", "", `JSON object, such as {"status": ["hired"]}`)
	set.StringVar(&flags.out, "out", "", "file to write (default: standard output)")
	set.BoolVar(&flags.plain, "no-bom", false,
		"CSV for programs: times end in Z, and there is no byte order mark, by which spreadsheets recognise UTF-8")
	return command
}

func (f reportFlags) request(app core.App, kind string) (report.Request, error) {
	request := report.Request{Kind: kind, Format: f.format, MachineReadable: f.plain}
	var err error
	if request.From, err = report.ParseBound(f.from, false); err != nil {
		return request, fmt.Errorf("--from: %w", err)
	}
	if request.To, err = report.ParseBound(f.to, true); err != nil {
		return request, fmt.Errorf("--to: %w", err)
	}
	if err := request.Check(); err != nil {
		return request, errors.New(strings.TrimSuffix(err.Error(), ".")) // there is one after each field, too
	}
	if request.Filters, err = report.ParseFilters(app, kind, json.RawMessage(f.filters)); err != nil {
		return request, errors.New(strings.TrimSuffix(err.Error(), "."))
	}
	return request, nil
}

// writeReport writes to a file beside the wanted one first, so that a failure leaves no incomplete report under its name.
func writeReport(command *cobra.Command, app core.App, request report.Request, path string) (err error) {
	if path == "" {
		_, err := report.Write(command.Context(), app, request, command.OutOrStdout())
		return err
	}
	half := path + ".part"
	file, err := os.OpenFile(half, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600) // it holds personal data
	if err != nil {
		return err
	}
	rows, err := report.Write(command.Context(), app, request, io.Writer(file))
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return fmt.Errorf("%w; the incomplete report is in %s", err, half)
	}
	if err := os.Rename(half, path); err != nil {
		return err
	}
	fmt.Fprintf(command.ErrOrStderr(), "Wrote %s (%d rows)\n", path, rows)
	return nil
}
