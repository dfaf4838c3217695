//go:build unix

package clustertest

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"jobboard/internal/bucket"
	"jobboard/internal/bucket/buckettest"
	"jobboard/internal/testapp"
)

// Gateway starts an S3 server with an empty bucket that keeps its objects on the disk, until the test ends: the program that
// JOBBOARD_TEST_VERSITYGW names or, without one, a server in memory.
func Gateway(t testing.TB) (settings bucket.Settings, kind string) {
	t.Helper()
	binary := os.Getenv("JOBBOARD_TEST_VERSITYGW")
	if binary == "" {
		return buckettest.Start(t), "gofakes3, in memory"
	}
	address := testapp.FreeAddress(t)
	settings = buckettest.Settings("http://" + address)
	dir := t.TempDir()
	for _, sub := range []string{"meta", filepath.Join("s3", settings.Name)} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	var output testapp.Output
	command := exec.Command(binary, "--access", settings.AccessKey, "--secret", settings.SecretKey, "--port", address,
		"--keep-alive", "--quiet", "posix", "--sidecar", filepath.Join(dir, "meta"), filepath.Join(dir, "s3"))
	command.Stdout, command.Stderr = &output, &output
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	await(t, 20*time.Second, func() string {
		answer, err := http.Get(settings.Endpoint)
		if err != nil {
			return "the S3 server does not answer:\n" + output.String()
		}
		_ = answer.Body.Close() // nobody reads it
		return ""
	})
	return settings, "versitygw, on the disk"
}
