package openapi

import (
	"net/http"
	"strconv"
	"strings"
)

// Operation is what the document says about one method of one path.
type Operation struct {
	Method, Path string // the path with its parameters in braces, without a trailing slash
	ID           string
	Summary      string // one sentence
	Callers      string // who may call it, as one sentence
	NeedsLogin   bool
	Scope        string // that an API key needs; "" if no key may call it
	Refuses      []int  // statuses that only some operations answer with: 401, 403
	ReadsBody    bool
	Query        []Param
	Body         Body
	Response     Response
	Conflict     Conflict
	Gone         string // when it answers 410; "" for never
}

// AnyScope is the scope of operations that every API key may call.
const AnyScope = "any"

// Param is a parameter of an operation.
type Param struct {
	Name        string
	In          string // where it stands; "" is the query
	Type        string // of JSON; "" is string
	Multiple    bool   // may be repeated or joined by commas: any of the values
	Enum        []string
	Description string
	Example     any
}

// Body is what an operation is sent. Without a schema it is sent nothing.
type Body struct {
	Schema string // its name in components.schemas
	Files  bool   // a form with files may be sent instead of JSON
}

// Response is what an operation answers with when it succeeds.
type Response struct {
	Status      int
	AlsoStatus  int    // another status that it may have; 0 for none
	Schema      string // its name in components.schemas; "" for none
	List        bool   // the records of the schema come in a list
	Media       string // media types, joined by commas; "" is JSON
	Description string // "" is the text of the status
}

// Conflict is when an operation answers 409, and the field and code in that answer. The zero Conflict means that it never does.
type Conflict struct{ When, Field, Code string }

// describe returns the operation as the document holds it, and adds the schemas that it alone needs: those of lists and forms.
func (o Operation) describe(schemas map[string]*schemaObject) *operationObject {
	described := &operationObject{
		Tags:        []string{o.tag()},
		OperationID: o.ID,
		Summary:     strings.TrimSuffix(o.Summary, "."),
		Description: o.description(),
		Security:    o.security(),
	}
	for _, name := range o.pathParams() {
		described.Parameters = append(described.Parameters, parameterObject{Name: name, In: "path", Required: true,
			Description: describePathParam(name),
			Schema:      &schemaObject{Type: types{"string"}, Examples: []any{"r4nd0m1dr4nd0m1"}}})
	}
	for _, p := range o.Query {
		described.Parameters = append(described.Parameters, p.describe())
	}
	if o.Body.Schema != "" {
		described.RequestBody = o.Body.describe(schemas)
	}
	for _, status := range []int{o.Response.Status, o.Response.AlsoStatus} {
		if status != 0 {
			described.Responses.set(strconv.Itoa(status), o.Response.describe(status, schemas))
		}
	}
	if o.Gone != "" {
		described.Responses.set(strconv.Itoa(http.StatusGone), errorResponse(http.StatusGone, o.Gone, "These events are no longer kept.", nil))
	}
	for _, status := range o.errors() {
		response := &responseObject{Ref: "#/components/responses/" + errorNames[status]}
		if status == http.StatusConflict {
			response = errorResponse(status, o.Conflict.When, "Failed to create record.",
				map[string]any{o.Conflict.Field: fieldError(o.Conflict.Code, o.Conflict.When)})
		}
		described.Responses.set(strconv.Itoa(status), response)
	}
	return described
}

// tag groups the operations by the resource in their path.
func (o Operation) tag() string {
	if strings.HasPrefix(o.Path, "/api/users/auth") {
		return "auth"
	}
	words := strings.Split(strings.Trim(o.Path, "/"), "/")
	for _, word := range words {
		switch word {
		case "applications", "notifications", "reviews":
			return word
		}
	}
	switch resource := words[min(len(words)-1, 1)]; resource {
	case "saved-jobs", "saved-searches":
		return "saved"
	case "openapi.json", "docs", "admin":
		return "documentation"
	default:
		return resource
	}
}

// description says who may call the operation.
func (o Operation) description() string {
	text := "Who may: " + o.Callers
	if o.Scope != "" && o.Scope != AnyScope {
		text += " API keys need the scope " + o.Scope + "."
	}
	return text
}

