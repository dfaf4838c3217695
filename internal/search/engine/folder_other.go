//go:build !unix

package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// folderLock keeps other processes out of the folder: the lock file is open, so it cannot be removed.
type folderLock struct {
	file *os.File
	path string
}

func lockFolder(dir string) (*folderLock, error) {
	path := filepath.Join(dir, "lock")
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, errors.Join(ErrLocked, err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("search lock: %w", err)
	}
	return &folderLock{f, path}, nil
}

func (l *folderLock) release() error { return errors.Join(l.file.Close(), os.Remove(l.path)) }

// mapFile reads a file into memory; it is mapped only on systems where that is tested.
func mapFile(path string) (data []byte, unmap func(), err error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	data = bytesOf(make([]uint64, (len(raw)+7)/8))[:len(raw)]
	copy(data, raw)
	return data, func() {}, nil
}

// syncFolder does nothing: other systems have no counterpart.
func syncFolder(string) error { return nil }
