package command

import (
	"fmt"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"jobboard/internal/search"
)

// NewReindexCommand is `jobboard reindex`: it has the search index built anew from the database.
func NewReindexCommand(app core.App) *cobra.Command {
	return &cobra.Command{
		Use:   "reindex",
		Short: "Builds the search index anew",
		Long: `Builds the search index anew from the database.

It is hardly ever needed: missing, damaged and old index files are noticed and built anew by themselves. A running board
builds the index itself, when this asks it to, and goes on answering from the old one meanwhile.`,
		Args:         cobra.NoArgs,
		SilenceUsage: true,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := app.RunAllMigrations(); err != nil {
				return fmt.Errorf("bring the board up to date: %w", err)
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
