package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"jobboard/internal/datafolder"
	"jobboard/internal/outbound"
	"jobboard/internal/transfer"
	"jobboard/internal/transfer/formats"
	"jobboard/internal/workflow"
)

// importGCPercent lets an import use more memory than it needs, though no more for a larger file, and collect garbage less often.
const importGCPercent = 400

// ImportOptions is the board's configuration for imports.
type ImportOptions struct {
	// PrivateAddresses lets --url lead to addresses that are not public.
	PrivateAddresses bool
}

// NewImportCommand returns `jobboard import FILE|DIR`, which imports jobs in bulk. Rejected rows are reported and the rest goes on; an
// unreadable file or format is an error.
func NewImportCommand(app core.App, options ImportOptions) *cobra.Command {
	run := &importRun{app: app, options: options}
	command := &cobra.Command{
		Use:   "import FILE|DIR|BOARD.zip",
		Short: "Imports jobs in bulk, or a whole board into an empty one",
		Long: `Imports jobs from a file, from all files of a folder that hold jobs, or from a web address.

A row updates the job that an earlier import created from the same source and externalId, or creates a new one. So importing
the same file again changes nothing, and importing a changed file updates the jobs. Fields that a row leaves out stay as they
are; null empties them. Every row passes the same checks as a job created in any other way: rows that fail are listed with
line and reason, and the rest goes on.

Anybody can create a company of any name, so companies are matched by name only among those of the board itself, those that an
admin has verified, and those of --employer. Others are created, and belong to the board until an admin gives them an owner.

A zip file holds a whole board, as "jobboard export" writes it. It fills a board that is still empty.`,
		Example: `  import jobs.jsonl --dry-run
  import vacancies.csv --map "Job Title=title" --refused refused.jsonl
  import --url https://boards-api.greenhouse.io/v1/boards/acme/jobs?content=true --employer acme --close-missing`,
		Args:         run.checkArgs,
		SilenceUsage: true,
		Annotations:  endsItself,
		RunE:         run.run,
	}
	flags := command.Flags()
	flags.StringVar(&run.format, "format", "", "the format, if the file does not tell: "+strings.Join(formats.Names(), ", "))
	flags.StringVar(&run.url, "url", "", "web address to import from, in place of a file")
	flags.StringArrayVar(&run.columns, "map", nil,
		"column of a CSV file and the field it holds, such as \"Job Title=title\"; can be repeated")
	flags.StringVar(&run.status, "status", workflow.Published, "status of new jobs whose row has none: draft or published")
	flags.StringVar(&run.source, "source", "",
		"source of rows that name none (default: the address of --url, \"import\" for jsonl and csv,\n"+
			"else the format)")
	flags.StringVar(&run.company, "company", "", "company of rows that name none")
	flags.StringArrayVar(&run.employers, "employer", nil, "slug of a company that may be given jobs although it is not verified;\n"+
		"\"ACME=acme-gmbh\" gives it the rows of a company called ACME; can be repeated")
	flags.BoolVar(&run.closeMissing, "close-missing", false, "close the jobs of the same source that the import does not name")
	flags.StringVar(&run.refused, "refused", "", "write refused rows to this file, to be mended and imported again")
	flags.BoolVar(&run.dryRun, "dry-run", false, "check and report everything, but save nothing")
	return command
}

// importRun is one call of the command.
type importRun struct {
	app     core.App
	options ImportOptions

	format, url, status, source, company, refused string
	columns, employers                            []string
	closeMissing, dryRun                          bool
}

func (r *importRun) checkArgs(_ *cobra.Command, args []string) error {
	switch {
	case r.url == "" && len(args) != 1:
		return fmt.Errorf("accepts 1 arg, a file or a folder, or --url; received %d", len(args))
	case r.url != "" && len(args) > 0:
		return errors.New("accepts a file, a folder or --url, not both")
	}
	return nil
}

