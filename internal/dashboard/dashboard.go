// Package dashboard leads PocketBase's admin UI to the board's administration at /app/admin, which internal/client serves.
package dashboard

import (
	"embed"
	"fmt"
	"io/fs"

	"github.com/pocketbase/pocketbase/core"
)

//go:embed ui
var files embed.FS

// extensionName is the extension's folder under /_/extensions/.
const extensionName = "jobboard"

// Bind adds the link "Job board" to the admin UI when app serves, and makes it the place where a login leads. It relies on PocketBase's
// experimental UI extensions, so it is a single short script; e2e/dashboard.test.js checks it against the pinned version of PocketBase.
func Bind(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		ui, err := fs.Sub(files, "ui")
		if err != nil {
			return fmt.Errorf("open the dashboard's files: %w", err)
		}
		e.UIExtensions = append(e.UIExtensions, core.UIExtension{Name: extensionName, FS: ui})
		return e.Next()
	})
}
