package api

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"sync"
	"time"

	"github.com/swaggest/swgui"
	"github.com/swaggest/swgui/v5emb"

	"jobboard/internal/api/openapi"
)

func documentRoutes() []route {
	return []route{
		{
			method:   "GET",
			path:     documentPath,
			id:       "getOpenAPI",
			summary:  "This document.",
			access:   anyone,
			scope:    anyScope,
			response: ok("Document"),
			handler:  serveDocument,
		},
		{
			method:   "GET",
			path:     "/api/docs",
			id:       "browseDocs",
			summary:  "Shows this document as a page to browse and to try out with a token; it works offline.",
			access:   anyone,
			scope:    anyScope,
			response: openapi.Response{Status: http.StatusOK, Media: "text/html"},
			handler:  serveDocs,
		},
		{
			method:   "GET",
			path:     "/api/docs/{asset}",
			id:       "getDocsAsset",
			summary:  "Serves a script, style or picture of the documentation page.",
			access:   anyone,
			scope:    anyScope,
			response: openapi.Response{Status: http.StatusOK, Media: "*/*"},
			handler:  serveDocs,
		},
		{
			method:   "GET",
			path:     "/admin",
			id:       "leadToAdmin",
			summary:  "Redirects to the admin UI.",
			access:   anyone,
			response: openapi.Response{Status: http.StatusFound, Description: "The admin UI is at /_/."},
			handler:  redirectToAdmin,
		},
	}
}

const documentPath = "/api/openapi.json"

func serveDocument(c *call) error {
	raw, err := c.door.document()
	if err != nil {
		return fmt.Errorf("make the OpenAPI document: %w", err)
	}
	return c.Blob(http.StatusOK, "application/json", raw)
}

// docsFiles are the documentation page's own files. The page that comes with Swagger UI has inline scripts and styles, which the
// board's content security policy forbids.
//
//go:embed docs
var docsFiles embed.FS

// swaggerAssets serves the embedded script and style of Swagger UI, so that the page works without internet access.
var swaggerAssets = sync.OnceValue(func() http.Handler {
	return v5emb.NewHandlerWithConfig(swgui.Config{BasePath: "/api/docs/"})
})

func serveDocs(c *call) error {
	name := c.Param("asset")
	if name == "" {
		name = "page.html"
	}
	if raw, err := fs.ReadFile(docsFiles, "docs/"+name); err == nil {
		http.ServeContent(c.Response(), c.Request(), name, time.Time{}, bytes.NewReader(raw))
		return nil
	}
	swaggerAssets().ServeHTTP(c.Response(), c.Request())
	return nil
}

// redirectToAdmin leads people who look for an administration page to PocketBase's admin UI.
func redirectToAdmin(c *call) error { return c.Redirect(http.StatusFound, "/_/") }
