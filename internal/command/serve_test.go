package command_test

import (
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
)

func TestServingAtAnAddressInUseEndsBeforeItBegins(t *testing.T) {
	binary := build(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, command := range []string{"serve", "demo"} {
		dir := t.TempDir()
		out, err := exec.Command(binary, "--dir", dir, command, "--http", taken.Addr().String()).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "is in use") || !strings.Contains(string(out), "--http 127.0.0.1:8091") {
			t.Errorf("%s: %v\n%s", command, err, out)
		}
		if strings.Contains(string(out), "Filled") || strings.Contains(string(out), "demo-password") {
			t.Errorf("%s filled the board first:\n%s", command, out)
		}
	}
}

func TestServeNamesOneWayToTheFirstAdministrator(t *testing.T) {
	binary, dir := build(t), t.TempDir()
	address := "127.0.0.1:" + freePort(t)
	out, err := os.CreateTemp(t.TempDir(), "out")
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	start := func() string {
		server := exec.Command(binary, "--dir", dir, "serve", "--http", address)
		server.Stdout, server.Stderr = out, out
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
		awaitHTTP(t, "http://"+address+"/api/health")
		if err := server.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if err := server.Wait(); err != nil {
			t.Errorf("interrupted, the board ended with: %v", err)
		}
		said, err := os.ReadFile(out.Name())
		if err != nil {
			t.Fatal(err)
		}
		return string(said)
	}
	if said := start(); !strings.Contains(said, "--dir "+dir+" admin create EMAIL") || strings.Contains(said, "pbinstall") ||
		strings.Contains(said, "superuser upsert") {
		t.Errorf("an empty board says\n%s", said)
	}
	create := exec.Command(binary, "--dir", dir, "admin", "create", "you@example.org")
	create.Env = append(os.Environ(), "JOBBOARD_ADMIN_PASSWORD=long enough password")
	if said, err := create.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if err := out.Truncate(0); err != nil {
		t.Fatal(err)
	}
	if said := start(); strings.Contains(said, "admin create") {
		t.Errorf("a board with an administrator says\n%s", said)
	}
}
