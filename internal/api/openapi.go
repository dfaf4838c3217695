package api

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

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
	{"notifications", "What users are told."},
	{"candidates", "Job seekers that employers may see."},
	{"reviews", "Reviews of jobs, employers and people."},
	{"employers", "Companies."},
	{"reports", "Reports and figures for admins."},
	{"documentation", "This documentation."},
}

// Document is the OpenAPI 3.1 document of the REST API as JSON, made from the list of routes and from the definitions of
// the collections.
func Document() ([]byte, error) {
	doc := &v3.Document{
		Version: "3.1.0",
		Info: &base.Info{
			Title:   "Job board REST API",
			Version: "1.0.0",
			Description: "Every path also answers with a slash at its end. Errors have the shape of PocketBase's: " +
				"`{\"status\", \"message\", \"data\": {field: {\"code\", \"message\"}}}`. HEAD answers wherever GET does. " +
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
		Description: "The token of a login. The bare token without Bearer is taken too."})
	for _, tag := range tags {
		doc.Tags = append(doc.Tags, &base.Tag{Name: tag.name, Description: tag.text})
	}
	schemas := map[string]*base.Schema{}
	if err := recordSchemas(schemas); err != nil {
		return nil, err
	}
	shapes(schemas)
	for _, r := range routes() {
		item, ok := doc.Paths.PathItems.Get(r.path)
		if !ok {
			item = &v3.PathItem{}
			doc.Paths.PathItems.Set(r.path, item)
		}
		operation := r.operation(schemas)
		switch r.method {
		case http.MethodGet:
			item.Get = operation
		case http.MethodPost:
			item.Post = operation
		case http.MethodPut:
			item.Put = operation
		case http.MethodPatch:
			item.Patch = operation
		case http.MethodDelete:
			item.Delete = operation
		default:
			return nil, fmt.Errorf("the document knows no %s", r.method)
		}
	}
	names := make([]string, 0, len(schemas))
	for name := range schemas {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		doc.Components.Schemas.Set(name, base.CreateSchemaProxy(schemas[name]))
	}
	return doc.RenderJSON("  ")
}

// operation describes one route. It adds the list and form schemas that the route needs.
func (r route) operation(schemas map[string]*base.Schema) *v3.Operation {
	o := &v3.Operation{
		Tags:        []string{r.tag()},
		OperationId: r.id,
		Summary:     strings.TrimSuffix(r.summary, "."),
		Description: "Who may: " + r.access.description,
		Responses:   &v3.Responses{Codes: orderedmap.New[string, *v3.Response]()},
		Security:    []*base.SecurityRequirement{},
	}
	if !r.access.login {
		o.Security = append(o.Security, &base.SecurityRequirement{ContainsEmptyRequirement: true, Requirements: orderedmap.New[string, []string]()})
	}
	needsToken := &base.SecurityRequirement{Requirements: orderedmap.New[string, []string]()}
	needsToken.Requirements.Set("token", []string{})
	o.Security = append(o.Security, needsToken)

	for _, name := range r.pathParams() {
		o.Parameters = append(o.Parameters, &v3.Parameter{Name: name, In: "path", Required: yesPointer(),
			Description: "The " + strings.ReplaceAll(strings.TrimSuffix(name, "_id"), "_", " ") + "'s id.",
			Schema:      base.CreateSchemaProxy(&base.Schema{Type: []string{"string"}, Examples: []*yaml.Node{node("r4nd0m1dr4nd0m1")}})})
	}
	for _, p := range r.query {
		o.Parameters = append(o.Parameters, p.parameter())
	}
	if r.body.schema != "" {
		content := orderedmap.New[string, *v3.MediaType]()
		content.Set(jsonMedia, &v3.MediaType{Schema: ref(r.body.schema)})
		form := r.body.schema
		if r.body.files {
			form += "Form"
			schemas[form] = formSchema(schemas[r.body.schema])
		}
		content.Set(formMedia, &v3.MediaType{Schema: ref(form)})
		required := len(schemas[r.body.schema].Required) > 0
		o.RequestBody = &v3.RequestBody{Content: content, Required: &required}
	}
	o.Responses.Codes.Set(strconv.Itoa(r.response.status), r.describeResponse(r.response.status, schemas))
	if r.response.alsoStatus != 0 {
		o.Responses.Codes.Set(strconv.Itoa(r.response.alsoStatus), r.describeResponse(r.response.alsoStatus, schemas))
	}
	for _, status := range r.errors() {
		response := &v3.Response{Reference: "#/components/responses/" + errorNames[status]}
		if status == http.StatusConflict {
			response = errorResponse(r.conflict.when, status, r.conflict.field, r.conflict.code, r.conflict.when)
		}
		o.Responses.Codes.Set(strconv.Itoa(status), response)
	}
	return o
}

