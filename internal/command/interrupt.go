package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// endsItself marks commands that end by themselves, and soon, when interrupted: the board stays open until then.
var endsItself = map[string]string{"interrupt": "ends itself"}

// interruptedError ends a command that a signal interrupted.
type interruptedError struct{ signal os.Signal }

func (e interruptedError) Error() string { return "interrupted" }

// ExitCode returns the exit code for the error of a command; as in a shell, 130 after Ctrl-C and 143 after SIGTERM.
func ExitCode(err error) int {
	var interrupted interruptedError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &interrupted):
		if number, ok := interrupted.signal.(syscall.Signal); ok {
			return 128 + int(number)
		}
	}
	return 1
}

// untilInterrupted returns a context that is cancelled by Ctrl-C or SIGTERM, with an interruptedError as its cause. A second Ctrl-C
// ends the process at once.
func untilInterrupted(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case got := <-signals:
			fmt.Fprintln(os.Stderr, "Stopping…")
			cancel(interruptedError{got})
			signal.Reset(os.Interrupt, syscall.SIGTERM)
		case <-ctx.Done():
		}
	}()
	return ctx, func() { signal.Stop(signals); cancel(nil) }
}
