package command

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"jobboard/internal/config"
)

// NewConfigCommand returns `jobboard config`, which lists every setting with its variable, flag and current value, without secrets.
func NewConfigCommand(c *config.Config) *cobra.Command {
	return &cobra.Command{
		Use:          "config",
		Short:        "Lists the configuration: variables, flags and current values",
		Args:         cobra.NoArgs,
		SilenceUsage: true,
		Annotations:  withoutBoard,
		RunE: func(command *cobra.Command, _ []string) error {
			table := tabwriter.NewWriter(command.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(table, "VARIABLE\tFLAG\tVALUE\tMEANING")
			for _, setting := range c.Settings() {
				flag, value := "--"+setting.Flag, setting.Value
				if setting.Secret {
					flag = setting.Variable + "_FILE"
				}
				if value == "" {
					value = "-"
				}
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", setting.Variable, flag, value, setting.Help)
			}
			return table.Flush()
		},
	}
}
