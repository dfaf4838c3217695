package api_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/api"
	"jobboard/internal/testapp"
)

// Each step of the story is a real call; its answer is checked against the document.
func TestAnswersConformToTheDocument(t *testing.T) {
	raw, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
	document, err := libopenapi.NewDocument(raw)
	if err != nil {
		t.Fatal(err)
	}
	check, errs := validator.NewValidator(document)
	for _, err := range errs {
		t.Fatal(err)
	}
	board := newBoard(t)
	driven := map[string]bool{}
	call := func(status int, user *core.Record, method, path string, body any) testapp.Response {
		t.Helper()
		got := board.Call(user, method, path, body)
		if got.Status != status {
			t.Errorf("%s %s: %d, want %d: %s", method, path, got.Status, status, got.Raw)
		}
		if strings.HasPrefix(got.Header.Get("Content-Type"), "application/json") {
			request := httptest.NewRequest(method, path, nil)
			response := &http.Response{StatusCode: got.Status, Header: got.Header, Body: io.NopCloser(strings.NewReader(got.Raw))}
			if ok, problems := check.ValidateHttpResponse(request, response); !ok {
				for _, p := range problems {
					reasons := ""
					for _, e := range p.SchemaValidationErrors {
						reasons += "\n  " + e.FieldPath + ": " + e.Reason
					}
					t.Errorf("%s %s: %s %s%s", method, path, p.Message, p.Reason, reasons)
				}
			}
		}
		driven[method+" "+operationPath(method, path)] = true
		return got
	}

	employer, owner := board.Employer("Acme")
	seeker, admin := board.Seeker("sara"), board.Admin("ada")
	call(201, nil, "POST", "/api/users/auth/register", map[string]any{"email": "new@example.com", "password": "longenough1", "passwordConfirm": "longenough1",
		"name": "New", "role": "employer", "companyName": "New Inc"})
	session := call(200, nil, "POST", "/api/users/auth/login", map[string]any{"email": "new@example.com", "password": "longenough1"})
	token, _ := session.Body["token"].(string)
	if got := board.CallWithToken(token, "POST", "/api/users/auth/logout", nil); got.Status != 204 {
		t.Errorf("logout: %d %s", got.Status, got.Raw)
	}
	if got := board.CallWithToken(token, "GET", "/api/users", nil); got.Status != 401 {
		t.Errorf("the token lives after the logout: %d", got.Status)
	}
	driven["POST /api/users/auth/logout"] = true
	call(400, nil, "POST", "/api/users/auth/login", map[string]any{"email": "nobody@example.com", "password": "longenough1"})
	call(200, owner, "POST", "/api/users/auth/refresh", nil)
	call(204, nil, "POST", "/api/users/auth/password/request-reset", map[string]any{"email": "nobody@example.com"})
	call(400, nil, "POST", "/api/users/auth/password/reset", map[string]any{"token": "x", "password": "longenough1", "passwordConfirm": "longenough1"})
	call(400, owner, "PUT", "/api/users/auth/password/change", map[string]any{"oldPassword": "wrong", "password": "longenough1", "passwordConfirm": "longenough1"})
	call(204, owner, "PATCH", "/api/users/auth/password/change", map[string]any{"oldPassword": testapp.Password, "password": "longenough1", "passwordConfirm": "longenough1"})

	call(200, admin, "GET", "/api/users?active=1&role=employer", nil)
	made := call(201, admin, "POST", "/api/users", map[string]any{"email": "m@example.com", "password": "longenough1", "passwordConfirm": "longenough1", "name": "M", "role": "job_seeker"})
	someone, _ := made.Body["id"].(string)
	call(200, seeker, "GET", "/api/users/"+seeker.Id, nil)
	call(200, seeker, "PATCH", "/api/users/"+seeker.Id, map[string]any{"name": "Sara"})
	call(200, seeker, "PUT", "/api/users/"+seeker.Id, map[string]any{"name": "Sara B."})
	call(200, admin, "PATCH", "/api/users/"+someone+"/role", map[string]any{"role": "employer"})
	call(200, admin, "POST", "/api/users/"+someone+"/deactivate", nil)
	call(409, admin, "POST", "/api/users/"+someone+"/deactivate", nil)
	call(200, admin, "POST", "/api/users/"+someone+"/reactivate", nil)
	call(204, admin, "DELETE", "/api/users/"+someone, nil)

	draft := call(201, owner, "POST", "/api/jobs", map[string]any{"employer": employer.Id, "title": "Gopher", "description": "<p>Go.</p>", "workplace": "remote", "jobType": "full_time", "skills": []string{"go"}, "location": "Lyon"})
	job, _ := draft.Body["id"].(string)
	call(200, owner, "PATCH", "/api/jobs/"+job, map[string]any{"salaryMin": 1})
	call(200, owner, "PUT", "/api/jobs/"+job, map[string]any{"title": "Gopher", "description": "<p>Go.</p>", "workplace": "remote", "jobType": "full_time", "skills": []string{"go"}})
	call(200, owner, "POST", "/api/jobs/"+job+"/publish", nil)
	call(409, owner, "POST", "/api/jobs/"+job+"/publish", nil)
	call(200, nil, "GET", "/api/jobs?q=gopher", nil)
	call(200, nil, "GET", "/api/jobs/search", nil)
	call(200, nil, "GET", "/api/jobs/suggest?q=go", nil)
	call(200, nil, "GET", "/api/jobs/"+job, nil)
	call(200, nil, "GET", "/api/jobs/"+job+"/similar", nil)
	call(200, nil, "GET", "/api/jobs/"+job+"/jsonld", nil)
	call(404, nil, "GET", "/api/jobs/aaaaaaaaaaaaaaa", nil)

	applied := call(201, seeker, "POST", "/api/jobs/"+job+"/applications", map[string]any{"coverLetter": "Hello"})
	application, _ := applied.Body["id"].(string)
	call(409, seeker, "POST", "/api/jobs/"+job+"/applications", map[string]any{"coverLetter": "Hello"})
	call(200, owner, "GET", "/api/jobs/"+job+"/applications?q=sara&status=Submitted", nil)
	seen := call(200, seeker, "GET", "/api/jobs/"+job+"/applications/"+application, nil)
	expand, _ := seen.Body["expand"].(map[string]any)
	if events, _ := expand["events"].([]any); len(events) != 1 {
		t.Errorf("the timeline has %d rows, want 1", len(events))
	}
	call(200, owner, "PATCH", "/api/jobs/"+job+"/applications/"+application+"/status", map[string]any{"status": "In Review", "note": "Nice"})
	call(400, owner, "PATCH", "/api/jobs/"+job+"/applications/"+application+"/status", map[string]any{"status": "submitted"})
	other := board.Job(employer, "Another")
	call(404, owner, "GET", "/api/jobs/"+other.Id+"/applications/"+application, nil)
	call(200, seeker, "GET", "/api/users/"+seeker.Id+"/applications", nil)
	call(200, seeker, "GET", "/api/users/"+seeker.Id+"/recommendations", nil)
	call(200, owner, "GET", "/api/candidates", nil)

	notices := call(200, seeker, "GET", "/api/users/"+seeker.Id+"/notifications?unread=1", nil)
	if len(notices.Items()) == 0 {
		t.Fatal("the seeker has no notice of the move")
	}
	notice, _ := notices.Items()[0]["id"].(string)
	call(200, seeker, "PATCH", "/api/users/"+seeker.Id+"/notifications/"+notice, nil)
	call(404, owner, "DELETE", "/api/users/"+seeker.Id+"/notifications/"+notice, nil)
	call(204, seeker, "DELETE", "/api/users/"+seeker.Id+"/notifications/"+notice, nil)
	call(200, seeker, "POST", "/api/users/"+seeker.Id+"/notifications/mark-all-read", nil)

	call(201, seeker, "POST", "/api/jobs/"+job+"/reviews", map[string]any{"rating": 4, "title": "Fair"})
	call(409, seeker, "POST", "/api/jobs/"+job+"/reviews", map[string]any{"rating": 4})
	call(200, nil, "GET", "/api/jobs/"+job+"/reviews", nil)
	call(200, nil, "GET", "/api/employers/"+employer.Id+"/reviews", nil)
	call(201, owner, "POST", "/api/users/"+seeker.Id+"/reviews", map[string]any{"rating": 5, "application": application})
	call(200, seeker, "GET", "/api/users/"+seeker.Id+"/reviews", nil)
	call(200, seeker, "DELETE", "/api/users/"+seeker.Id+"/applications/"+application+"/withdraw", nil)
	call(200, owner, "DELETE", "/api/jobs/"+job+"/close", nil)
	call(409, owner, "DELETE", "/api/jobs/"+job+"/close?permanent=1", nil)
	call(204, owner, "DELETE", "/api/jobs/"+other.Id+"/close?permanent=1", nil)

	founded := call(201, owner, "POST", "/api/employers", map[string]any{"name": "Second"})
	second, _ := founded.Body["id"].(string)
	call(200, nil, "GET", "/api/employers?q=sec", nil)
	call(200, nil, "GET", "/api/employers/"+second, nil)
	call(200, nil, "GET", "/api/employers/"+employer.Id+"/jobs", nil)
	call(200, owner, "PATCH", "/api/employers/"+second, map[string]any{"about": "<p>Us</p>"})
	call(204, owner, "DELETE", "/api/employers/"+second, nil)

	report := call(201, admin, "POST", "/api/reports", map[string]any{"kind": "jobs", "format": "csv"})
	id, _ := report.Body["id"].(string)
	call(200, admin, "GET", "/api/reports", nil)
	call(200, admin, "GET", "/api/reports/"+id, nil)
	if got := call(200, admin, "GET", "/api/reports/"+id+"/download", nil); !strings.Contains(got.Raw, "Gopher") {
		t.Errorf("the report doesn't name the job: %.200s", got.Raw)
	}
	call(200, admin, "GET", "/api/reports/summary", nil)
	call(200, nil, "GET", "/api/openapi.json", nil)
	call(200, nil, "GET", "/api/docs", nil)
	call(200, nil, "GET", "/api/docs/swagger-ui.css", nil)
	call(302, nil, "GET", "/admin/", nil)

	for _, line := range api.Lines() {
		if !driven[line.Method+" "+line.Path] {
			t.Errorf("nothing drives %s %s", line.Method, line.Path)
		}
	}
}

// operationPath finds the listed path that a call was for; fixed words win over ids.
func operationPath(method, path string) string {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(strings.TrimSuffix(path, "/"), "/")
	best, fixed := "", -1
	for _, line := range api.Lines() {
		listed := strings.Split(line.Path, "/")
		if line.Method != method || len(listed) != len(parts) {
			continue
		}
		same := 0
		for i := range listed {
			if listed[i] == parts[i] {
				same++
			} else if !strings.HasPrefix(listed[i], "{") {
				same = -100
			}
		}
		if same > fixed {
			best, fixed = line.Path, same
		}
	}
	return best
}
