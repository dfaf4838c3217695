//go:build unix

package cluster

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

// SQLite's lock of a database that is open (https://www.sqlite.org/src/file/src/os.h, SHARED_FIRST).
const (
	sharedFirst = 0x40000000 + 2
	sharedSize  = 510
)

// locks keeps SQLite's lock on a database whose connections stay open while another handle is closed.
//
// When a process closes any handle on a file, the system drops all locks that the process holds on it, and the next process that opens
// the database would take it for unused and delete the log with the latest writes. Litestream keeps a handle while it is at work
// (litestream@v0.5.18/db.go, Close).
type locks struct{ file *os.File }

func openLocks(path string) (*locks, error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("open the database's locks: %w", err)
	}
	return &locks{file}, nil
}

// restore takes the lock again that all connections of this process share.
func (l *locks) restore() error {
	lock := syscall.Flock_t{Type: syscall.F_RDLCK, Whence: io.SeekStart, Start: sharedFirst, Len: sharedSize}
	if err := syscall.FcntlFlock(l.file.Fd(), syscall.F_SETLK, &lock); err != nil {
		return fmt.Errorf("lock the database: %w", err)
	}
	return nil
}

// close closes the handle, and drops the locks: no connection may be open any more.
func (l *locks) close() error {
	if l == nil || l.file == nil {
		return nil
	}
	return errors.Join(l.file.Close())
}
