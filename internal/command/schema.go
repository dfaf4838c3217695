package command

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"jobboard/internal/schema"
)

// NewSchemaCommand returns `jobboard schema diff NAME`, for those who change the board's code: it writes the migration that leads from
// the result of the migrations to what definitions returns (see collections.Snapshot). It reads no board's data.
func NewSchemaCommand(definitions func() ([]byte, error)) *cobra.Command {
	command := &cobra.Command{
		Use:   "schema",
		Short: "Compares the collection definitions with the migrations",
	}
	command.AddCommand(newSchemaDiffCommand(definitions))
	return command
}

func newSchemaDiffCommand(definitions func() ([]byte, error)) *cobra.Command {
	var folder string
	command := &cobra.Command{
		Use:          "diff NAME",
		Short:        "Writes the migration from the last one to the definitions",
		Example:      "schema diff add_job_salary",
		Args:         cobra.ExactArgs(1),
		SilenceUsage: true,
		Annotations:  withoutBoard,
		RunE: func(command *cobra.Command, args []string) error {
			if err := schema.CheckName(args[0]); err != nil {
				return err // at once, not after seconds of work
			}
			snapshot, err := definitions()
			if err != nil {
				return err
			}
			defined, err := schema.Expected(snapshot)
			if err != nil {
				return err
			}
			migrated, err := schema.Migrated()
			if err != nil {
				return err
			}
			return writeStep(command.OutOrStdout(), migrated, defined, folder, args[0])
		},
	}
	command.Flags().StringVar(&folder, "migrations", "migrations", "the folder to write the migration to")
	return command
}

func writeStep(out io.Writer, migrated, defined []byte, folder, name string) error {
	step, err := schema.NewStep(migrated, defined)
	if err != nil {
		return err
	}
	if step.Empty() {
		fmt.Fprintln(out, "Nothing to do: the migrations match the definitions.")
		return nil
	}
	diff, err := schema.Diff(migrated, defined)
	if err != nil {
		return err
	}
	paths, err := step.Write(folder, name, time.Now())
	if err != nil {
		return err
	}

	fmt.Fprintf(out, "- result of the migrations, + definitions\n%s\n", diff)
	for _, path := range paths {
		fmt.Fprintln(out, "Wrote", path)
	}
	for _, dropped := range step.DroppedFields {
		fmt.Fprintf(out, "Careful: %s.%s is dropped with its data. If it was renamed, give the new field the id of the old one.\n",
			dropped.Collection, dropped.Field)
	}
	for _, dropped := range step.DroppedCollections {
		fmt.Fprintf(out, "Careful: the collection %s is dropped with its records.\n", dropped)
	}
	fmt.Fprintln(out, "Read it before you commit it; afterwards it is frozen.")
	return nil
}
