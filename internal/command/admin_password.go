package command

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"jobboard/collections"
	"jobboard/internal/account"
)

func newAdminPasswordCommand(app core.App, password string) *cobra.Command {
	return &cobra.Command{
		Use:   "password EMAIL",
		Short: "Sets the password of an administrator, and of the superuser with the same address",
		Long: "Sets the password of an administrator, and of the superuser with the same address, and ends their sessions. The password\n" +
			"comes from JOBBOARD_ADMIN_PASSWORD; otherwise the command asks for one or, without a terminal, reads the first line of its\n" +
			"input.",
		Example:      "admin password you@example.org\n  admin password you@example.org < password.txt",
		Args:         cobra.ExactArgs(1),
		SilenceUsage: true,
		RunE: func(command *cobra.Command, args []string) error {
			if err := app.RunAllMigrations(); err != nil {
				return fmt.Errorf("migrate the board: %w", err)
			}
			return setAdminPassword(app, command, args[0], password)
		},
	}
}

func setAdminPassword(app core.App, command *cobra.Command, email, password string) error {
	user, err := findAccount(app, collections.Users, email)
	if err != nil {
		return err
	}
	superuser, err := findAccount(app, core.CollectionNameSuperusers, email)
	if err != nil {
		return err
	}
	switch {
	case user == nil && superuser == nil:
		return fmt.Errorf("no administrator or superuser has the address %s; admin create makes one", email)
	case user != nil && user.GetString("role") != collections.RoleAdmin:
		return fmt.Errorf("%s has an account with the role %s; this command is for administrators", email, user.GetString("role"))
	}
	if password == "" {
		if password, err = readPassword(command.InOrStdin(), command.OutOrStdout()); err != nil {
			return err
		}
	}
	var changed []string
	err = app.RunInTransaction(func(tx core.App) error {
		for _, one := range []struct {
			what   string
			record *core.Record
		}{{"administrator", user}, {"superuser", superuser}} {
			if one.record == nil {
				continue
			}
			one.record.SetPassword(password) // which also makes all tokens invalid
			if err := tx.Save(one.record); err != nil {
				return fmt.Errorf("set the password of the %s %s: %w", one.what, email, err)
			}
			changed = append(changed, one.what)
		}
		return nil
	})
	if err != nil {
		return err
	}
	out := command.OutOrStdout()
	fmt.Fprintf(out, "Set the password of the %s %s and ended all sessions.\n", strings.Join(changed, " and "), email)
	if user != nil && !account.IsActive(user) {
		fmt.Fprintln(out, "The administrator is deactivated; another one, or the superuser, can reactivate the account.")
	}
	return nil
}

// readPassword asks for a password on a terminal, and reads a line of other input.
func readPassword(in io.Reader, out io.Writer) (string, error) {
	if terminal, ok := in.(*os.File); ok && term.IsTerminal(int(terminal.Fd())) {
		password, _, err := choosePassword(in, out)
		return password, err
	}
	line, err := bufio.NewReader(io.LimitReader(in, 1024)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	password := strings.TrimRight(line, "\r\n")
	if password == "" {
		return "", errors.New("no password was given: set JOBBOARD_ADMIN_PASSWORD, or write one to the command's input")
	}
	return password, nil
}
