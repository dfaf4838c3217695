package api_test

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"jobboard/collections"
	"jobboard/internal/api"
	"jobboard/internal/api/openapi"
)

// exampleCallers are who sends the example of an operation, where the first who may call it may not send this one.
var exampleCallers = map[string]string{
	"createJob":               "rival", // who has one employer, which need not be named
	"changeApplicationStatus": "owner",
	"reviewUser":              "owner",
	"createAPIKey":            "owner",
	"createReport":            "admin",
	"replacePassword":         "owner",
	"changePassword":          "owner",
}

type documentedOperation struct {
	Parameters []struct {
		Name, In string
		Schema   struct {
			Type     any
			Examples []any
			Items    struct{ Examples []any }
		}
	}
	RequestBody struct {
		Content map[string]struct{ Example map[string]any }
	}
}

// TestExamplesOfTheDocumentWork sends every example of a body, and of a parameter, with the people and records that they name.
func TestExamplesOfTheDocumentWork(t *testing.T) {
	raw, err := document()
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		Paths map[string]map[string]documentedOperation
	}
	if err := json.Unmarshal(raw, &read); err != nil {
		t.Fatal(err)
	}
	s := newScene(t)
	s.Record(collections.Employers, map[string]any{"id": openapi.ExampleEmployerID, "owner": s.people["owner"].Id, "name": "Example"})
	s.Job(s.acme, s.fresh(), map[string]any{"id": openapi.ExampleJobID})
	s.Record(collections.Applications,
		map[string]any{"id": openapi.ExampleApplicationID, "job": s.published().Id, "seeker": s.people["other"].Id})
	s.Update(s.User(collections.RoleJobSeeker, "ada"), map[string]any{"email": openapi.ExampleEmail})
	bodies, parameters := 0, 0
	for _, line := range api.Lines() {
		operation := read.Paths[line.Path][strings.ToLower(line.Method)]
		actor, a := s.prepared(t, line)
		if line.ID == "reviewUser" {
			a.ids = ids(s.people["other"].Id)
		}
		path := fill(line.Path, a.ids...)
		if example := operation.RequestBody.Content["application/json"].Example; example != nil {
			body := maps.Clone(example)
			if given, ok := a.body.(map[string]any); ok && body["token"] != nil {
				body["token"] = given["token"] // of a mail
			}
			bodies++
			if got := s.Call(s.people[actor], line.Method, path, body); got.Status < 200 || got.Status > 299 {
				t.Errorf("the example %v of %s %s as %s: %d %s", example, line.Method, line.Path, actor, got.Status, got.Raw)
			}
		} else if line.Documented {
			t.Errorf("%s %s has no example of its body", line.Method, line.Path)
		}
		for _, parameter := range operation.Parameters {
			examples := slices.Concat(parameter.Schema.Examples, parameter.Schema.Items.Examples)
			if parameter.In != "query" || line.Method != "GET" || len(examples) == 0 {
				continue
			}
			parameters++
			query := url.Values{}
			if a.query != "" {
				query, _ = url.ParseQuery(a.query)
			}
			text, isText := examples[0].(string)
			if !isText {
				encoded, err := json.Marshal(examples[0])
				if err != nil {
					t.Fatal(err)
				}
				text = string(encoded)
			}
			query.Set(parameter.Name, text)
			got := s.Call(s.people[actor], line.Method, path+"?"+query.Encode(), nil)
			if missing := got.Status == 404 && parameter.Name == "job"; got.Status != 200 && !missing { // the id of a job that isn't there
				t.Errorf("the example %s=%s of %s %s as %s: %d %s", parameter.Name, text, line.Method, line.Path, actor, got.Status, got.Raw)
			}
		}
	}
	if bodies < 24 || parameters < 100 {
		t.Errorf("there are %d examples of bodies and %d of parameters", bodies, parameters)
	}
}

// prepared returns somebody who may call an operation, and a call of it from the matrix.
func (s *scene) prepared(t *testing.T, line api.Line) (string, attempt) {
	t.Helper()
	for _, row := range matrix {
		if row.id != line.ID {
			continue
		}
		for i, cell := range strings.Fields(row.cells) {
			if cell != "see" && !strings.HasPrefix(cell, "2") && cell != "302" && line.ID != "downloadReport" {
				continue
			}
			actor := actors[i]
			if other := exampleCallers[line.ID]; other != "" {
				actor = other
			}
			s.newSeeker()
			return actor, row.make(s)
		}
	}
	t.Fatalf("nobody may call %s", line.ID)
	return "", attempt{}
}
