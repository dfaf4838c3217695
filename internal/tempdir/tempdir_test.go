package tempdir_test

import (
	"os"
	"path/filepath"
	"testing"

	"jobboard/internal/tempdir"
	"jobboard/internal/testapp"
)

func TestServingEmptiesAndUsesTheFolder(t *testing.T) {
	for _, variable := range []string{"TMPDIR", "TMP"} {
		t.Setenv(variable, t.TempDir())
	}
	board := testapp.NewBoard(t, tempdir.Bind)
	folder := filepath.Join(board.DataDir(), ".jobboard_temp")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(folder, "multipart-1")
	if err := os.WriteFile(left, []byte("a CV"), 0o600); err != nil {
		t.Fatal(err)
	}
	board.Handler() // serves
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Errorf("what a killed server left is still there: %v", err)
	}
	file, err := os.CreateTemp("", "x")
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if filepath.Dir(file.Name()) != folder {
		t.Errorf("temporary files go to %s", filepath.Dir(file.Name()))
	}
	if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder is open to others: %v %v", info.Mode(), err)
	}
}
