package api

import (
	"fmt"
	"net/http"
	"sync"

	"github.com/swaggest/swgui"
	"github.com/swaggest/swgui/v5emb"
)

const documentPath = "/api/openapi.json"

func serveDocument(c *call) error {
	raw, err := c.door.document()
	if err != nil {
		return fmt.Errorf("make the OpenAPI document: %w", err)
	}
	return c.Blob(http.StatusOK, "application/json", raw)
}

// docsPage is Swagger UI, embedded with all its assets: it works without internet.
var docsPage = sync.OnceValue(func() http.Handler {
	return v5emb.NewHandlerWithConfig(swgui.Config{
		Title:       "Job board REST API",
		SwaggerJSON: documentPath,
		BasePath:    "/api/docs/",
		SettingsUI: map[string]string{
			"persistAuthorization":   "true",
			"tryItOutEnabled":        "true",
			"displayRequestDuration": "true",
			"docExpansion":           `"list"`,
		},
	})
})

func serveDocs(c *call) error {
	r := c.Request().Clone(c.Request().Context())
	if c.Param("asset") == "" {
		r.URL.Path = "/api/docs/"
	}
	docsPage().ServeHTTP(c.Response(), r)
	return nil
}

// leadToAdmin brings people who look for the administration to PocketBase's.
func leadToAdmin(c *call) error { return c.Redirect(http.StatusFound, "/_/") }
