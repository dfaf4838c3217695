package demo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/datafolder"
)

// marker is the file that marks a data folder as the demo's, which may be thrown away.
const marker = "DEMO"

// ErrRealBoard is returned by Claim for a data folder that holds anything but the demo.
var ErrRealBoard = errors.New("the data folder holds a board that is not the demo's; choose another --dir")

// Claim makes sure that the data folder is the demo's: it has the marker, or it has no accounts yet and gets the marker.
func Claim(app core.App) error {
	path := filepath.Join(app.DataDir(), marker)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	users, err := app.CountRecords(collections.Users)
	if err != nil {
		return fmt.Errorf("count the users: %w", err)
	}
	superusers, err := app.CountRecords(core.CollectionNameSuperusers, dbx.Not(dbx.HashExp{"email": core.DefaultInstallerEmail}))
	if err != nil {
		return fmt.Errorf("count the superusers: %w", err)
	}
	if users+superusers > 0 {
		return ErrRealBoard
	}
	if err := os.WriteFile(path, []byte("Made by jobboard demo, and thrown away by jobboard demo --reset.\n"), 0o600); err != nil {
		return fmt.Errorf("mark the demo's data folder: %w", err)
	}
	return nil
}

// Reset deletes all that the demo's data folder holds and opens an empty board in it. Call Claim first.
func Reset(app core.App) error {
	if err := app.ResetBootstrapState(); err != nil {
		return fmt.Errorf("close the demo board: %w", err)
	}
	entries, err := os.ReadDir(app.DataDir())
	if err != nil {
		return fmt.Errorf("read the demo's data folder: %w", err)
	}
	for _, entry := range entries {
		if entry.Name() == marker || entry.Name() == datafolder.LockFile {
			continue // the rest may be only half gone when the process ends
		}
		if err := os.RemoveAll(filepath.Join(app.DataDir(), entry.Name())); err != nil {
			return fmt.Errorf("empty the demo's data folder: %w", err)
		}
	}
	if err := app.Bootstrap(); err != nil {
		return fmt.Errorf("open the demo board again: %w", err)
	}
	return nil
}
