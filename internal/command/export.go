package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"jobboard/internal/archive"
)

// NewExportCommand returns `jobboard export [FILE.zip]`, which writes all data of the board to an archive, or its records to standard
// output.
func NewExportCommand(app core.App) *cobra.Command {
	return &cobra.Command{
		Use:   "export [FILE.zip]",
		Short: "Exports all data of the board",
		Long: `Exports all data of the board to a zip file: every record, in JSON Lines, and the uploaded files. "jobboard import FILE.zip" fills
an empty board from it. "-" writes the zip file to standard output. Without a file, the records alone are written to standard output, in
JSON Lines.

All rows are as they were at one moment, and a board that is serving need not be stopped. The file holds personal data, and the passwords
as hashes; it holds no superusers, no settings of servers, and no keys.`,
		Example:      "export board.zip",
		Args:         cobra.MaximumNArgs(1),
		SilenceUsage: true,
		Annotations:  endsItself,
		RunE: func(command *cobra.Command, args []string) error {
			if err := app.RunAllMigrations(); err != nil {
				return fmt.Errorf("migrate the board: %w", err)
			}
			started := time.Now()
			progress, err := export(command, app, args)
			if err != nil {
				return err
			}
			out := command.ErrOrStderr()
			fmt.Fprintf(out, "Exported %s\n", archiveSummary(progress, time.Since(started)))
			for i, missing := range progress.Missing {
				if i == 10 {
					fmt.Fprintf(out, "... and %d more\n", len(progress.Missing)-i)
					break
				}
				fmt.Fprintf(out, "The storage does not have %s, which a record names.\n", missing)
			}
			return nil
		},
	}
}

func export(command *cobra.Command, app core.App, args []string) (archive.Progress, error) {
	ctx, out := command.Context(), command.OutOrStdout()
	if len(args) == 0 {
		return archive.ExportRecords(ctx, app, out)
	}
	report, done := archiveProgress(command.ErrOrStderr())
	defer done()
	if args[0] == "-" {
		if isTerminal(out) {
			return archive.Progress{}, errors.New("a zip file can't be shown on a terminal; name a file")
		}
		return archive.Export(ctx, app, out, report)
	}
	return exportFile(ctx, app, args[0], report)
}

// exportFile writes an archive to a file beside the wanted one first, and removes it if anything fails.
func exportFile(ctx context.Context, app core.App, path string, report func(archive.Progress)) (progress archive.Progress, err error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return progress, fmt.Errorf("%s is not a file", path)
	}
	half := path + ".part"
	if err := os.Remove(half); err != nil && !errors.Is(err, os.ErrNotExist) { // left by an export that was killed
		return progress, err
	}
	file, err := os.OpenFile(half, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // it holds personal data
	if err != nil {
		return progress, err
	}
	progress, err = archive.Export(ctx, app, file, report)
	if err == nil {
		err = file.Sync()
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(half, path)
	}
	if err != nil {
		return progress, errors.Join(fmt.Errorf("export to %s: %w", filepath.Base(path), err), os.Remove(half))
	}
	return progress, nil
}

// archiveProgress returns a function that shows progress in one line of a terminal, and one that ends the line.
func archiveProgress(out io.Writer) (report func(archive.Progress), done func()) {
	if !isTerminal(out) {
		return nil, func() {}
	}
	started, shown := time.Now(), time.Time{}
	report = func(p archive.Progress) {
		if time.Since(shown) < 200*time.Millisecond {
			return
		}
		shown = time.Now()
		fmt.Fprintf(out, "\r\x1b[K%s", archiveSummary(p, time.Since(started)))
	}
	return report, func() { fmt.Fprint(out, "\r\x1b[K") }
}

// archiveSummary says what was done so far, and how fast.
func archiveSummary(p archive.Progress, took time.Duration) string {
	rows := fmt.Sprintf("%d rows", p.Rows)
	if p.TotalRows > 0 && p.Rows < p.TotalRows {
		rows = fmt.Sprintf("%d of %d rows", p.Rows, p.TotalRows)
	}
	rate := float64(p.Rows) / max(took.Seconds(), 0.001)
	return fmt.Sprintf("%s and %d files (%.1f MB) in %s, %.0f rows/s", rows, p.Files, float64(p.FileBytes)/1e6,
		took.Round(10*time.Millisecond), rate)
}
