package datafolder

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Served reports whether another process serves the folder just now. It leaves a folder as it is that no process has served yet.
func Served(dir string) bool {
	if _, err := os.Stat(filepath.Join(dir, LockFile)); errors.Is(err, fs.ErrNotExist) {
		return false
	}
	borrowed, taken := acquire(dir)
	if taken != nil {
		return true
	}
	return borrowed.release() != nil
}
