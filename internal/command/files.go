package command

import (
	"fmt"

	"github.com/dustin/go-humanize"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"jobboard/internal/config"
	"jobboard/internal/uploads"
)

// NewFilesCommand returns `jobboard files`, which looks after uploaded files.
func NewFilesCommand(app core.App, settings *config.Config) *cobra.Command {
	files := &cobra.Command{Use: "files", Short: "Copies uploaded files to the bucket"}
	files.AddCommand(&cobra.Command{
		Use:   "upload",
		Short: "Copies uploaded files from the data folder to the bucket",
		Long: `Copies uploaded files from the data folder to the bucket (JOBBOARD_BUCKET_NAME). A board that gets a bucket does so by itself,
before it serves. With many files, run this first, while the board still serves without the bucket: then only what has come since is
left to copy. It can be interrupted and repeated.`,
		Args:         cobra.NoArgs,
		SilenceUsage: true,
		Annotations:  endsItself,
		RunE: func(command *cobra.Command, _ []string) error {
			given, ok := settings.Bucket()
			if !ok {
				return errNoBucket
			}
			progress, err := uploads.Copy(command.Context(), app, given, func(p uploads.Progress) {
				fmt.Fprintf(command.ErrOrStderr(), "%s of %s files\n", humanize.Comma(int64(p.Copied)), humanize.Comma(int64(p.Files)))
			})
			if err != nil {
				return err
			}
			fmt.Fprintf(command.OutOrStdout(), "Copied %s files, %s.\n", humanize.Comma(int64(progress.Copied)),
				humanize.Bytes(uint64(progress.Bytes)))
			return nil
		},
	})
	return files
}
