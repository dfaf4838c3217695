package command_test

import (
	"path/filepath"
	"strings"
	"testing"

	"jobboard/internal/bucket/buckettest"
	"jobboard/internal/cluster"
	"jobboard/internal/testapp"
)

// configure sets the variables of a bucket for the processes that the test starts.
func configure(t *testing.T) {
	t.Helper()
	settings := buckettest.Start(t)
	t.Setenv("JOBBOARD_BUCKET_NAME", settings.Name)
	t.Setenv("JOBBOARD_BUCKET_ENDPOINT", settings.Endpoint)
	t.Setenv("JOBBOARD_BUCKET_ACCESS_KEY", settings.AccessKey)
	t.Setenv("JOBBOARD_BUCKET_SECRET_KEY", settings.SecretKey)
}

// Commands on a folder of a cluster write only as its leader, and only one process at a time.
func TestCommandsOnANode(t *testing.T) {
	testapp.Binary(t)
	configure(t)
	run := func(dir, want string, fails bool, args ...string) {
		t.Helper()
		out, err := testapp.Run(t, dir, args...)
		if (err != nil) != fails || !strings.Contains(out, want) {
			t.Errorf("%v: %v\n%s\nwant %q", args, err, out, want)
		}
	}
	upsert := []string{"superuser", "upsert", "root@example.com", "correct horse battery"}
	dir := t.TempDir()
	run(dir, "saved", false, upsert...) // migrates the new board, and publishes it
	if !cluster.IsNode(dir) {
		t.Fatal("a command that wrote has not made the folder a node's")
	}
	process := testapp.Start(t, dir)
	run(dir, "serves the data folder", true, upsert...)
	run(t.TempDir(), "another node leads", true, upsert...)
	run(dir, "", false, "export", filepath.Join(t.TempDir(), "board.zip")) // reads, beside the node
	process.Interrupt()
	run(t.TempDir(), "saved", false, upsert...) // a new node, on which the command leads

	t.Setenv("JOBBOARD_BUCKET_NAME", "")
	run(dir, "whose bucket is not configured", true, upsert...)
	run(dir, "whose bucket is not configured", true, "serve", "--http", "127.0.0.1:0")
}
