// Package openapi describes the REST API as an OpenAPI 3.1 document. It is given the operations, and makes the schemas of what they
// carry from the definitions of the collections.
package openapi

import (
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/pb33f/go-yaml"
	"github.com/pb33f/libopenapi/datamodel/high/base"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
	"github.com/pb33f/libopenapi/orderedmap"
)

const (
	jsonMedia = "application/json"
	formMedia = "multipart/form-data"
)

var tags = []struct{ name, text string }{
	{"auth", "Registration, login and passwords."},
	{"users", "Accounts and what belongs to a person."},
	{"jobs", "Jobs: search, publish, close."},
	{"applications", "Applications and their way through the stages."},
	{"notifications", "Notifications of users."},
	{"candidates", "Job seekers that employers may see."},
	{"reviews", "Reviews of jobs, employers and people."},
	{"employers", "Companies."},
	{"reports", "Reports and figures for admins."},
	{"documentation", "This documentation."},
}

// Document returns the document of the operations as JSON, with their paths in the order in which they come.
func Document(operations []Operation) ([]byte, error) {
	doc := emptyDocument()
	schemas := map[string]*base.Schema{}
	if err := addRecordSchemas(schemas); err != nil {
		return nil, err
	}
	addInputShapes(schemas)
	addResponseShapes(schemas)
	for _, o := range operations {
		path, ok := doc.Paths.PathItems.Get(o.Path)
		if !ok {
			path = &v3.PathItem{}
			doc.Paths.PathItems.Set(o.Path, path)
		}
		described := o.describe(schemas)
		switch o.Method {
		case http.MethodGet:
			path.Get = described
		case http.MethodPost:
			path.Post = described
		case http.MethodPut:
			path.Put = described
		case http.MethodPatch:
			path.Patch = described
		case http.MethodDelete:
			path.Delete = described
		default:
			return nil, fmt.Errorf("describe %s %s: the method is not known", o.Method, o.Path)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		doc.Components.Schemas.Set(name, inline(schemas[name]))
	}
	return doc.RenderJSON("  ")
}

// emptyDocument returns the document without its operations and schemas.
func emptyDocument() *v3.Document {
	doc := &v3.Document{
		Version: "3.1.0",
		Info: &base.Info{
			Title:   "Job board REST API",
			Version: "1.0.0",
			Description: "Every path also works with a slash at its end. Errors have the shape of PocketBase's: " +
				"`{\"status\", \"message\", \"data\": {field: {\"code\", \"message\"}}}`. HEAD works wherever GET does. " +
				"PocketBase's own API, with the same rules, is under `/api/collections`.",
			License: &base.License{Name: "MIT", Identifier: "MIT"},
		},
		Servers: []*v3.Server{{URL: "/", Description: "This board."}},
		Paths:   &v3.Paths{PathItems: orderedmap.New[string, *v3.PathItem]()},
		Components: &v3.Components{
			Schemas:         orderedmap.New[string, *base.SchemaProxy](),
			Responses:       errorResponses(),
			SecuritySchemes: orderedmap.New[string, *v3.SecurityScheme](),
		},
	}
	doc.Components.SecuritySchemes.Set("token", &v3.SecurityScheme{Type: "http", Scheme: "bearer",
		Description: "The token of a login. The token alone, without Bearer, is accepted too."})
	for _, tag := range tags {
		doc.Tags = append(doc.Tags, &base.Tag{Name: tag.name, Description: tag.text})
	}
	return doc
}

// node returns a constant of this package, such as an example, as the document holds it.
func node(value any) *yaml.Node {
	n := &yaml.Node{}
	if err := n.Encode(value); err != nil {
		panic(err)
	}
	return n
}
