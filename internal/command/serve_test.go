package command_test

import (
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"

	"jobboard/internal/testapp"
)

func TestServingAtAnAddressInUseEndsBeforeItBegins(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, command := range []string{"serve", "demo"} {
		dir := t.TempDir()
		out, err := testapp.Run(t, dir, command, "--http", taken.Addr().String())
		if err == nil || !strings.Contains(out, "is in use") || !strings.Contains(out, "--http 127.0.0.1:8091") {
			t.Errorf("%s: %v\n%s", command, err, out)
		}
		if strings.Contains(out, "Filled") || strings.Contains(out, "demo-password") {
			t.Errorf("%s filled the board first:\n%s", command, out)
		}
	}
}

func TestServeNamesOneWayToTheFirstAdministrator(t *testing.T) {
	t.Parallel()
	dir := t.TempDir() // not a migrated one: this is how a board begins
	output := func() string {
		server := testapp.Start(t, dir)
		server.Interrupt()
		return server.Output.String()
	}
	if got := output(); !strings.Contains(got, "--dir "+dir+" admin create EMAIL") || strings.Contains(got, "pbinstall") ||
		strings.Contains(got, "superuser upsert") {
		t.Errorf("an empty board says\n%s", got)
	}
	create := exec.Command(testapp.Binary(t), "--dir", dir, "admin", "create", "you@example.org")
	create.Env = append(os.Environ(), "JOBBOARD_ADMIN_PASSWORD=long enough password")
	if got, err := create.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, got)
	}
	if got := output(); strings.Contains(got, "admin create") {
		t.Errorf("a board with an administrator says\n%s", got)
	}
}
