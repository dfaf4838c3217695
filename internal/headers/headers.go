// Package headers sets what every answer of the board says to browsers: the content security policy of its pages, and which
// headers scripts of other origins may read.
package headers

import (
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
)

// Policy lets a page load what the board itself serves, and pictures inside its own style sheets; nothing inline, nothing
// from elsewhere, and no other site may frame it.
const Policy = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// exposed are the headers that a front end on another origin reads, beyond the few that browsers always show
// (https://fetch.spec.whatwg.org/#http-access-control-expose-headers).
const exposed = "Location, Retry-After, RateLimit, RateLimit-Policy, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, ETag, Content-Disposition"

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
