// Package static serves the files of pb_public at the root of the board.
package static

import (
	"io/fs"
	"net/http"
	"os"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
)

// Files returns the folder of that name in the working directory if there is one, so that a front end can be put there and changed
// while the board runs; otherwise the folder of that name in the binary.
func Files(name string, embedded fs.FS) fs.FS {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return os.DirFS(name)
	}
	inside, err := fs.Sub(embedded, name)
	if err != nil { // not a path at all: a mistake in the code
		panic(err)
	}
	return inside
}

// Options configures what is served.
type Options struct {
	Files fs.FS // see [Files]
}

// Bind serves the files wherever the board has no route of its own. Paths below /api stay the API's, found or not.
func Bind(app core.App, options Options) {
	serve := apis.Static(options.Files, false)
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		// Any method: a pattern for GET alone would conflict with those of the REST API, which take all methods of their paths.
		e.Router.Any("/{path...}", func(e *core.RequestEvent) error {
			path, method := e.Request.URL.Path, e.Request.Method
			if path == "/api" || strings.HasPrefix(path, "/api/") || method != http.MethodGet && method != http.MethodHead {
				return e.NotFoundError("", nil)
			}
			header := e.Response.Header()
			header.Set("Cache-Control", "public, max-age=300")
			err := serve(e)
			if err != nil {
				header.Del("Cache-Control")
			}
			return err
		})
		return e.Next()
	})
}
