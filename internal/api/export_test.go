package api

import "strings"

// Line is a route as tests see it.
type Line struct {
	Method, Path, ID    string
	Login, IgnoresToken bool
	Roles               []string
	Body                bool // whether one is read
	// Conflict is the field and code of the 409 that the document shows, or "" if there is none.
	Conflict string
}

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
			Conflict:     strings.TrimSpace(r.conflict.Field + " " + r.conflict.Code),
		})
	}
	return lines
}
