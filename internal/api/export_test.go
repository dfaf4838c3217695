package api

import (
	"slices"
	"strings"

	"jobboard/internal/api/openapi"
)

// Line is a route as tests see it.
type Line struct {
	Method, Path, ID    string
	Login, IgnoresToken bool
	Roles               []string
	Body                bool // whether one is read
	// Conflict is the field and code of the 409 that the document shows, or "" if there is none.
	Conflict string
	Scope    string // that an API key needs
	// Documented says that a body is described.
	Documented bool
}

// AnyScope is the scope of routes that every API key may use.
const AnyScope = anyScope

// Lines returns the routes.
func Lines() []Line {
	var lines []Line
	for _, r := range routes() {
		lines = append(lines, Line{
			Method:       r.method,
			Path:         r.path,
			ID:           r.id,
			Login:        r.access.login,
			IgnoresToken: r.access.ignoresToken,
			Roles:        r.access.roles,
			Body:         r.readsBody(),
			Scope:        r.scope,
			Documented:   r.body.Schema != "",
			Conflict:     strings.TrimSpace(r.conflict.Field + " " + r.conflict.Code),
		})
	}
	return lines
}

// QueryNames returns the query parameters of an operation.
func QueryNames(id string) []string {
	all := routes()
	return all[slices.IndexFunc(all, func(r route) bool { return r.id == id })].queryNames()
}

// WithoutRecordParams returns the operations that answer with records but don't take the parameters of every record.
func WithoutRecordParams() []string {
	var ids []string
	for _, r := range routes() {
		names := r.queryNames()
		if openapi.CollectionOf(r.response.Schema) != "" && !(slices.Contains(names, "expand") && slices.Contains(names, "fields")) {
			ids = append(ids, r.id)
		}
	}
	return ids
}
