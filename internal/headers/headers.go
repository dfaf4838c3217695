// Package headers sets what every answer of the board says to browsers: the content security policy of its pages, and which
// headers scripts of other origins may read.
package headers

import (
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
)

// Policy lets a page load scripts, styles and pictures that the board itself serves, pictures inside its own style sheets, talk to
// the board and send forms to it; nothing inline, nothing from elsewhere, and no other site may frame it.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'"

// exposed are the headers that a front end on another origin reads, beyond the few that browsers always show
// (https://fetch.spec.whatwg.org/#http-access-control-expose-headers).
const exposed = "Location, Retry-After, RateLimit, RateLimit-Policy, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, ETag, " +
	"Content-Disposition, X-Board-Tx"

// Bind sets the headers on every answer of app's server. PocketBase's admin UI and its files have stricter or other policies
// of their own.
func Bind(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{
			Id:       "jobboardHeaders",
			Priority: apis.DefaultCorsMiddlewarePriority - 1, // before anything can answer
			Func: func(e *core.RequestEvent) error {
				header, path := e.Response.Header(), e.Request.URL.Path
				if !strings.HasPrefix(path, "/_/") && !strings.HasPrefix(path, "/api/files/") {
					header.Set("Content-Security-Policy", Policy)
				}
				if e.Request.Header.Get("Origin") != "" {
					header.Set("Access-Control-Expose-Headers", exposed)
				}
				return e.Next()
			},
		})
		return e.Next()
	})
}
