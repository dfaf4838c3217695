// Package tempdir keeps the server's temporary files in its data folder, and deletes them at start. Large uploads are temporary
// files, and a killed server leaves them behind: documents of applicants must not stay in a folder that others can read.
package tempdir

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/pocketbase/pocketbase/core"
)

// name is the folder within the data folder. PocketBase's own is emptied by every command that runs beside the server.
const name = ".jobboard_temp"

// Bind empties the folder when app starts serving, and makes it the folder of the process for temporary files. Backups leave it out.
func Bind(app core.App) {
	app.OnBackupCreate().BindFunc(func(e *core.BackupEvent) error {
		e.Exclude = append(e.Exclude, name)
		return e.Next()
	})
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		folder, err := filepath.Abs(filepath.Join(e.App.DataDir(), name))
		if err != nil {
			return fmt.Errorf("find the folder for temporary files: %w", err)
		}
		if err := os.RemoveAll(folder); err != nil {
			return fmt.Errorf("empty the folder for temporary files: %w", err)
		}
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return fmt.Errorf("make the folder for temporary files: %w", err)
		}
		for _, variable := range []string{"TMPDIR", "TMP"} { // Unix, Windows
			if err := os.Setenv(variable, folder); err != nil {
				return fmt.Errorf("choose the folder for temporary files: %w", err)
			}
		}
		return e.Next()
	})
}
