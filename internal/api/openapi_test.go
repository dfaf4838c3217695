package api_test

import (
	"os"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"

	"jobboard/internal/api"
)

func TestDocumentIsValidOpenAPI(t *testing.T) {
	raw, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
	if path := os.Getenv("OPENAPI_OUT"); path != "" { // for the linter and the type generator
		if err := os.WriteFile(path, raw, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	document, err := libopenapi.NewDocument(raw)
	if err != nil {
		t.Fatal(err)
	}
	check, errs := validator.NewValidator(document)
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
