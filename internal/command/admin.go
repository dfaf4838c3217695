package command

import (
	"crypto/rand"
	"database/sql"
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

// NewAdminCommand returns `jobboard admin create EMAIL` and `jobboard admin password EMAIL`. password is JOBBOARD_ADMIN_PASSWORD, or empty.
func NewAdminCommand(app core.App, password string) *cobra.Command {
	command := &cobra.Command{
		Use:   "admin",
		Short: "Manages the board's administrators",
	}
	command.AddCommand(newAdminCreateCommand(app, password), newAdminPasswordCommand(app, password))
	return command
}

func newAdminCreateCommand(app core.App, password string) *cobra.Command {
	return &cobra.Command{
		Use:   "create EMAIL",
		Short: "Creates an administrator of the board, and a superuser with the same address",
		Long: "Creates an administrator of the board and a superuser (for the admin UI at /_/) with the same address and\n" +
			"password. The password comes from JOBBOARD_ADMIN_PASSWORD; otherwise the command asks for one or, without a\n" +
			"terminal, generates and prints one. Accounts that exist already are not changed; a missing one is created.",
		Example:      "admin create you@example.org",
		Args:         cobra.ExactArgs(1),
		SilenceUsage: true,
		RunE: func(command *cobra.Command, args []string) error {
			if err := app.RunAllMigrations(); err != nil {
				return fmt.Errorf("migrate the board: %w", err)
			}
			return createAdmin(app, command, args[0], password)
		},
	}
}

func createAdmin(app core.App, command *cobra.Command, email, password string) error {
	out := command.OutOrStdout()
	user, err := findAccount(app, collections.Users, email)
	if err != nil {
		return err
	}
	if user != nil && !account.IsActiveAdmin(user) {
		return fmt.Errorf("%s has an account with the role %s; change its role in the admin UI, or choose another address",
			email, user.GetString("role"))
	}
	superuser, err := findAccount(app, core.CollectionNameSuperusers, email)
	if err != nil {
		return err
	}
	if user != nil && superuser != nil {
		fmt.Fprintf(out, "%s is already an administrator and a superuser; nothing to do.\n", email)
		return nil
	}

	generated := false
	if password == "" {
		if password, generated, err = choosePassword(command.InOrStdin(), out); err != nil {
			return err
		}
	}
	err = app.RunInTransaction(func(tx core.App) error {
		if user == nil {
			values := map[string]any{"name": "Administrator", "role": collections.RoleAdmin, "verified": true}
			if err := createAccount(tx, collections.Users, email, password, values); err != nil {
				return err
			}
		}
		if superuser == nil {
			return createAccount(tx, core.CollectionNameSuperusers, email, password, nil)
		}
		return nil
	})
	if err != nil {
		return err
	}

	switch {
	case user == nil && superuser == nil:
		fmt.Fprintf(out, "Created the administrator and superuser %s.\n", email)
	case user == nil:
		fmt.Fprintf(out, "Created the administrator %s; the superuser existed and keeps its password.\n", email)
	default:
		fmt.Fprintf(out, "Created the superuser %s; the administrator existed and keeps its password.\n", email)
	}
	if generated {
		fmt.Fprintf(out, "Password: %s\n", password)
	}
	return nil
}

// findAccount returns the account with an address, or nil.
func findAccount(app core.App, collection, email string) (*core.Record, error) {
	record, err := app.FindAuthRecordByEmail(collection, strings.ToLower(email))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for %s in %s: %w", email, collection, err)
	}
	return record, nil
}

func createAccount(tx core.App, name, email, password string, values map[string]any) error {
	collection, err := tx.FindCachedCollectionByNameOrId(name)
	if err != nil {
		return fmt.Errorf("find %s: %w", name, err)
	}
	record := core.NewRecord(collection)
	record.Load(values)
	record.SetEmail(email)
	record.SetPassword(password)
	if err := tx.Save(record); err != nil {
		return fmt.Errorf("create %s in %s: %w", email, name, err)
	}
	return nil
}

// choosePassword asks for a password on a terminal, and generates one elsewhere: reading from a pipe that nobody writes to would
// never end.
func choosePassword(in io.Reader, out io.Writer) (password string, generated bool, err error) {
	if terminal, ok := in.(*os.File); ok && term.IsTerminal(int(terminal.Fd())) {
		first, err := askPassword(terminal, out, "Password: ")
		if err != nil {
			return "", false, err
		}
		second, err := askPassword(terminal, out, "Repeat the password: ")
		if err != nil {
			return "", false, err
		}
		if first != second {
			return "", false, errors.New("the two passwords differ")
		}
		return first, false, nil
	}
	return rand.Text(), true, nil
}

func askPassword(terminal *os.File, out io.Writer, prompt string) (string, error) {
	fmt.Fprint(out, prompt)
	password, err := term.ReadPassword(int(terminal.Fd()))
	fmt.Fprintln(out)
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	return string(password), nil
}
