//go:build unix

package datafolder

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// lock keeps a second process from serving the folder. The system releases it when the process ends, however it ends.
type lock struct{ file *os.File }

func acquire(dir string) (*lock, error) {
	file, err := os.OpenFile(filepath.Join(dir, LockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the data folder is not writable: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		pid, _ := io.ReadAll(io.LimitReader(file, 20)) // only for the message
		return nil, errors.Join(served(dir, string(pid)), file.Close())
	}
	if err != nil {
		return &lock{file}, nil // the file system has no such locks, so serving twice can't be noticed
	}
	if err := file.Truncate(0); err != nil {
		return nil, errors.Join(fmt.Errorf("the data folder is not writable: %w", err), file.Close())
	}
	if _, err := fmt.Fprint(file, os.Getpid()); err != nil {
		return nil, errors.Join(fmt.Errorf("the data folder is not writable: %w", err), file.Close())
	}
	return &lock{file}, nil
}

func (l *lock) release() error { return l.file.Close() }
