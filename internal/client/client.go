// Package client serves the reference client at /app/ and the board's administration at /app/admin: the modules of pb_public/app, with
// the libraries that `make assets` copies to pb_public/lib.
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
	page, adminPage, "lib/pocketbase.es.mjs", "lib/lit-html.js", "lib/directive.js", "lib/directive-helpers.js", "lib/directives/repeat.js",
}

// The pages, which hold no view: their modules draw those.
const (
	page      = "app/index.html"
	adminPage = "app/admin.html" // a page of its own, so that nobody else loads what only administrators see
)

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

// Bind serves the client's page at /app/ and that of the administration at /app/admin, with their style sheets and modules from files.
// source is the folder that files are of; logo names the board's logo in files, "" for the board's mark.
func Bind(app core.App, source fs.FS, files *assets.Assets, logo string) error {
	missing, err := template.New("unbuilt").Funcs(template.FuncMap{"asset": files.URL}).Parse(unbuilt)
	if err != nil {
		return fmt.Errorf("parse the page of a client that is not built: %w", err)
	}
	show := func(page string) func(*core.RequestEvent) error {
		return func(e *core.RequestEvent) error {
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
		}
	}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.GET(strings.TrimSuffix(pageurl.Client, "/"), redirectTo(pageurl.Client))
		e.Router.GET(pageurl.Client+"{$}", show(page))
		e.Router.GET(pageurl.Admin, show(adminPage))
		e.Router.GET(pageurl.Admin+"/", redirectTo(pageurl.Admin))
		return e.Next()
	})
	return nil
}

func redirectTo(path string) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error { return e.Redirect(http.StatusMovedPermanently, path) }
}

// address writes the addresses of the assets, and the board's name and logo, into a page.
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
