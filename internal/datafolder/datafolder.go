// Package datafolder looks at the data folder before the board in it is opened: that no other process serves it, that its
// database has not gone, and that damaged logs don't keep the board from starting.
package datafolder

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
)

// LockFile is the file in the data folder that a process which serves the board holds.
const LockFile = "serve.lock"

// marker is the file by which a data folder is known to hold a board.
const marker = "BOARD"

// Bind looks at the folder whenever the board is opened. A process that serves keeps others from serving it, until it ends.
func Bind(app core.App, serves bool) {
	var held *lock
	app.OnBootstrap().Bind(&hook.Handler[*core.BootstrapEvent]{
		Id:       "jobboardDataFolder",
		Priority: -9999, // before anything opens it
		Func: func(e *core.BootstrapEvent) (err error) {
			dir := e.App.DataDir()
			if err := os.MkdirAll(dir, os.ModePerm); err != nil {
				return fmt.Errorf("make the data folder: %w", err)
			}
			if serves && held == nil {
				if held, err = acquire(dir); err != nil {
					return err
				}
			}
			if err := checkData(dir); err != nil {
				return err
			}
			aside, err := setDamagedLogsAside(dir, held != nil)
			if err != nil {
				return err
			}
			if err := e.Next(); err != nil {
				return fmt.Errorf("open the board in %s: %w", dir, err)
			}
			if aside != "" {
				e.App.Logger().Warn("The logs were damaged. They were set aside, and new ones begun.", "file", aside)
			}
			return mark(e.App)
		},
	})
	app.OnBackupCreate().BindFunc(func(e *core.BackupEvent) error {
		damaged, err := filepath.Glob(filepath.Join(e.App.DataDir(), damagedLogs+"*"))
		if err != nil {
			return fmt.Errorf("look for damaged logs: %w", err)
		}
		for _, path := range damaged {
			e.Exclude = append(e.Exclude, filepath.Base(path))
		}
		e.Exclude = append(e.Exclude, LockFile)
		return e.Next()
	})
	app.OnBackupRestore().BindFunc(func(e *core.BackupEvent) error {
		e.Exclude = append(e.Exclude, LockFile) // it stays where it is held
		return e.Next()
	})
}

// mark notes that the folder holds a board, once the database is surely on the disk.
func mark(app core.App) error {
	path := filepath.Join(app.DataDir(), marker)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if _, err := app.NonconcurrentDB().NewQuery("PRAGMA wal_checkpoint(PASSIVE)").Execute(); err != nil {
		return fmt.Errorf("write the new database to the disk: %w", err)
	}
	const content = "This folder holds a job board. Without this file, a missing data.db would begin a new one.\n"
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		return fmt.Errorf("mark the data folder: %w", err)
	}
	return nil
}

// served is the error of a folder that another process serves.
func served(dir, pid string) error {
	if pid != "" {
		pid = " (process " + pid + ")"
	}
	return fmt.Errorf("another jobboard%s serves the data folder %s: stop it first, or choose another --dir", pid, dir)
}
