package command

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/osutils"
	"github.com/spf13/cobra"

	"jobboard/internal/checks"
)

// NewServeCommand returns `jobboard serve`: PocketBase's command, which opens its address before anything else happens, and says what
// is wrong with the board's set-up.
func NewServeCommand(app core.App, serve *cobra.Command) *cobra.Command {
	run := serve.RunE
	serve.RunE = func(command *cobra.Command, args []string) error {
		listener, err := listen(command, len(args) > 0)
		if err != nil {
			return err
		}
		defer listener.Close() // the server has closed it, if it ever started
		serveAt(app, listener)
		showProblems(app, command)
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
// administrator of the board: the checks name the command that creates both.
func serveAt(app core.App, listener net.Listener) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Listener = listener
		e.InstallerFunc = nil
		return e.Next()
	})
}

// showProblems prints what the checks find wrong with the set-up once the board serves.
func showProblems(app core.App, command *cobra.Command) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if err := e.Next(); err != nil {
			return err
		}
		for _, problem := range checks.Run(command.Context(), e.App).Problems() {
			command.PrintErrf("%s (%s): %s %s\n", map[checks.Level]string{checks.Warning: "Warning", checks.Error: "Error"}[problem.Level],
				problem.Check, problem.Message, problem.Advice)
		}
		return nil
	})
}

// Program returns how this program is called on the command line, with the data folder if it was named.
func Program(root *cobra.Command) string {
	program := os.Args[0]
	if osutils.IsProbablyGoRun() {
		program = "go run ."
	}
	if dir := root.PersistentFlags().Lookup("dir"); dir != nil && dir.Changed {
		program += " --dir " + dir.Value.String()
	}
	return program
}
