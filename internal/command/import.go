package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"jobboard/internal/transfer"
	"jobboard/internal/workflow"
)

// NewImportCommand returns `jobboard import FILE|DIR`, which imports jobs in bulk. Rejected rows are reported and the rest goes on; an
// unreadable file or format is an error.
func NewImportCommand(app core.App) *cobra.Command {
	var format, status, source string
	var employers []string
	var dryRun bool
	command := &cobra.Command{
		Use:   "import FILE|DIR",
		Short: "Imports jobs in bulk",
		Long: `Imports jobs from a file, or from all files of the format in a folder.

A row updates the job that an earlier import created from the same source and externalId, or creates a new one. So importing
the same file again changes nothing, and importing a changed file updates the jobs. Fields that a row leaves out stay as they
are; null empties them. Every row passes the same checks as a job created in any other way: rows that fail are listed with
line and reason, and the rest goes on.

Anybody can create a company of any name, so companies are matched by name only among those of the board itself, those that an
admin has verified, and those of --employer. Others are created, and belong to the board until an admin gives them an owner.`,
		Example:      "import jobs.jsonl --dry-run",
		Args:         cobra.ExactArgs(1),
		SilenceUsage: true,
		Annotations:  endsItself,
		RunE: func(command *cobra.Command, args []string) error {
			reader, err := transfer.FindFormat(format)
			if err != nil {
				return err
			}
			if status = workflow.Parse(status); !slices.Contains(workflow.InitialJobStatuses(), status) {
				return fmt.Errorf("--status is %s, not %q", strings.Join(workflow.InitialJobStatuses(), " or "), status)
			}
			files, err := filesOf(args[0], reader)
			if err != nil {
				return err
			}
			if err := app.RunAllMigrations(); err != nil {
				return fmt.Errorf("migrate the board: %w", err)
			}

			importer := transfer.NewImporter(app)
			importer.Status, importer.Employers, importer.DryRun = status, employers, dryRun
			if source != "" {
				importer.Source = source
			}
			if err := importer.Prepare(); err != nil {
				return err
			}
			started := time.Now()
			ctx := command.Context()
			importErr := importFiles(ctx, importer, reader, files, command.ErrOrStderr())
			report := importer.Report()
			if report.Remaining > 0 {
				importErr = fmt.Errorf("%w; %s", errors.Join(context.Cause(ctx), importErr), report.Progress())
			}
			if dryRun {
				fmt.Fprintln(command.OutOrStdout(), "Dry run: nothing is saved.")
			}
			if err := report.Write(command.OutOrStdout()); err != nil {
				return fmt.Errorf("print the report: %w", err)
			}
			fmt.Fprintf(command.OutOrStdout(), "Took %s\n", time.Since(started).Round(time.Millisecond))
			if importErr == nil && report.Failed > 0 {
				importErr = fmt.Errorf("%d rows could not be saved for reasons other than their content", report.Failed)
			}
			return importErr
		},
	}
	flags := command.Flags()
	flags.StringVar(&format, "format", "jsonl", "the format: "+strings.Join(transfer.FormatNames(), ", "))
	flags.StringVar(&status, "status", workflow.Published, "status of new jobs whose row has none: draft or published")
	flags.StringVar(&source, "source", "", `source of rows that name none (default "import")`)
	flags.StringArrayVar(&employers, "employer", nil, "slug of a company that may be given jobs although it is not verified;\n"+
		"\"ACME=acme-gmbh\" gives it the rows of a company called ACME; can be repeated")
	flags.BoolVar(&dryRun, "dry-run", false, "check and report everything, but save nothing")
	return command
}

// filesOf returns the paths of the files to read, sorted by name.
func filesOf(path string, format transfer.Format) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, entry := range entries {
		if slices.Contains(format.Extensions, strings.ToLower(filepath.Ext(entry.Name()))) && !entry.IsDir() {
			files = append(files, filepath.Join(path, entry.Name()))
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s holds no file of the format %s (%s)", path, format.Name, strings.Join(format.Extensions, ", "))
	}
	return files, nil
}

// importFiles imports files; one that can't be read does not stop the others.
func importFiles(ctx context.Context, importer *transfer.Importer, format transfer.Format, files []string, terminal io.Writer) error {
	var errs []error
	for _, path := range files {
		errs = append(errs, importFile(ctx, importer, format, path, terminal))
	}
	return errors.Join(errs...)
}

func importFile(ctx context.Context, importer *transfer.Importer, format transfer.Format, path string, terminal io.Writer) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close() // only read from
	info, err := file.Stat()
	if err != nil {
		return err
	}
	var content io.Reader = file
	if isTerminal(terminal) {
		bar := progressbar.NewOptions64(info.Size(), progressbar.OptionSetWriter(terminal), progressbar.OptionShowBytes(true),
			progressbar.OptionSetDescription(filepath.Base(path)), progressbar.OptionClearOnFinish(),
			progressbar.OptionSetPredictTime(true))
		reader := progressbar.NewReader(file, bar)
		content = &reader
	}
	return importer.File(ctx, filepath.Base(path), format, content)
}

func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
