package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"jobboard/internal/testapp"
)

// openAPI is the OpenAPI document as a client reads it. Its schemas are JSON Schema, and checked by a validator of that.
type openAPI struct {
	root    map[string]any
	schemas *jsonschema.Compiler
}

const documentName = "openapi.json"

func readOpenAPI(t *testing.T, raw []byte) *openAPI {
	t.Helper()
	root, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	if err := compiler.AddResource(documentName, root); err != nil {
		t.Fatal(err)
	}
	return &openAPI{root.(map[string]any), compiler}
}

// node is a part of the document and the names that lead to it.
type node struct {
	names []string
	value map[string]any
}

var escapePointer = strings.NewReplacer("~", "~0", "/", "~1")

// pointer returns the JSON pointer to the node.
func (n node) pointer() string {
	pointer := ""
	for _, name := range n.names {
		pointer += "/" + escapePointer.Replace(name)
	}
	return pointer
}

// at returns the names of what is below the node.
func (n node) at(names ...string) []string { return slices.Concat(n.names, names) }

// find returns the object at the names, one below the other, with references followed.
func (d *openAPI) find(names ...string) (node, bool) {
	found := node{value: d.root}
	for _, name := range names {
		inner, ok := found.value[name].(map[string]any)
		if !ok {
			return node{}, false
		}
		found = node{found.at(name), inner}
		if ref, ok := inner["$ref"].(string); ok {
			if found, ok = d.find(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...); !ok {
				return node{}, false
			}
		}
	}
	return found, true
}

// compile returns the schema at a pointer.
func (d *openAPI) compile(pointer string) (*jsonschema.Schema, error) {
	return d.schemas.Compile(documentName + "#" + (&url.URL{Path: pointer}).EscapedPath())
}

// validate checks a value against the schema of the node.
func (d *openAPI) validate(parent node, value any) error {
	schema, err := d.compile(parent.pointer() + "/schema")
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

// content returns the description of a body of this media type.
func (d *openAPI) content(parent node, media string) (node, error) {
	described, _ := parent.value["content"].(map[string]any)
	for _, name := range []string{media, "*/*"} {
		if inner, ok := described[name].(map[string]any); ok {
			return node{parent.at("content", name), inner}, nil
		}
	}
	return node{}, fmt.Errorf("the document has no %s at %s", media, parent.pointer())
}

// checkBody checks a body that is JSON against its schema, and of others that the document names their media type.
func (d *openAPI) checkBody(parent node, header http.Header, body []byte) error {
	media, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		return err
	}
	content, err := d.content(parent, media)
	if err != nil || media != "application/json" && !strings.HasSuffix(media, "+json") {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return err
	}
	return d.validate(content, value)
}

// checkRequest checks the parameters of the query and the body against the operation.
func (d *openAPI) checkRequest(operation node, request *http.Request) error {
	for name, values := range request.URL.Query() {
		parameter, ok := d.parameter(operation, name)
		if !ok {
			return fmt.Errorf("the document has no parameter %s", name)
		}
		if err := d.validate(parameter, parameterValue(parameter, values)); err != nil {
			return fmt.Errorf("parameter %s: %w", name, err)
		}
	}
	raw, err := io.ReadAll(request.Body)
	if err != nil || len(raw) == 0 {
		return err
	}
	body, ok := d.find(operation.at("requestBody")...)
	if !ok {
		return fmt.Errorf("the document has no body of %s", operation.pointer())
	}
	return d.checkBody(body, request.Header, raw)
}

func (d *openAPI) parameter(operation node, name string) (node, bool) {
	all, _ := operation.value["parameters"].([]any)
	for i, one := range all {
		described := one.(map[string]any)
		if described["name"] == name && described["in"] == "query" {
			return node{operation.at("parameters", strconv.Itoa(i)), described}, true
		}
	}
	return node{}, false
}

// parameterValue reads the texts of a query as the parameter's schema means them.
func parameterValue(parameter node, texts []string) any {
	schema := parameter.value["schema"].(map[string]any)
	if schema["type"] == "array" {
		var values []any
		for _, text := range texts {
			for part := range strings.SplitSeq(text, ",") {
				values = append(values, part)
			}
		}
		return values
	}
	if number := json.Number(texts[0]); schema["type"] == "integer" || schema["type"] == "number" {
		return number
	}
	return texts[0]
}

// checkResponse checks status and body against the operation.
func (d *openAPI) checkResponse(operation node, got testapp.Response) error {
	response, ok := d.find(operation.at("responses", strconv.Itoa(got.Status))...)
	if !ok {
		return fmt.Errorf("the document has no status %d at %s", got.Status, operation.pointer())
	}
	if response.value["content"] == nil {
		if got.Raw != "" && got.Status != http.StatusFound {
			return fmt.Errorf("the document has no body of status %d at %s", got.Status, operation.pointer())
		}
		return nil
	}
	return d.checkBody(response, got.Header, []byte(got.Raw))
}
