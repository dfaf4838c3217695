package command

import (
	"fmt"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"jobboard/internal/search"
)

// NewReindexCommand returns `jobboard reindex`, which rebuilds the search index from the database.
func NewReindexCommand(app core.App) *cobra.Command {
	return &cobra.Command{
		Use:   "reindex",
		Short: "Rebuilds the search index",
		Long: `Rebuilds the search index from the database.

This is hardly ever needed: missing, damaged and outdated index files are detected and rebuilt automatically. A running board
rebuilds the index itself when this command asks it to, and goes on answering from the old one meanwhile.`,
		Args:         cobra.NoArgs,
		SilenceUsage: true,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := app.RunAllMigrations(); err != nil {
				return fmt.Errorf("migrate the board: %w", err)
			}
			return search.Reindex(command.Context(), app, func(r search.Rebuilt) {
				by := ""
				if r.ByServer {
					by = ", by the running board"
				}
				fmt.Fprintf(command.OutOrStdout(), "%s: %s documents, %s, in %s%s\n", r.Kind, humanize.Comma(int64(r.Documents)),
					humanize.Bytes(uint64(r.Bytes)), r.Took.Round(time.Millisecond), by)
			})
		},
	}
}
