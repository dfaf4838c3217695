package cluster

import (
	"io"
	"os"
	"syscall"
	"testing"

	"jobboard/internal/bucket/buckettest"
)

// Another process must not take the database for unused while this one has it open, also after Litestream has closed its handle.
func TestTheDatabaseStaysLocked(t *testing.T) {
	settings := buckettest.Start(t)
	a := start(t, settings, t.TempDir())
	a.exec(schema)
	b := start(t, settings, t.TempDir())
	b.waitFor(a.acknowledge())
	locked := func(m *member) bool {
		t.Helper()
		file, err := os.OpenFile(m.path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = file.Close() }) // not before: closing drops the locks
		const getOpenFileLock = 36             // F_OFD_GETLK, for which this handle is another process
		lock := syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart, Start: sharedFirst, Len: sharedSize}
		if err := syscall.FcntlFlock(file.Fd(), getOpenFileLock, &lock); err != nil {
			t.Fatal(err)
		}
		return lock.Type == syscall.F_RDLCK
	}
	if !locked(a) || !locked(b) {
		t.Fatal("an open database is not locked")
	}
	if err := a.StepDownFor(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	until(t, "the follower leads", b.Leading)
	if !locked(a) || !locked(b) {
		t.Error("a takeover has dropped the locks of the database")
	}
}
