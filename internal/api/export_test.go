package api

import "strings"

// Line is a line of the route list as tests see it.
type Line struct {
	Method, Path, ID    string
	Login, IgnoresToken bool
	Roles               []string
	Body                bool // is one read
	// Clash is the field and code of the 409 that the document shows, "" where there is none.
	Conflict string
}

// Lines is the route list.
func Lines() []Line {
	var lines []Line
	for _, r := range routes() {
		lines = append(lines, Line{r.method, r.path, r.id, r.access.login, r.access.ignoresToken, r.access.roles, r.readsBody(), strings.TrimSpace(r.conflict.Field + " " + r.conflict.Code)})
	}
	return lines
}
