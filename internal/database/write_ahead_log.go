package database

import (
	"os"
	"path/filepath"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

const (
	// clockTick is longer than a tick of the system's clock, within which two commits may leave the same time on a file.
	clockTick = 100 * time.Millisecond
	// readAnyway is how often Unread asks its caller to read although nothing seems to have been written, in case a file system keeps
	// its times late.
	readAnyway = 10 * time.Second
)

// WriteAheadLog tells cheaply whether anything may have been written to the database, also by other processes: every commit changes
// this file, and asking the system for its time takes a fraction of what a query does. It is for one goroutine.
type WriteAheadLog struct {
	path      string
	size      int64
	modified  time.Time
	changedAt time.Time // of the last change, until its tick has passed
	unreadAt  time.Time // when Unread last returned true
}

// NewWriteAheadLog returns the log of the app's database. Nothing has been read of it.
func NewWriteAheadLog(app core.App) *WriteAheadLog {
	return &WriteAheadLog{path: filepath.Join(app.DataDir(), "data.db-wal")}
}

// Changed reports whether the file has changed since the last call. Of two commits within a tick of the system's clock, some
// milliseconds, it may miss the second.
func (w *WriteAheadLog) Changed() bool {
	var size int64
	var modified time.Time
	if info, err := os.Stat(w.path); err == nil { // else it isn't there, which is a state too
		size, modified = info.Size(), info.ModTime()
	}
	changed := size != w.size || !modified.Equal(w.modified)
	w.size, w.modified = size, modified
	return changed
}

// Unread reports whether the database may hold what its caller has not read yet. Whoever calls it again and again, and reads whenever
// it returns true, reads every commit: after a change it returns true until the tick of that change has passed.
func (w *WriteAheadLog) Unread() bool {
	now := time.Now()
	unread := !w.changedAt.IsZero() || now.Sub(w.unreadAt) >= readAnyway
	if now.Sub(w.changedAt) > clockTick {
		w.changedAt = time.Time{}
	}
	if w.Changed() {
		w.changedAt, unread = now, true
	}
	if unread {
		w.unreadAt = now
	}
	return unread
}
