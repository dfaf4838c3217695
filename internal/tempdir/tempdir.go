// Package tempdir keeps a server's temporary files inside its data folder. Large uploads are written to temporary files, and a
// killed server leaves them: applicants' documents belong neither in the machine's shared folder nor anywhere after a restart.
package tempdir

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/pocketbase/pocketbase/core"
)

// name is the folder within the data folder. PocketBase's own is emptied by every command beside the server.
const name = ".jobboard_temp"

// Bind empties the folder when app starts serving and makes it the process's folder for temporary files. Backups leave it out.
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
