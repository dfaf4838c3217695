package search

import (
	"os"
	"path/filepath"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// writeAheadLog tells cheaply whether anything may have been written to the database, also by other processes: every commit changes
// this file, and asking the system for its time takes a fraction of what a query does.
type writeAheadLog struct {
	path     string
	size     int64
	modified time.Time
}

func newWriteAheadLog(app core.App) *writeAheadLog {
	return &writeAheadLog{path: filepath.Join(app.DataDir(), "data.db-wal")}
}

// changed reports whether the file has changed since the last call. Of two commits within a tick of the system's clock, some
// milliseconds, it may miss the second, so its callers look at the database from time to time anyway.
func (w *writeAheadLog) changed() bool {
	var size int64
	var modified time.Time
	if info, err := os.Stat(w.path); err == nil { // else it isn't there, which is a state too
		size, modified = info.Size(), info.ModTime()
	}
	changed := size != w.size || !modified.Equal(w.modified)
	w.size, w.modified = size, modified
	return changed
}
