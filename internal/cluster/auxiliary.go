package cluster

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/database"
)

const auxiliaryFile = "auxiliary.db"

// prepareLogs creates the file of this node's logs if it has none. PocketBase would create it by a migration, which it notes in the
// other database; a follower can't.
func prepareLogs(dir string) (err error) {
	path := filepath.Join(dir, auxiliaryFile)
	have, err := hasLogs(path)
	if err != nil || have {
		return err
	}
	model, err := os.MkdirTemp(dir, ".new-logs-*")
	if err != nil {
		return fmt.Errorf("create the logs: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(model)) }()
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: model, DBConnect: database.Connect})
	if err := errors.Join(app.Bootstrap(), app.ResetBootstrapState()); err != nil {
		return fmt.Errorf("create the logs: %w", err)
	}
	for _, suffix := range []string{"-wal", "-shm"} { // of an empty file
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("create the logs: %w", err)
		}
	}
	if err := os.Rename(filepath.Join(model, auxiliaryFile), path); err != nil {
		return fmt.Errorf("create the logs: %w", err)
	}
	return nil
}

func hasLogs(path string) (have bool, err error) {
	if exists, err := holdsBoard(path); !exists || err != nil {
		return false, err
	}
	db, err := database.Connect(path)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var tables int
	if err := db.Select("count(*)").From("sqlite_schema").Where(dbx.HashExp{"name": core.LogsTableName}).Row(&tables); err != nil {
		return false, fmt.Errorf("look for the logs: %w", err)
	}
	return tables > 0, nil
}
