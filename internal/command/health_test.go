package command_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"jobboard/internal/command"
)

func TestHealth(t *testing.T) {
	t.Parallel()
	status := http.StatusOK
	board := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/health" {
			t.Errorf("asks for %s", r.URL.Path)
		}
		w.WriteHeader(status)
	}))
	address := strings.TrimPrefix(board.URL, "http://")
	_, port, _ := strings.Cut(address, ":")

	for _, listening := range []string{address, "0.0.0.0:" + port, ":" + port} {
		if err := askHealth(listening); err != nil {
			t.Errorf("a well board on %s: %v", listening, err)
		}
	}
	status = http.StatusServiceUnavailable
	if err := askHealth(address); err == nil {
		t.Error("a board that answers 503 counts as well")
	}
	board.Close()
	if err := askHealth(address); err == nil {
		t.Error("an absent board counts as well")
	}
	if err := askHealth("8090"); err == nil || !strings.Contains(err.Error(), "--http") {
		t.Errorf("an address without a host gives %v", err)
	}
}

func askHealth(address string) error {
	health := command.NewHealthCommand()
	health.SetArgs([]string{"--http", address})
	health.SetOut(io.Discard)
	health.SetErr(io.Discard)
	return health.Execute()
}
