package command_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"jobboard/internal/bucket/buckettest"
	"jobboard/internal/command"
	"jobboard/internal/config"
)

// restoring runs the command restore with variables, and returns what is wrong.
func restoring(t *testing.T, dir string, variables []string, args ...string) string {
	t.Helper()
	root := &cobra.Command{Use: "jobboard"}
	root.PersistentFlags().String("dir", "", "")
	settings, err := config.Load(root, nil, variables)
	if err != nil {
		t.Fatal(err)
	}
	root.AddCommand(command.NewRestoreCommand(settings))
	_, err = execute(root, "", append([]string{"restore", "--dir", dir}, args...)...)
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestRestoreSaysWhatIsWrong(t *testing.T) {
	endpoint := buckettest.Start(t).Endpoint
	refusing, _ := buckettest.Behind(t, func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	})
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "data.db"), []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	given := func(endpoint, name string) []string {
		return []string{
			"JOBBOARD_BUCKET_NAME=" + name, "JOBBOARD_BUCKET_ENDPOINT=" + endpoint,
			"JOBBOARD_BUCKET_ACCESS_KEY=key", "JOBBOARD_BUCKET_SECRET_KEY=secret",
		}
	}
	fresh := filepath.Join(t.TempDir(), "new")
	for _, c := range []struct {
		name, dir string
		variables []string
		args      []string
		want      string
	}{
		{"no bucket", fresh, nil, nil, "JOBBOARD_BUCKET_NAME"},
		{"no such bucket", fresh, given(endpoint, "another"), nil, "there is no bucket another"},
		{"wrong keys", fresh, given(refusing.Endpoint, "board"), nil, "refuses the keys"},
		{"an empty bucket", fresh, given(endpoint, "board"), nil, "the bucket holds no board"},
		{"a folder in use", full, given(endpoint, "board"), nil, "is not empty"},
		{"no time", fresh, given(endpoint, "board"), []string{"--at", "yesterday"}, `--at: "yesterday" is neither`},
		{"the future", fresh, given(endpoint, "board"), []string{"--at", "2999-01-01T00:00:00Z"}, "still to come"},
		{"less than nothing", fresh, given(endpoint, "board"), []string{"--at", "-2h"}, "--at:"},
		{"a time", fresh, given(endpoint, "board"), []string{"--at", "3d"}, "the bucket holds no board"},
	} {
		if got := restoring(t, c.dir, c.variables, c.args...); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if _, err := os.Stat(fresh); err == nil {
		t.Error("a restore that failed leaves a folder")
	}
	if content, err := os.ReadFile(filepath.Join(full, "data.db")); string(content) != "precious" {
		t.Errorf("the folder in use holds %q now (%v)", content, err)
	}
}
