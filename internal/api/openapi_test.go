package api_test

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"jobboard/internal/api"
)

// document is made once for all tests.
var document = sync.OnceValues(api.Document)

// A linter checks the document as a whole: e2e/document.test.js.
func TestSchemasOfTheDocumentAreValid(t *testing.T) {
	raw, err := document()
	if err != nil {
		t.Fatal(err)
	}
	if path := os.Getenv("OPENAPI_OUT"); path != "" { // for the linter and the type generator
		if err := os.WriteFile(path, raw, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	described := readOpenAPI(t, raw)
	schemas, _ := described.find("components", "schemas")
	if len(schemas.value) < 50 {
		t.Errorf("the document has %d schemas", len(schemas.value))
	}
	for name := range schemas.value {
		if _, err := described.compile(schemas.pointer() + "/" + name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDocumentationPageWorksWithoutInternet(t *testing.T) {
	board := newBoard(t)
	for _, path := range []string{"/api/docs", "/api/docs/"} {
		page := board.Call(nil, "GET", path, nil)
		if page.Status != 200 || !strings.Contains(page.Raw, "/api/openapi.json") {
			t.Fatalf("GET %s: %d %.300s", path, page.Status, page.Raw)
		}
		if strings.Contains(page.Raw, `src="http`) || strings.Contains(page.Raw, `href="http`) {
			t.Errorf("GET %s loads something from elsewhere", path)
		}
		for _, asset := range []string{"swagger-ui.css", "swagger-ui-bundle.js"} {
			if !strings.Contains(page.Raw, "/api/docs/"+asset) {
				t.Errorf("GET %s does not name %s", path, asset)
			}
			if got := board.Call(nil, "GET", "/api/docs/"+asset, nil); got.Status != 200 {
				t.Errorf("GET /api/docs/%s: %d", asset, got.Status)
			}
		}
	}
}

func TestEveryOperationIsDescribed(t *testing.T) {
	raw, err := document()
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		Tags       []struct{ Name, Description string }
		Paths      map[string]map[string]describedOperation
		Components struct{ Responses map[string]describedResponse }
	}
	if err := json.Unmarshal(raw, &read); err != nil {
		t.Fatal(err)
	}
	described := map[string]bool{}
	for _, tag := range read.Tags {
		described[tag.Name] = tag.Description != ""
	}
	for _, line := range api.Lines() {
		operation, ok := read.Paths[line.Path][strings.ToLower(line.Method)]
		if !ok {
			t.Fatalf("the document lacks %s %s", line.Method, line.Path)
		}
		if operation.OperationID != line.ID || operation.Summary == "" || len(operation.Tags) != 1 || !described[operation.Tags[0]] {
			t.Errorf("%s %s: id %q, summary %q, tags %v", line.Method, line.Path, operation.OperationID, operation.Summary, operation.Tags)
		}
		guest, token, scope := len(operation.Security) == 0, false, ""
		for _, way := range operation.Security {
			_, bearer := way["token"]
			guest, token = guest || len(way) == 0, token || bearer
			scope += strings.Join(way["apiKey"], " ")
		}
		if guest == line.Login || token != line.Login {
			t.Errorf("%s %s: the document lets guests in: %v, tokens: %v", line.Method, line.Path, guest, token)
		}
		if line.Login && scope != line.Scope {
			t.Errorf("%s %s: the document asks keys for the scope %q, want %q", line.Method, line.Path, scope, line.Scope)
		}
		for code, answer := range operation.Responses {
			if code < "400" {
				continue
			}
			if name, ok := strings.CutPrefix(answer.Ref, "#/components/responses/"); ok {
				answer = read.Components.Responses[name]
			}
			content := answer.Content["application/json"]
			if content.Schema == nil || strconv.Itoa(content.Example.Status) != code {
				t.Errorf("%s %s: %s has the schema %v and an example with the status %d", line.Method, line.Path, code, content.Schema,
					content.Example.Status)
			}
		}
	}
}

type (
	describedOperation struct {
		OperationID string `json:"operationId"`
		Summary     string
		Tags        []string
		Security    []map[string][]string
		Responses   map[string]describedResponse
	}
	describedResponse struct {
		Ref     string `json:"$ref"`
		Content map[string]struct {
			Schema  any
			Example struct{ Status int }
		}
	}
)
