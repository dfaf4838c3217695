// Package openapi describes the REST API as an OpenAPI 3.1 document. It is given the operations, and makes the schemas of what they
// carry from the definitions of the collections.
package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
)

const (
	jsonMedia = "application/json"
	formMedia = "multipart/form-data"
)

var tags = []tagObject{
	{"auth", "Registration, login and passwords."},
	{"users", "Accounts and what belongs to a person."},
	{"jobs", "Jobs: search, publish, close."},
	{"applications", "Applications and their way through the stages."},
	{"saved", "Jobs and searches that job seekers have saved."},
	{"notifications", "Notifications of users."},
	{"candidates", "Job seekers that employers may see."},
	{"reviews", "Reviews of jobs, employers and people."},
	{"employers", "Companies."},
	{"reports", "Reports and figures for admins."},
	{"api-keys", "Keys for programs."},
	{"events", "What has happened, in the order of the commits."},
	{"webhooks", "Events as messages, signed by Standard Webhooks."},
	{"compat", "Published jobs in the shapes of other systems, for career pages made for them."},
	{"board", "The set-up of the board."},
	{"documentation", "This documentation."},
}

// Document returns the document of the operations as JSON, with their paths in the order in which they come.
func Document(operations []Operation) ([]byte, error) {
	doc := emptyDocument()
	schemas := map[string]*schemaObject{}
	if err := addRecordSchemas(schemas); err != nil {
		return nil, err
	}
	addInputShapes(schemas)
	addResponseShapes(schemas)
	addCompatShapes(schemas)
	for _, o := range operations {
		path, ok := doc.Paths.get(o.Path)
		if !ok {
			path = &pathItemObject{}
			doc.Paths.set(o.Path, path)
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
	doc.Components.Schemas = schemas
	raw := &bytes.Buffer{}
	encoder := json.NewEncoder(raw)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(doc); err != nil {
		return nil, fmt.Errorf("encode the document: %w", err)
	}
	return raw.Bytes(), nil
}

// emptyDocument returns the document without its operations and schemas.
func emptyDocument() *documentObject {
	return &documentObject{
		OpenAPI: "3.1.0",
		Info: infoObject{
			Title:   "Job board REST API",
			Version: "1.0.0",
			Description: "Every path also works with a slash at its end. Errors have the shape of PocketBase's: " +
				"`{\"status\", \"message\", \"data\": {field: {\"code\", \"message\"}}}`. HEAD works wherever GET does. " +
				"PocketBase's own API, with the same rules, is under `/api/collections`.",
			License: licenseObject{Name: "MIT", Identifier: "MIT"},
		},
		Servers: []serverObject{{URL: "/", Description: "This board."}},
		Components: componentsObject{
			Responses: errorResponses(),
			SecuritySchemes: map[string]securityScheme{
				"token": {Type: "http", Scheme: "bearer",
					Description: "The token of a login. The token alone, without Bearer, is accepted too."},
				"apiKey": {Type: "http", Scheme: "bearer",
					Description: "An API key, which begins with jb_, for programs. It needs the scope that the operation names."},
			},
		},
		Tags: tags,
	}
}
