package pages

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/assets"
	"jobboard/internal/client"
)

// Files is what the pages of a board are made from.
type Files struct {
	Public   fs.FS // the folder pb_public: of the working directory where there is one, else the one in the binary
	Embedded fs.FS // the one in the binary, which has what the pages load
	Logo     string
}

const largestLogo = 100_000

// BindFiles serves the pages with what they load. A folder of an operator's own may replace the home page by its index.html; it
// need not hold what the pages load.
func BindFiles(app core.App, files Files, options Options) error {
	source := files.Public
	if _, err := fs.Stat(source, "site/base.css"); err != nil {
		source = files.Embedded
	}
	amend := map[string]func([]byte) []byte{"site/base.css": Theme(app)}
	if files.Logo != "" {
		content, err := os.ReadFile(files.Logo)
		if err == nil && len(content) > largestLogo {
			err = fmt.Errorf("the file is larger than %d bytes, and every page loads it", largestLogo)
		}
		if err != nil {
			return fmt.Errorf("JOBBOARD_LOGO: %w", err)
		}
		options.Logo = "site/logo" + strings.ToLower(filepath.Ext(files.Logo))
		amend[options.Logo] = func([]byte) []byte { return content }
	}
	loaded, err := assets.New(source, amend)
	if err != nil {
		return err
	}
	reload := func() {
		if err := loaded.Reload(); err != nil {
			app.Logger().Error("The style sheets could not be read anew.", "error", err)
		}
	}
	app.OnSettingsReload().BindFunc(func(e *core.SettingsReloadEvent) error { // the accent colour may have changed
		err := e.Next()
		reload()
		return err
	})
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		reload()
		return e.Next()
	})
	loaded.Bind(app)
	options.HasFile = func(name string) bool {
		_, err := fs.Stat(files.Public, name)
		return err == nil
	}
	options.HasClient = func() bool { return client.IsBuilt(loaded) }
	if err := client.Bind(app, source, loaded, options.Logo); err != nil {
		return err
	}
	return Bind(app, loaded, options)
}
