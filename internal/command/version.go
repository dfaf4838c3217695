package command

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/pocketbase/pocketbase"
	"github.com/spf13/cobra"
)

// NewVersionCommand returns `jobboard version`, which says what this binary was made from.
func NewVersionCommand() *cobra.Command {
	return &cobra.Command{
		Use:          "version",
		Short:        "Shows the version of the board, its commit, and those of Go and PocketBase",
		Args:         cobra.NoArgs,
		SilenceUsage: true,
		Annotations:  withoutBoard,
		RunE: func(command *cobra.Command, _ []string) error {
			info, ok := debug.ReadBuildInfo()
			if !ok {
				info = &debug.BuildInfo{}
			}
			commit, library := made(info)
			_, err := fmt.Fprintf(command.OutOrStdout(), "jobboard    %s\ncommit      %s\nGo          %s %s/%s\nPocketBase  %s\n",
				pocketbase.Version, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH, library)
			return err
		},
	}
}

// made returns the commit that a binary was built from, and the version of PocketBase in it.
func made(info *debug.BuildInfo) (commit, library string) {
	settings := map[string]string{}
	for _, setting := range info.Settings {
		settings[setting.Key] = setting.Value
	}
	commit, library = "unknown", "unknown"
	if revision := settings["vcs.revision"]; revision != "" {
		commit = revision
		if at := settings["vcs.time"]; at != "" {
			commit += ", " + at
		}
		if settings["vcs.modified"] == "true" {
			commit += ", with changes"
		}
	}
	for _, module := range info.Deps {
		if module.Path == "github.com/pocketbase/pocketbase" {
			library = module.Version
		}
	}
	return commit, library
}
