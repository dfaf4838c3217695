// Package client serves the reference client at /app/: the modules of pb_public/app, with the libraries that `make assets` copies to
// pb_public/lib.
package client

import (
	"bytes"
	_ "embed"
	"fmt"
	"html"
	"html/template"
	"io/fs"
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/assets"
	"jobboard/internal/headers"
	"jobboard/internal/pages/pageurl"
)

// needed are the files without which the client can't start.
var needed = []string{
	page, "lib/pocketbase.es.mjs", "lib/lit-html.js", "lib/directive.js", "lib/directive-helpers.js", "lib/directives/repeat.js",
}

const page = "app/index.html"

// policy is the board's, and lets only lit-html make HTML of strings.
const policy = headers.Policy + "; require-trusted-types-for 'script'; trusted-types lit-html"

//go:embed unbuilt.html
var unbuilt string

// IsBuilt reports whether the client can start, so that pages may link to it.
func IsBuilt(files *assets.Assets) bool {
	for _, name := range needed {
		if !files.Has(name) {
			return false
		}
	}
	return true
}

// Bind serves the client's page at /app/, with its style sheets and modules from files. source is the folder that files are of; logo
// names the board's logo in files, "" for the board's mark.
func Bind(app core.App, source fs.FS, files *assets.Assets, logo string) error {
	missing, err := template.New("unbuilt").Funcs(template.FuncMap{"asset": files.URL}).Parse(unbuilt)
	if err != nil {
		return fmt.Errorf("parse the page of a client that is not built: %w", err)
	}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.GET(strings.TrimSuffix(pageurl.Client, "/"), func(e *core.RequestEvent) error {
			return e.Redirect(http.StatusMovedPermanently, pageurl.Client)
		})
		e.Router.GET(pageurl.Client+"{$}", func(e *core.RequestEvent) error {
			e.Response.Header().Set("Cache-Control", "no-cache")
			name := e.App.Settings().Meta.AppName
			if !IsBuilt(files) {
				return showUnbuilt(e, missing, name)
			}
			source, err := fs.ReadFile(source, page)
			if err != nil {
				return fmt.Errorf("read the client's page: %w", err)
			}
			header := e.Response.Header()
			header.Set("Content-Security-Policy", policy)
			header.Set("Cross-Origin-Opener-Policy", "same-origin-allow-popups") // the window of an OAuth provider
			return e.HTML(http.StatusOK, address(string(source), files, name, logo))
		})
		return e.Next()
	})
	return nil
}

// address writes the addresses of the assets, and the board's name and logo, into the client's page.
func address(page string, files *assets.Assets, board, logo string) string {
	if logo != "" {
		logo = files.URL(logo)
	}
	return strings.NewReplacer(
		`="./`, `="`+files.URL("app/"),
		`="../`, `="`+files.URL(""),
		`data-logo=""`, `data-logo="`+html.EscapeString(logo)+`"`,
		"Job Board", html.EscapeString(board),
	).Replace(page)
}

func showUnbuilt(e *core.RequestEvent, missing *template.Template, board string) error {
	var body bytes.Buffer
	if err := missing.Execute(&body, board); err != nil {
		return fmt.Errorf("write the page of a client that is not built: %w", err)
	}
	return e.HTML(http.StatusNotFound, body.String())
}
