// Package command holds the board's own commands, one constructor per file, and runs the command line.
package command

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"jobboard/internal/cluster"
	"jobboard/internal/database"
	"jobboard/internal/datafolder"
)

// withoutBoard marks commands that open no data folder: beside a running board they must neither wait for its database nor delete
// its temporary files.
var withoutBoard = map[string]string{"board": "none"}

// serving lists the commands that serve: of these, only one at a time may use a data folder.
var serving = []string{"serve", "demo"}

// Execute runs the command line args (without the program's name) on PocketBase's root command, which has all commands by now, and
// returns the error of a command that failed, already shown to the user. PocketBase's own Execute drops that error, so scripts could
// not notice it.
func Execute(app *pocketbase.PocketBase, args []string) error {
	root := app.RootCmd
	root.SetErr(os.Stderr) // PocketBase's coloured writer would mix errors into the output, which may be piped on
	chosen, _, err := root.Find(args)
	if err != nil || chosen.Annotations["board"] == "none" {
		root.SetArgs(args)
		return root.Execute()
	}

	// what is a node while it runs must be alone in the folder, too
	datafolder.Bind(app.App, slices.Contains(serving, chosen.Name()) || cluster.Of(app) != nil)
	kept := keptError{dir: app.DataDir()}
	kept.watch(root)
	interrupted := context.Background()
	if chosen.Annotations["interrupt"] == endsItself["interrupt"] {
		// Before the command starts, since PocketBase handles the signals from then on.
		ctx, done := untilInterrupted(context.Background())
		defer done()
		root.SetContext(ctx)
		interrupted = ctx
		app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
			kept.running.Wait() // PocketBase would close the database under it
			return e.Next()
		})
	}
	if err := app.Execute(); err != nil {
		root.PrintErrln("Error:", err)
		return err
	}
	if err := context.Cause(interrupted); err != nil && !kept.hasBegun() {
		root.PrintErrln("Error:", err)
		return err
	}
	return kept.get()
}

// keptError keeps the last error of a command. The lock is for an interrupted command, which may still be ending when the error is
// read.
type keptError struct {
	running sync.WaitGroup
	dir     string // of the board, which errors of its database don't name
	mu      sync.Mutex
	err     error
	begun   bool // a command has started to run
}

func (k *keptError) hasBegun() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.begun
}

func (k *keptError) get() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.err
}

func (k *keptError) keep(err error) error {
	if err != nil {
		if database.IsUnavailable(err) {
			err = fmt.Errorf("the board in %s: %w", k.dir, err)
		}
		k.mu.Lock()
		k.err = err
		k.mu.Unlock()
	}
	return err
}

// watch keeps the errors of command and its subcommands: of flags, of arguments, or of the run itself.
func (k *keptError) watch(command *cobra.Command) {
	flagError := command.FlagErrorFunc()
	command.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return k.keep(flagError(c, err)) })
	if check := command.Args; check != nil {
		command.Args = func(c *cobra.Command, args []string) error { return k.keep(check(c, args)) }
	}
	if run := command.RunE; run != nil {
		command.RunE = func(c *cobra.Command, args []string) error {
			k.running.Add(1)
			defer k.running.Done()
			k.mu.Lock()
			k.begun = true
			k.mu.Unlock()
			err := k.keep(run(c, args))
			if err != nil && c.Context().Err() != nil {
				c.SilenceErrors = true // after an interruption the process may end before cobra prints the error
				c.PrintErrln(c.ErrPrefix(), err)
			}
			return err
		}
	}
	for _, below := range command.Commands() {
		k.watch(below)
	}
}