// check returns the given format, or nil, and reports what is wrong with the flags before anything is read.
func (r *importRun) check() (*formats.Format, error) {
	if r.status = workflow.Parse(r.status); !slices.Contains(workflow.InitialJobStatuses(), r.status) {
		return nil, fmt.Errorf("--status is %s, not %q", strings.Join(workflow.InitialJobStatuses(), " or "), r.status)
	}
	if r.url != "" {
		if _, err := outbound.CheckURL(r.url); err != nil {
			return nil, fmt.Errorf("--url: the address %w", err)
		}
	}
	if err := formats.CheckColumns(r.columns); err != nil {
		return nil, err
	}
	if r.format == "" {
		return nil, nil
	}
	format, err := formats.Find(r.format)
	if err != nil {
		return nil, err
	}
	if len(r.columns) > 0 && format.Name != "csv" {
		return nil, fmt.Errorf("--map is for csv, not for %s", format.Name)
	}
	return &format, nil
}

func (r *importRun) run(command *cobra.Command, args []string) error {
	if r.url == "" && isArchive(args[0]) {
		return importArchive(command, r.app, args[0], r.dryRun)
	}
	format, err := r.check()
	if err != nil {
		return err
	}
	var files []string
	if r.url == "" {
		if files, err = importedFiles(args[0], format, r.refused); err != nil {
			return err
		}
	}
	if err := r.app.RunAllMigrations(); err != nil {
		return fmt.Errorf("migrate the board: %w", err)
	}
	importer := transfer.NewImporter(r.app)
	importer.Status, importer.Source, importer.DryRun = r.status, r.source, r.dryRun
	importer.Company, importer.Employers = strings.Join(strings.Fields(r.company), " "), r.employers
	importer.Options = formats.Options{Columns: r.columns, Show: func(text string) { fmt.Fprint(command.OutOrStdout(), text) }}
	if err := importer.Prepare(); err != nil {
		return err
	}
	refused, err := newRefusedFile(r.refused)
	if err != nil {
		return err
	}
	defer refused.discard()
	importer.Refused = refused.add

	defer debug.SetGCPercent(debug.SetGCPercent(importGCPercent))
	if err := importer.EnlargeCache(); err != nil {
		return err
	}
	if datafolder.Served(r.app.DataDir()) {
		calmDown()
		importer.BesideBoard()
	}
	started := time.Now()
	importErr := r.read(command.Context(), importer, format, files, command.ErrOrStderr())
	if r.closeMissing && importErr == nil && command.Context().Err() == nil {
		importErr = importer.CloseMissing(command.Context(), nil)
	}
	return errors.Join(r.report(command, importer, importErr, started), refused.keep())
}

// read imports the address, or the files; one that can't be read does not stop the others.
func (r *importRun) read(ctx context.Context, importer *transfer.Importer, format *formats.Format, files []string,
	terminal io.Writer) error {
	if r.url != "" {
		importer.Progress = newImportProgress(terminal, r.url, 0, 0).rows
		return importer.URL(ctx, r.url, format, r.options.PrivateAddresses)
	}
	var errs []error
	for _, path := range files {
		errs = append(errs, importFile(ctx, importer, format, path, terminal))
	}
	return errors.Join(errs...)
}

// report prints what was done and returns the error with which the command ends.
func (r *importRun) report(command *cobra.Command, importer *transfer.Importer, importErr error, started time.Time) error {
	report := importer.Report()
	if report.Remaining > 0 {
		importErr = fmt.Errorf("%w; %s", errors.Join(context.Cause(command.Context()), importErr), report.Progress())
	}
	if r.dryRun {
		fmt.Fprintln(command.OutOrStdout(), "Dry run: nothing is saved.")
	}
	if err := report.Write(command.OutOrStdout()); err != nil {
		return fmt.Errorf("print the report: %w", err)
	}
	fmt.Fprintf(command.OutOrStdout(), "Took %s\n", time.Since(started).Round(time.Millisecond))
	if report.Failed > 0 && (importErr == nil || transfer.IsKept(importErr)) {
		importErr = fmt.Errorf("%d rows could not be saved for reasons other than their content", report.Failed)
	}
	return importErr
}
