//go:build !unix

package datafolder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// lock keeps a second process from serving the folder: the file is open, so that it can't be removed.
type lock struct {
	file *os.File
	path string
}

func acquire(dir string) (*lock, error) {
	path := filepath.Join(dir, LockFile)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, served(dir, "")
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the data folder is not writable: %w", err)
	}
	return &lock{file, path}, nil
}

func (l *lock) release() error { return errors.Join(l.file.Close(), os.Remove(l.path)) }
