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

// Options is what can be configured.
type Options struct {
	Language string // of the texts; "" is English
	Logo     string // path of the file with the board's logo; "" is the board's mark beside its name
	Public   fs.FS  // the folder pb_public: of the working directory where there is one, else the one in the binary
	Embedded fs.FS  // the one in the binary, which has what the pages load
}

const largestLogo = 100_000

// Bind serves the pages with what they load, as soon as app starts serving. A folder of an operator's own may replace the home page
// by its index.html; it need not hold what the pages load.
func Bind(app core.App, options Options) error {
	source := options.Public
	if _, err := fs.Stat(source, "site/base.css"); err != nil {
		source = options.Embedded
	}
	parts := siteParts{language: options.Language}
	amend := map[string]func([]byte) []byte{"site/base.css": Theme(app)}
	if options.Logo != "" {
		content, err := os.ReadFile(options.Logo)
		if err == nil && len(content) > largestLogo {
			err = fmt.Errorf("the file is larger than %d bytes, and every page loads it", largestLogo)
		}
		if err != nil {
			return fmt.Errorf("JOBBOARD_LOGO: %w", err)
		}
		parts.logo = "site/logo" + strings.ToLower(filepath.Ext(options.Logo))
		amend[parts.logo] = func([]byte) []byte { return content }
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
	parts.hasFile = func(name string) bool {
		_, err := fs.Stat(options.Public, name)
		return err == nil
	}
	parts.hasClient = func() bool { return client.IsBuilt(loaded) }
	if err := client.Bind(app, source, loaded, parts.logo); err != nil {
		return err
	}
	return bindSite(app, loaded, parts)
}
