package api

import (
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"

	"jobboard/internal/api/openapi"
	"jobboard/internal/problem"
)

// routes returns the whole REST API. Nothing is served that is not listed here.
func routes() []route {
	return slices.Concat(
		authRoutes(),
		userRoutes(),
		jobRoutes(),
		jobLifeRoutes(),
		jobStatsRoutes(),
		applicationRoutes(),
		savedRoutes(),
		notificationRoutes(),
		candidateRoutes(),
		recommendationRoutes(),
		reviewRoutes(),
		employerRoutes(),
		reportRoutes(),
		apiKeyRoutes(),
		boardRoutes(),
		eventRoutes(),
		webhookRoutes(),
		ignoringUnknown(compatRoutes()),
		ignoringUnknown(documentRoutes()),
	)
}

// route is one method of one path. The router, the guard, the OpenAPI document and the tests are made from the routes.
type route struct {
	method   string
	path     string // without the trailing slash, which is optional on every path
	id       string // operation id
	summary  string // one sentence
	access   access
	scope    string // that an API key needs; "" is of routes that no key may use
	query    params
	body     openapi.Body
	response openapi.Response
	conflict openapi.Conflict
	gone     string // when the route answers 410; "" for never
	handler  func(c *call) error

	ignoresUnknown bool // query parameters
}

// ignoringUnknown returns routes to which addresses lead that the board didn't make, such as those of pages made for another system. They
// ignore query parameters that they don't have.
func ignoringUnknown(routes []route) []route {
	for i := range routes {
		routes[i].ignoresUnknown = true
	}
	return routes
}

// anyScope is the scope of routes that every API key may use.
const anyScope = openapi.AnyScope

func bodyOf(schema string) openapi.Body       { return openapi.Body{Schema: schema} }
func bodyOrFormOf(schema string) openapi.Body { return openapi.Body{Schema: schema, Files: true} }

func ok(schema string) openapi.Response {
	return openapi.Response{Status: http.StatusOK, Schema: schema}
}

func okList(schema string) openapi.Response {
	return openapi.Response{Status: http.StatusOK, Schema: schema, List: true}
}

func created(schema string) openapi.Response {
	return openapi.Response{Status: http.StatusCreated, Schema: schema}
}

var noContent = openapi.Response{Status: http.StatusNoContent}

// Conflicts of several routes.
var (
	addressTaken     = openapi.Conflict{When: "This address already has an account.", Field: "email", Code: problem.NotUnique}
	slugTaken        = openapi.Conflict{When: "The slug is taken.", Field: "slug", Code: problem.NotUnique}
	changedMeanwhile = openapi.Conflict{
		When:  "Somebody else has just changed the status.",
		Field: "status", Code: problem.ChangedMeanwhile,
	}
)

// readsBody reports whether the route reads a body. A body that is sent to another route is ignored.
func (r route) readsBody() bool { return r.method != http.MethodGet && r.method != http.MethodDelete }

// operation returns what the OpenAPI document says about the route.
func (r route) operation() openapi.Operation {
	var refuses []int
	if !r.access.ignoresToken || r.access.handlerAsksForLogin || r.access.secondFactor {
		refuses = append(refuses, http.StatusUnauthorized)
	}
	if !r.access.ignoresToken || len(r.access.roles) > 0 || r.access.handlerRefusesRoles { // every key may lack the scope
		refuses = append(refuses, http.StatusForbidden)
	}
	return openapi.Operation{
		Method:     r.method,
		Path:       r.path,
		ID:         r.id,
		Summary:    r.summary,
		Callers:    r.access.description,
		NeedsLogin: r.access.login,
		Scope:      r.scope,
		Refuses:    refuses,
		ReadsBody:  r.readsBody(),
		Query:      r.query,
		Body:       r.body,
		Response:   r.response,
		Conflict:   r.conflict,
		Gone:       r.gone,
	}
}

// Document returns the OpenAPI document of the REST API as JSON.
func Document() ([]byte, error) {
	var operations []openapi.Operation
	for _, r := range routes() {
		operations = append(operations, r.operation())
	}
	return openapi.Document(operations)
}

// echoPath returns the path in Echo's form, such as /api/jobs/:job_id.
func (r route) echoPath() string {
	return strings.NewReplacer("{", ":", "}", "").Replace(r.path)
}

// fixedWords returns the words that other routes have where this route's path ends with an id, such as search in /api/jobs/search, each
// with the methods that are allowed there. A word is never taken for an id, not even with a method that it doesn't allow.
func (r route) fixedWords() map[string][]string {
	words := map[string][]string{}
	if !strings.HasSuffix(r.path, "}") {
		return words
	}
	for _, other := range routes() {
		if word := path.Base(other.path); path.Dir(other.path) == path.Dir(r.path) && !strings.HasSuffix(word, "}") {
			words[word] = append(words[word], other.method)
		}
	}
	for word, methods := range words {
		if slices.Contains(methods, r.method) {
			delete(words, word)
		} else {
			words[word] = append(methods, http.MethodOptions)
		}
	}
	return words
}

// prefixes returns the first two words of every path. What begins with one of them PocketBase's router hands to Echo. It is asked with
// each request, so the routes are looked through once.
var prefixes = sync.OnceValue(func() []string {
	var list []string
	for _, r := range routes() {
		parts := strings.Split(r.path, "/")
		if prefix := strings.Join(parts[:min(len(parts), 3)], "/"); !slices.Contains(list, prefix) {
			list = append(list, prefix)
		}
	}
	return list
})
