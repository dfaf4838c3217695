package command

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"jobboard/internal/archive"
)

// isArchive reports whether a file is an archive of a whole board, by its name.
func isArchive(path string) bool { return strings.EqualFold(filepath.Ext(path), ".zip") }

// importArchive fills an empty board from an archive that `jobboard export` has made.
func importArchive(command *cobra.Command, app core.App, path string, dryRun bool) error {
	var wrong []string
	command.Flags().Visit(func(flag *pflag.Flag) {
		if command.LocalNonPersistentFlags().Lookup(flag.Name) != nil && flag.Name != "dry-run" {
			wrong = append(wrong, "--"+flag.Name)
		}
	})
	if len(wrong) > 0 {
		return fmt.Errorf("%s is for files of jobs, not for the archive of a whole board", strings.Join(wrong, ", "))
	}
	if err := app.RunAllMigrations(); err != nil {
		return fmt.Errorf("migrate the board: %w", err)
	}
	started := time.Now()
	report, done := archiveProgress(command.ErrOrStderr())
	progress, err := archive.Import(command.Context(), app, path, archive.Options{DryRun: dryRun, Report: report})
	done()
	if err != nil {
		return fmt.Errorf("%w; nothing was imported", err)
	}
	out := command.OutOrStdout()
	if dryRun {
		fmt.Fprintf(out, "Dry run: %d rows and %d files can be imported. Nothing is saved.\n", progress.Rows, progress.TotalFiles)
		return nil
	}
	fmt.Fprintf(out, "Imported %s\n", archiveSummary(progress, time.Since(started)))
	if lost := len(progress.Missing); lost > 0 {
		fmt.Fprintf(out, "%d files that records name were missing when the archive was made.\n", lost)
	}
	fmt.Fprintln(out, "Everybody logs in again, with the old password. Superusers are not in archives: make one with superuser upsert.")
	return nil
}
