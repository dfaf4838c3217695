package datafolder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"jobboard/internal/database"
)

// damagedLogs is the prefix of the names of logs that were set aside.
const damagedLogs = "auxiliary.db.damaged-"

// checkData rejects a folder whose database can't be read or is gone: starting a new board in its place would hide the loss.
func checkData(dir string) error {
	path := filepath.Join(dir, "data.db")
	tables, err := tablesOf(path)
	if err != nil {
		return fmt.Errorf("%s can't be read: %w", path, err)
	}
	if tables > 0 {
		return nil
	}
	if _, err := os.Stat(filepath.Join(dir, Marker)); err == nil {
		return fmt.Errorf("%s is missing or empty, but the folder held a board. Restore data.db, if need be from a backup; "+
			"for a new board choose another --dir", path)
	}
	return nil
}

// tablesOf returns the number of a database's tables. A file that is absent or empty has none, and is not opened: SQLite would delete
// the log beside it, perhaps all that is left of the data.
func tablesOf(path string) (tables int, err error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	db, err := database.Connect(path)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	err = db.NewQuery("SELECT count(*) FROM sqlite_schema WHERE type = 'table'").Row(&tables)
	return tables, err
}

// setDamagedLogsAside renames an auxiliary.db that can't be read, so that a new one is created, and returns its new path. The file
// holds only logs. Only the process that serves the folder may do so; mine says that this process is the one.
func setDamagedLogsAside(dir string, mine bool) (aside string, err error) {
	path := filepath.Join(dir, "auxiliary.db")
	_, damage := tablesOf(path)
	if damage == nil {
		return "", nil
	}
	var refused *sqlite.Error
	if !errors.As(damage, &refused) || refused.Code()&0xff != sqlite3.SQLITE_CORRUPT && refused.Code()&0xff != sqlite3.SQLITE_NOTADB {
		return "", fmt.Errorf("%s can't be read: %w", path, damage)
	}
	if !mine {
		borrowed, taken := acquire(dir)
		if taken != nil {
			return "", fmt.Errorf("%s is damaged (%w), and %w", path, damage, taken)
		}
		defer func() { err = errors.Join(err, borrowed.release()) }()
	}
	aside = filepath.Join(dir, damagedLogs+time.Now().UTC().Format("20060102T150405.000Z"))
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Rename(path+suffix, aside+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("set the damaged logs aside: %w", err)
		}
	}
	fmt.Fprintf(os.Stderr, "Warning: %s, which holds only logs, is damaged (%v). It was set aside as %s, and a new one is created.\n",
		path, damage, aside)
	return aside, nil
}
