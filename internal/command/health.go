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

// healthTimeout bounds the whole request, so that a hanging board counts as unhealthy.
const healthTimeout = 3 * time.Second

// NewHealthCommand returns `jobboard health`, for container health checks, which succeeds if the board on this machine answers.
func NewHealthCommand() *cobra.Command {
	var address string
	command := &cobra.Command{
		Use:          "health",
		Short:        "Checks whether the board on this machine is healthy (exit code 1 if not)",
		Args:         cobra.NoArgs,
		SilenceUsage: true,
		Annotations:  withoutBoard,
		RunE: func(command *cobra.Command, _ []string) error {
			return checkHealth(command.Context(), address)
		},
	}
	command.Flags().StringVar(&address, "http", "127.0.0.1:8090", "the address that serve listens on")
	return command
}

func checkHealth(ctx context.Context, address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("--http: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1" // it listens on all addresses, so on this one too
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
		return fmt.Errorf("the board broke off its answer: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the board is not healthy: %s", response.Status)
	}
	return nil
}