// security lists the ways of calling the operation. What anyone may call has no lock, although callers may be shown more with a token.
func (o Operation) security() []securityRequirement {
	if !o.NeedsLogin {
		return []securityRequirement{}
	}
	ways := []securityRequirement{{"token": {}}}
	if o.Scope != "" && o.Scope != AnyScope {
		ways = append(ways, securityRequirement{"apiKey": {o.Scope}})
	}
	return ways
}

// describePathParam returns "The job's id." for job_id, and "The employer's slug." for employer_slug.
func describePathParam(name string) string {
	what := "id"
	if owner, ok := strings.CutSuffix(name, "_slug"); ok {
		name, what = owner, "slug"
	}
	return "The " + strings.ReplaceAll(strings.TrimSuffix(name, "_id"), "_", " ") + "'s " + what + "."
}

// pathParams lists the names in the path.
func (o Operation) pathParams() []string {
	var names []string
	for part := range strings.SplitSeq(o.Path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			names = append(names, strings.TrimSuffix(name, "}"))
		}
	}
	return names
}

// errors lists the statuses that the operation may refuse with.
func (o Operation) errors() []int {
	list := append([]int{http.StatusBadRequest}, o.Refuses...)
	if len(o.pathParams()) > 0 {
		list = append(list, http.StatusNotFound)
	}
	if o.Conflict != (Conflict{}) {
		list = append(list, http.StatusConflict)
	}
	if o.ReadsBody {
		list = append(list, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	list = append(list, http.StatusTooManyRequests, http.StatusServiceUnavailable)
	if o.Method != http.MethodGet {
		list = append(list, http.StatusInsufficientStorage)
	}
	return list
}

func (p Param) describe() parameterObject {
	kind := p.Type
	if kind == "" {
		kind = "string"
	}
	schema := ofType(kind)
	schema.Enum = p.Enum
	if kind == "boolean" { // 1 and 0, as well as true and false
		schema = ofType("string")
		schema.Enum = []string{"1", "0", "true", "false"}
	}
	if p.Example != nil {
		schema.Examples = []any{p.Example}
	}
	in := p.In
	if in == "" {
		in = "query"
	}
	described := parameterObject{Name: p.Name, In: in, Description: p.Description, Schema: schema}
	if p.Multiple {
		described.Description += " Repeated or joined by commas: any of them."
		described.Schema = arrayOf(schema)
		described.Style, described.Explode = "form", true
	}
	return described
}

func (b Body) describe(schemas map[string]*schemaObject) *requestBodyObject {
	form := b.Schema
	if b.Files {
		form += "Form"
		schemas[form] = formSchema(schemas[b.Schema])
	}
	return &requestBodyObject{
		Content: members[mediaTypeObject]{
			{jsonMedia, mediaTypeObject{Schema: ref(b.Schema), Example: exampleOf(b.Schema)}},
			{formMedia, mediaTypeObject{Schema: ref(form)}},
		},
		Required: len(schemas[b.Schema].Required) > 0,
	}
}

// describe describes the response with one of its statuses.
func (r Response) describe(status int, schemas map[string]*schemaObject) *responseObject {
	described := &responseObject{Description: r.Description}
	if described.Description == "" {
		described.Description = http.StatusText(status) + "."
	}
	if status == http.StatusCreated || status == http.StatusFound || status == http.StatusAccepted {
		described.Headers.set("Location", headerObject{Description: "Where it is.", Schema: text("")})
	}
	if status == http.StatusNoContent || status == http.StatusFound {
		return described
	}
	schema := text("The content.")
	switch {
	case r.List:
		name := r.Schema + "List"
		schemas[name] = listOf(r.Schema)
		schema = ref(name)
	case r.Schema != "":
		schema = ref(r.Schema)
	}
	media := r.Media
	if media == "" {
		media = jsonMedia
	}
	for one := range strings.SplitSeq(media, ",") {
		described.Content.set(one, mediaTypeObject{Schema: schema})
	}
	return described
}
