package api_test

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"

	"jobboard/internal/api"
)

// document is made once for all tests.
var document = sync.OnceValues(api.Document)

func TestDocumentIsValidOpenAPI(t *testing.T) {
	raw, err := document()
	if err != nil {
		t.Fatal(err)
	}
	if path := os.Getenv("OPENAPI_OUT"); path != "" { // for the linter and the type generator
		if err := os.WriteFile(path, raw, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	parsed, err := libopenapi.NewDocument(raw)
	if err != nil {
		t.Fatal(err)
	}
	check, errs := validator.NewValidator(parsed)
	for _, err := range errs {
		t.Fatal(err)
	}
	if ok, problems := check.ValidateDocument(); !ok {
		for _, p := range problems {
			t.Errorf("%s: %s", p.Message, p.Reason)
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
	parsed, err := libopenapi.NewDocument(raw)
	if err != nil {
		t.Fatal(err)
	}
	model, err := parsed.BuildV3Model()
	if err != nil {
		t.Fatal(err)
	}
	described := map[string]bool{}
	for _, tag := range model.Model.Tags {
		described[tag.Name] = tag.Description != ""
	}
	for _, line := range api.Lines() {
		item, ok := model.Model.Paths.PathItems.Get(line.Path)
		if !ok {
			t.Fatalf("the document lacks %s", line.Path)
		}
		operation, ok := item.GetOperations().Get(strings.ToLower(line.Method))
		if !ok {
			t.Fatalf("the document lacks %s %s", line.Method, line.Path)
		}
		if operation.OperationId != line.ID || operation.Summary == "" || len(operation.Tags) != 1 || !described[operation.Tags[0]] {
			t.Errorf("%s %s: id %q, summary %q, tags %v", line.Method, line.Path, operation.OperationId, operation.Summary, operation.Tags)
		}
		guest := false
		token := false
		for _, way := range operation.Security {
			guest = guest || way.ContainsEmptyRequirement
			_, bearer := way.Requirements.Get("token")
			token = token || bearer
		}
		if guest == line.Login || !token {
			t.Errorf("%s %s: the document lets guests in: %v, tokens: %v", line.Method, line.Path, guest, token)
		}
		for code, answer := range operation.Responses.Codes.FromOldest() {
			if code < "400" {
				continue
			}
			content, ok := answer.Content.Get("application/json")
			if !ok || content.Example == nil || content.Schema == nil {
				t.Errorf("%s %s: %s has no schema or no example", line.Method, line.Path, code)
				continue
			}
			var example struct{ Status int }
			if err := content.Example.Decode(&example); err != nil || strconv.Itoa(example.Status) != code {
				t.Errorf("%s %s: the example of %s has the status %d (%v)", line.Method, line.Path, code, example.Status, err)
			}
		}
	}
}
