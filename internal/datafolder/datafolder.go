// Package datafolder checks the data folder before its board is opened: no other process may serve it, its database must not be
// missing, and damaged logs must not keep the board from starting.
package datafolder

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
)

// LockFile is the name of the file in the data folder that is locked by the process that serves the board.
const LockFile = "serve.lock"

// Marker is the name of the file that marks a data folder as that of a board.
const Marker = "BOARD"

// Bind checks the folder whenever the board is opened. If serves is set, it also keeps other processes from serving the folder until
// this one ends.
func Bind(app core.App, serves bool) {
	var held *lock
	app.OnBootstrap().Bind(&hook.Handler[*core.BootstrapEvent]{
		Id:       "jobboardDataFolder",
		Priority: -9999, // before anything opens it
		Func: func(e *core.BootstrapEvent) (err error) {
			dir := e.App.DataDir()
			if err := os.MkdirAll(dir, os.ModePerm); err != nil {
				return fmt.Errorf("create the data folder: %w", err)
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
				e.App.Logger().Warn("The logs were damaged. They were set aside, and new ones were created.", "file", aside)
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
		e.Exclude = append(e.Exclude, LockFile) // it must stay while it is locked
		return e.Next()
	})
}

// mark writes the marker once the database is surely on the disk.
func mark(app core.App) error {
	path := filepath.Join(app.DataDir(), Marker)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if _, err := app.NonconcurrentDB().NewQuery("PRAGMA wal_checkpoint(PASSIVE)").Execute(); err != nil {
		return fmt.Errorf("write the new database to the disk: %w", err)
	}
	const content = "This folder holds a job board. Without this file, a missing data.db would start a new one.\n"
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		return fmt.Errorf("mark the data folder: %w", err)
	}
	return nil
}

// served returns the error for a folder that another process serves.
func served(dir, pid string) error {
	if pid != "" {
		pid = " (process " + pid + ")"
	}
	return fmt.Errorf("another jobboard%s serves the data folder %s: stop it first, or choose another --dir", pid, dir)
}
