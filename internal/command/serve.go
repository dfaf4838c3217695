package command

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/osutils"
	"github.com/spf13/cobra"
)

// NewServeCommand returns `jobboard serve`: PocketBase's command, which opens its address before anything else happens, and names the
// one way to create the first administrator.
func NewServeCommand(app core.App, serve *cobra.Command) *cobra.Command {
	run := serve.RunE
	serve.RunE = func(command *cobra.Command, args []string) error {
		listener, err := listen(command, len(args) > 0)
		if err != nil {
			return err
		}
		defer listener.Close() // the server has closed it, if it ever started
		serveAt(app, listener, command)
		return run(command, args)
	}
	return serve
}

// listen opens the address given by serve's flags, so that an address in use ends the command before it does anything.
func listen(command *cobra.Command, domains bool) (net.Listener, error) {
	flag, other := "http", "127.0.0.1:8091"
	address, err := command.Flags().GetString("http")
	if err != nil {
		return nil, err
	}
	secure, err := command.Flags().GetString("https")
	if err != nil {
		return nil, err
	}
	switch {
	case domains && secure == "":
		flag, address, other = "https", "0.0.0.0:443", "0.0.0.0:8443"
	case secure != "":
		flag, address, other = "https", secure, "127.0.0.1:8443"
	case address == "":
		address = "127.0.0.1:8090"
	}
	listener, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is in use by another program; choose another address, such as --%s %s", address, flag, other)
	}
	if err != nil {
		return nil, fmt.Errorf("listen at %s (--%s): %w", address, flag, err)
	}
	return listener, nil
}

// serveAt makes the board serve at the listener. PocketBase would show a link for creating the first superuser, who is no
// administrator of the board; the command that creates both is named instead.
func serveAt(app core.App, listener net.Listener, command *cobra.Command) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Listener = listener
		e.InstallerFunc = nil
		if err := e.Next(); err != nil {
			return err
		}
		return nameFirstStep(e.App, command, command.OutOrStdout())
	})
}

// nameFirstStep says how to create the first administrator of a board that has no superuser.
func nameFirstStep(app core.App, command *cobra.Command, out io.Writer) error {
	superusers, err := app.CountRecords(core.CollectionNameSuperusers, dbx.Not(dbx.HashExp{"email": core.DefaultInstallerEmail}))
	if err != nil {
		return fmt.Errorf("count the superusers: %w", err)
	}
	if superusers > 0 {
		return nil
	}
	program := []string{os.Args[0]}
	if osutils.IsProbablyGoRun() {
		program = []string{"go run ."}
	}
	if dir := command.Flags().Lookup("dir"); dir != nil && dir.Changed {
		program = append(program, "--dir", dir.Value.String())
	}
	fmt.Fprintf(out, "The board has no administrator yet. Create the first one with: %s admin create EMAIL\n", strings.Join(program, " "))
	return nil
}
