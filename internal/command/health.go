package command

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"
)

// healthTimeout bounds the whole question, so that a hanging board counts as
// unhealthy.
const healthTimeout = 3 * time.Second

// NewHealthCommand is `jobboard health`, for container health checks: it
// succeeds when the board that listens on this machine answers.
func NewHealthCommand() *cobra.Command {
	var address string
	command := &cobra.Command{
		Use:          "health",
		Short:        "Asks the board that runs on this machine whether it is well (exit code 1 if not)",
		Args:         cobra.NoArgs,
		SilenceUsage: true,
		Annotations:  withoutBoard,
		RunE: func(command *cobra.Command, _ []string) error {
			return askHealth(command.Context(), address)
		},
	}
	command.Flags().StringVar(&address, "http", "127.0.0.1:8090", "the address that serve listens on")
	return command
}

func askHealth(ctx context.Context, address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("--http: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1" // it listens everywhere, so here too
	}

	if ctx == nil {
		ctx = context.Background()
	}
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/api/health", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("the board does not answer: %w", err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return fmt.Errorf("the board breaks off: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the board is not well: %s", response.Status)
	}
	return nil
}