// errors lists the statuses that a route may refuse with.
func (r route) errors() []int {
	list := []int{http.StatusBadRequest}
	if !r.access.ignoresToken || r.id == "replacePassword" || r.id == "changePassword" {
		list = append(list, http.StatusUnauthorized)
	}
	if len(r.access.roles) > 0 {
		list = append(list, http.StatusForbidden)
	}
	if len(r.pathParams()) > 0 {
		list = append(list, http.StatusNotFound)
	}
	if r.conflict.when != "" {
		list = append(list, http.StatusConflict)
	}
	if r.takesBody() {
		list = append(list, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	list = append(list, http.StatusTooManyRequests, http.StatusServiceUnavailable)
	if r.method != http.MethodGet {
		list = append(list, http.StatusInsufficientStorage)
	}
	return list
}

func (r route) describeResponse(status int, schemas map[string]*base.Schema) *v3.Response {
	response := &v3.Response{Description: r.response.description}
	if response.Description == "" {
		response.Description = http.StatusText(status) + "."
	}
	if status == http.StatusCreated || status == http.StatusFound || status == http.StatusAccepted {
		response.Headers = orderedmap.New[string, *v3.Header]()
		response.Headers.Set("Location", &v3.Header{Description: "Where it is.", Schema: base.CreateSchemaProxy(stringSchema(""))})
	}
	if status == http.StatusNoContent || status == http.StatusFound {
		return response
	}
	response.Content = orderedmap.New[string, *v3.MediaType]()
	switch {
	case r.response.list:
		name := r.response.schema + "List"
		schemas[name] = listSchema(r.response.schema)
		response.Content.Set(jsonMedia, &v3.MediaType{Schema: ref(name)})
	case r.response.schema != "":
		media := r.response.media
		if media == "" {
			media = jsonMedia
		}
		response.Content.Set(media, &v3.MediaType{Schema: ref(r.response.schema)})
	default:
		for media := range strings.SplitSeq(r.response.media, ",") {
			response.Content.Set(media, &v3.MediaType{Schema: base.CreateSchemaProxy(stringSchema("The content."))})
		}
	}
	return response
}

func (p param) parameter() *v3.Parameter {
	kind := p.jsonType
	if kind == "" {
		kind = "string"
	}
	schema := &base.Schema{Type: []string{kind}}
	for _, option := range p.enum {
		schema.Enum = append(schema.Enum, node(option))
	}
	if kind == "boolean" { // 1 and 0, as well as true and false
		schema = &base.Schema{Type: []string{"string"}, Enum: []*yaml.Node{node("1"), node("0"), node("true"), node("false")}}
	}
	if p.example != nil {
		schema.Examples = []*yaml.Node{node(p.example)}
	}
	in := p.in
	if in == "" {
		in = "query"
	}
	parameter := &v3.Parameter{Name: p.name, In: in, Description: p.description, Schema: base.CreateSchemaProxy(schema)}
	if p.multiple {
		parameter.Description += " Repeated or joined by commas: any of them."
		parameter.Schema = base.CreateSchemaProxy(array(base.CreateSchemaProxy(schema)))
		parameter.Style = "form"
		explode := true
		parameter.Explode = &explode
	}
	return parameter
}

var errorNames = map[int]string{
	http.StatusBadRequest:            "BadRequest",
	http.StatusUnauthorized:          "Unauthorized",
	http.StatusForbidden:             "Forbidden",
	http.StatusNotFound:              "NotFound",
	http.StatusRequestEntityTooLarge: "TooLarge",
	http.StatusUnsupportedMediaType:  "UnsupportedMediaType",
	http.StatusTooManyRequests:       "TooManyRequests",
	http.StatusServiceUnavailable:    "Unavailable",
	http.StatusInsufficientStorage:   "DiskFull",
}

func errorResponses() *orderedmap.Map[string, *v3.Response] {
	all := orderedmap.New[string, *v3.Response]()
	all.Set("BadRequest", errorResponse("The request is wrong; data names the fields.", 400, "title", "validation_required", "Cannot be blank."))
	all.Set("Unauthorized", errorResponse("A login is needed, or the token is dead.", 401, "", "", "This request needs a login."))
	all.Set("Forbidden", errorResponse("The caller's role can never do this.", 403, "", "", "You are not allowed to perform this request."))
	all.Set("NotFound", errorResponse("Absent, or not for the caller's eyes.", 404, "", "", "The requested resource wasn't found."))
	all.Set("TooLarge", errorResponse("The body or a file is too large.", 413, "", "", "Request entity too large."))
	all.Set("UnsupportedMediaType", errorResponse("The body is neither JSON nor a form.", 415, "", "", "The body must be application/json, multipart/form-data or application/x-www-form-urlencoded."))
	limited := errorResponse("Too many requests.", 429, "", "", "Too Many Requests.")
	limited.Headers = orderedmap.New[string, *v3.Header]()
	for _, header := range [][2]string{
		{"Retry-After", "Seconds to wait."}, {"RateLimit-Limit", "Requests in a window."}, {"RateLimit-Remaining", "What is left of them."},
		{"RateLimit-Reset", "Seconds until they are all there again."},
	} {
		limited.Headers.Set(header[0], integerHeader(header[1]))
	}
	all.Set("TooManyRequests", limited)
	unavailable := errorResponse("The board is busy, or can't reach its data.", 503, "", "", "The board is busy. Try again in a moment.")
	unavailable.Headers = orderedmap.New[string, *v3.Header]()
	unavailable.Headers.Set("Retry-After", integerHeader("Seconds to wait."))
	all.Set("Unavailable", unavailable)
	all.Set("DiskFull", errorResponse("The board's disk is full; nothing was changed.", 507, "", "", "The board's disk is full. Nothing was changed."))
	return all
}

func integerHeader(description string) *v3.Header {
	return &v3.Header{Description: description, Schema: base.CreateSchemaProxy(&base.Schema{Type: []string{"integer"}})}
}

func errorResponse(description string, status int, field, code, message string) *v3.Response {
	data := map[string]any{}
	if field != "" {
		data[field] = map[string]any{"code": code, "message": message}
		message = "Failed to create record."
	}
	content := orderedmap.New[string, *v3.MediaType]()
	content.Set(jsonMedia, &v3.MediaType{Schema: ref("Error"), Example: node(map[string]any{"status": status, "message": message, "data": data})})
	return &v3.Response{Description: description, Content: content}
}

func node(value any) *yaml.Node {
	n := &yaml.Node{}
	if err := n.Encode(value); err != nil {
		panic(err) // constants of this package
	}
	return n
}

func yesPointer() *bool { v := true; return &v }

func ref(name string) *base.SchemaProxy {
	return base.CreateSchemaProxyRef("#/components/schemas/" + name)
}
