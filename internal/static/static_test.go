package static_test

import (
	"io/fs"
	"os"
	"testing"
	"testing/fstest"

	"jobboard/internal/static"
)

func TestFolderWinsOverBinary(t *testing.T) {
	t.Chdir(t.TempDir())
	embedded := fstest.MapFS{"site/index.html": {Data: []byte("in the binary")}}
	read := func() string {
		t.Helper()
		content, err := fs.ReadFile(static.Files("site", embedded), "index.html")
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	if got := read(); got != "in the binary" {
		t.Errorf("without a folder: %q", got)
	}
	if err := os.Mkdir("site", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("site/index.html", []byte("in the folder"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := read(); got != "in the folder" {
		t.Errorf("with a folder: %q", got)
	}
}
