// Package dashboard adds the page "Job board" to PocketBase's admin UI: key figures, charts, moderation and reports.
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

// Bind adds the page when app serves. It relies on PocketBase's experimental UI extensions, so it is a single script that uses none
// of the UI's own components; e2e/dashboard.test.js checks it against the pinned version of PocketBase.
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
