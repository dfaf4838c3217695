package api_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/api"
	"jobboard/internal/problem"
	"jobboard/internal/search"
	"jobboard/internal/testapp"
)

// conformance makes real calls and checks them against the document: each request, unless it is meant to be refused, and each response,
// which must have no property that the document doesn't name.
type conformance struct {
	t        *testing.T
	board    *testapp.Board
	document *openAPI
	driven   map[string]bool
	// conflicts are the 409s that came, as "METHOD path field code".
	conflicts map[string]bool
}

func newConformance(t *testing.T) *conformance {
	raw, err := document()
	if err != nil {
		t.Fatal(err)
	}
	return &conformance{t, newBoard(t), readOpenAPI(t, closed(t, raw)), map[string]bool{}, map[string]bool{}}
}

// closed returns the document with schemas that refuse every property that they don't name.
func closed(t *testing.T, raw []byte) []byte {
	var document struct {
		Components struct {
			Schemas map[string]map[string]any `json:"schemas"`
		} `json:"components"`
	}
	var whole map[string]any
	if err := errors.Join(json.Unmarshal(raw, &document), json.Unmarshal(raw, &whole)); err != nil {
		t.Fatal(err)
	}
	schemas := whole["components"].(map[string]any)["schemas"].(map[string]any)
	for name, schema := range document.Components.Schemas {
		if schema["additionalProperties"] != nil {
			continue
		}
		if parts, ok := schema["allOf"].([]any); ok { // a schema that is extended must stay open
			base := parts[0].(map[string]any)
			extended := strings.TrimPrefix(base["$ref"].(string), "#/components/schemas/")
			schemas["Open"+extended] = maps.Clone(document.Components.Schemas[extended])
			base["$ref"] = "#/components/schemas/Open" + extended
		}
		shut := maps.Clone(schema)
		shut["unevaluatedProperties"] = false
		schemas[name] = shut
	}
	raw, err := json.Marshal(whole)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func (c *conformance) call(status int, user *core.Record, method, path string, body any) testapp.Response {
	c.t.Helper()
	return c.callWithToken(status, c.board.Token(user), method, path, body)
}

func (c *conformance) callWithToken(status int, token, method, path string, body any) testapp.Response {
	c.t.Helper()
	raw, media := []byte(nil), ""
	switch value := body.(type) {
	case nil:
	case form:
		raw, media = value.encode(c.t)
	default:
		var err error
		if raw, err = json.Marshal(value); err != nil {
			c.t.Fatal(err)
		}
		media = "application/json"
	}
	request := func() *http.Request {
		r := httptest.NewRequest(method, path, bytes.NewReader(raw))
		if media != "" {
			r.Header.Set("Content-Type", media)
		}
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		return r
	}
	got := c.board.Send(request())
	if got.Status != status {
		c.t.Errorf("%s %s: %d, want %d: %s", method, path, got.Status, status, got.Raw)
	}
	listed := operationPath(method, path)
	described, ok := c.document.find("paths", listed, strings.ToLower(method))
	if !ok {
		c.t.Fatalf("the document has no %s %s", method, path)
	}
	if status < 400 {
		if err := c.document.checkRequest(described, request()); err != nil {
			c.t.Errorf("the request %s %s: %v", method, path, err)
		}
	}
	if err := c.document.checkResponse(described, got); err != nil {
		c.t.Errorf("the response to %s %s: %v", method, path, err)
	}
	operation := method + " " + listed
	c.driven[operation] = true
	if data, ok := got.Body["data"].(map[string]any); ok && got.Status == 409 {
		for field := range data {
			c.conflicts[operation+" "+field+" "+got.Code(field)] = true
		}
	}
	return got
}

// TestAnswersConformToTheDocument tells a story whose steps are real calls, and checks requests and responses against the document.
func TestAnswersConformToTheDocument(t *testing.T) {
	c := newConformance(t)
	board, call := c.board, c.call

	const password = "longenough1"
	employer, owner := board.Employer("Acme")
	seeker, admin := board.Seeker("sara"), board.Admin("ada")
	call(201, nil, "POST", "/api/users/auth/register",
		map[string]any{"email": "new@example.com", "password": password, "passwordConfirm": password,
			"name": "New", "role": "employer", "companyName": "New Inc"})
	call(409, nil, "POST", "/api/users/auth/register",
		map[string]any{"email": "new@example.com", "password": password, "passwordConfirm": password,
			"name": "New", "role": "job_seeker"})
	session := call(200, nil, "POST", "/api/users/auth/login", map[string]any{"email": "new@example.com", "password": password})
	token, _ := session.Body["token"].(string)
	c.callWithToken(204, token, "POST", "/api/users/auth/logout", nil)
	c.callWithToken(401, token, "GET", "/api/users", nil)
	call(400, nil, "POST", "/api/users/auth/login", map[string]any{"email": "nobody@example.com", "password": password})
	call(200, owner, "POST", "/api/users/auth/refresh", nil)
	call(204, nil, "POST", "/api/users/auth/password/request-reset", map[string]any{"email": "nobody@example.com"})
	call(400, nil, "POST", "/api/users/auth/password/reset", map[string]any{"token": "x", "password": password,
		"passwordConfirm": password})
	call(400, owner, "PUT", "/api/users/auth/password/change",
		map[string]any{"oldPassword": "wrong", "password": password, "passwordConfirm": password})
	call(204, owner, "PATCH", "/api/users/auth/password/change",
		map[string]any{"oldPassword": testapp.Password, "password": password, "passwordConfirm": password})

	call(200, admin, "GET", "/api/users?active=1&role=employer", nil)
	made := call(201, admin, "POST", "/api/users",
		map[string]any{"email": "m@example.com", "password": password, "passwordConfirm": password, "name": "M", "role": "job_seeker"})
	someone, _ := made.Body["id"].(string)
	call(409, admin, "POST", "/api/users",
		map[string]any{"email": "m@example.com", "password": password, "passwordConfirm": password, "name": "M", "role": "admin"})
	call(200, seeker, "GET", "/api/users/"+seeker.Id, nil)
	call(200, seeker, "PATCH", "/api/users/"+seeker.Id, map[string]any{"name": "Sara"})
	call(200, seeker, "PUT", "/api/users/"+seeker.Id, map[string]any{"name": "Sara B."})
	call(409, admin, "PATCH", "/api/users/"+seeker.Id, map[string]any{"email": "m@example.com"})
	call(409, admin, "PUT", "/api/users/"+seeker.Id, map[string]any{"name": "Sara", "email": "m@example.com"})
	call(409, admin, "PATCH", "/api/users/"+admin.Id+"/role", map[string]any{"role": "job_seeker"})
	call(200, admin, "PATCH", "/api/users/"+someone+"/role", map[string]any{"role": "employer"})
	call(200, admin, "POST", "/api/users/"+someone+"/deactivate", nil)
	call(409, admin, "POST", "/api/users/"+someone+"/deactivate", nil)
	call(200, admin, "POST", "/api/users/"+someone+"/reactivate", nil)
	call(409, admin, "POST", "/api/users/"+someone+"/reactivate", nil)
	call(204, admin, "DELETE", "/api/users/"+someone, nil)

	draft := call(201, owner, "POST", "/api/jobs", map[string]any{"employer": employer.Id, "title": "Gopher", "description": "<p>Go.</p>",
		"workplace": "remote", "jobType": "full_time", "skills": []string{"go"}, "location": "Lyon"})
	job, _ := draft.Body["id"].(string)
	call(200, owner, "PATCH", "/api/jobs/"+job, map[string]any{"salaryMin": 1})
	call(200, owner, "PUT", "/api/jobs/"+job,
		map[string]any{"title": "Gopher", "description": "<p>Go.</p>", "workplace": "remote", "jobType": "full_time",
			"skills": []string{"go"}})
	call(200, owner, "POST", "/api/jobs/"+job+"/publish", nil)
	call(409, owner, "POST", "/api/jobs/"+job+"/publish", nil)
	searchConforms(c, employer, owner)
	call(200, nil, "GET", "/api/jobs/suggest?q=go", nil)
	call(200, nil, "GET", "/api/jobs/"+job, nil)
	call(200, nil, "GET", "/api/jobs/"+job+"/similar", nil)
	call(200, nil, "GET", "/api/jobs/"+job+"/jsonld", nil)
	call(200, nil, "POST", "/api/jobs/"+job+"/apply-click", nil)
	byMail := board.Job(employer, "By mail", map[string]any{"applyMethod": "email", "applyEmail": "jobs@example.com"}).Id
	call(401, nil, "POST", "/api/jobs/"+byMail+"/apply-click", nil)
	call(403, board.User("employer", "rival"), "POST", "/api/jobs/"+byMail+"/apply-click", nil)
	call(200, seeker, "POST", "/api/jobs/"+byMail+"/apply-click", nil)
	call(201, owner, "POST", "/api/jobs/"+job+"/duplicate", nil)
	call(200, owner, "POST", "/api/jobs/"+job+"/renew", map[string]any{"deadline": "2099-01-01"})
	call(200, owner, "GET", "/api/jobs/"+job+"/stats?from=2026-01-01&to=2026-01-02", nil)
	call(404, nil, "GET", "/api/jobs/aaaaaaaaaaaaaaa", nil)

	call(409, admin, "DELETE", "/api/users/"+owner.Id, nil)
	call(409, owner, "DELETE", "/api/employers/"+employer.Id, nil)
	imported := map[string]any{"employer": employer.Id, "title": "Imported", "description": "<p>Go.</p>", "workplace": "remote",
		"jobType": "full_time", "source": "feed", "externalId": "7"}
	call(400, owner, "POST", "/api/jobs", imported)
	call(201, admin, "POST", "/api/jobs", imported)
	call(409, admin, "POST", "/api/jobs", imported)

	applied := call(201, seeker, "POST", "/api/jobs/"+job+"/applications", form{{name: "coverLetter", value: "Hello"},
		{"documents", "An honest life.", "cv.txt"}, {"documents", "A diploma.", "diploma.txt"}})
	application, _ := applied.Body["id"].(string)
	call(409, seeker, "POST", "/api/jobs/"+job+"/applications", map[string]any{"coverLetter": "Hello"})
	call(200, owner, "GET", "/api/jobs/"+job+"/applications?q=sara&status=submitted", nil)
	seen := call(200, seeker, "GET", "/api/jobs/"+job+"/applications/"+application, nil)
	expand, _ := seen.Body["expand"].(map[string]any)
	if events, _ := expand["events"].([]any); len(events) != 1 {
		t.Errorf("the timeline has %d rows, want 1", len(events))
	}
	call(200, owner, "PATCH", "/api/jobs/"+job+"/applications/"+application+"/status",
		map[string]any{"status": "In Review", "note": "Nice"})
	call(400, owner, "PATCH", "/api/jobs/"+job+"/applications/"+application+"/status", map[string]any{"status": "submitted"})
	other := board.Job(employer, "Another")
	call(404, owner, "GET", "/api/jobs/"+other.Id+"/applications/"+application, nil)
	call(200, seeker, "GET", "/api/users/"+seeker.Id+"/applications", nil)
	call(200, seeker, "GET", "/api/users/"+seeker.Id+"/recommendations", nil)
	headline := profile(t, board, seeker, map[string]any{"headline": "Clerk", "skills": []string{"excel"}, "visibility": "employers"})
	fitting := board.Job(employer, "Clerk", map[string]any{"skills": []string{"excel"}})
	for _, query := range []string{"q=clerk&facets=skills", "q=clark", "job=" + fitting.Id} {
		found := call(200, owner, "GET", "/api/candidates?"+query, nil)
		if len(found.Items()) != 1 || found.Items()[0]["id"] != headline.Id {
			t.Errorf("%s finds %s", query, found.Raw)
		}
	}
	call(200, seeker, "GET", "/api/users/"+seeker.Id+"/recommendations", nil)

	savingConforms(c, employer, seeker)

	notifications := call(200, seeker, "GET", "/api/users/"+seeker.Id+"/notifications?unread=1", nil)
	if len(notifications.Items()) == 0 {
		t.Fatal("the seeker has no notification of the move")
	}
	notification, _ := notifications.Items()[0]["id"].(string)
	call(200, seeker, "PATCH", "/api/users/"+seeker.Id+"/notifications/"+notification, nil)
	call(404, owner, "DELETE", "/api/users/"+seeker.Id+"/notifications/"+notification, nil)
	call(204, seeker, "DELETE", "/api/users/"+seeker.Id+"/notifications/"+notification, nil)
	call(200, seeker, "POST", "/api/users/"+seeker.Id+"/notifications/mark-all-read", nil)

	call(201, seeker, "POST", "/api/jobs/"+job+"/reviews", map[string]any{"rating": 4, "title": "Fair"})
	call(409, seeker, "POST", "/api/jobs/"+job+"/reviews", map[string]any{"rating": 4})
	call(200, nil, "GET", "/api/jobs/"+job+"/reviews", nil)
	call(200, nil, "GET", "/api/employers/"+employer.Id+"/reviews", nil)
	call(201, owner, "POST", "/api/users/"+seeker.Id+"/reviews", map[string]any{"rating": 5, "application": application})
	call(409, owner, "POST", "/api/users/"+seeker.Id+"/reviews", map[string]any{"rating": 5, "application": application})
	call(200, seeker, "GET", "/api/users/"+seeker.Id+"/reviews", nil)
	call(200, seeker, "DELETE", "/api/users/"+seeker.Id+"/applications/"+application+"/withdraw", nil)
	call(200, owner, "DELETE", "/api/jobs/"+job+"/close", nil)
	call(409, owner, "DELETE", "/api/jobs/"+job+"/close", nil)
	call(409, owner, "DELETE", "/api/jobs/"+job+"/close?permanent=1", nil)
	call(204, owner, "DELETE", "/api/jobs/"+other.Id+"/close?permanent=1", nil)

	founded := call(201, owner, "POST", "/api/employers", map[string]any{"name": "Second"})
	second, _ := founded.Body["id"].(string)
	call(409, owner, "POST", "/api/employers", map[string]any{"name": "Second", "slug": founded.Body["slug"]})
	call(409, owner, "PATCH", "/api/employers/"+employer.Id, map[string]any{"slug": founded.Body["slug"]})
	call(200, nil, "GET", "/api/employers?q=sec", nil)
	call(200, nil, "GET", "/api/employers/"+second, nil)
	call(200, nil, "GET", "/api/employers/"+employer.Id+"/jobs", nil)
	call(200, owner, "PATCH", "/api/employers/"+second, map[string]any{"about": "<p>Us</p>"})
	call(204, owner, "DELETE", "/api/employers/"+second, nil)

	shown := board.Job(employer, "Shown elsewhere", map[string]any{"locations": []string{"Lyon, France"}, "salaryMin": 30_000,
		"salaryCurrency": "EUR", "salaryPeriod": "year", "experienceLevel": "mid"})
	slug := employer.GetString("slug")
	call(200, nil, "GET", "/api/compat/greenhouse/boards/"+slug+"/jobs?content=1", nil)
	call(404, nil, "GET", "/api/compat/greenhouse/boards/nobody/jobs", nil)
	call(200, nil, "GET", "/api/compat/greenhouse/boards/"+slug+"/jobs/"+shown.Id+"?pay_transparency=1", nil)
	call(200, nil, "GET", "/api/compat/lever/postings/"+slug+"?mode=json&limit=2", nil)
	call(200, nil, "GET", "/api/compat/lever/postings/"+slug+"?group=commitment", nil)
	call(200, nil, "GET", "/api/compat/lever/postings/"+slug+"/"+shown.Id, nil)

	if got := call(200, owner, "GET", "/api/events?types=job.published,application.created&limit=5", nil); len(got.Items()) != 5 {
		t.Errorf("the first events are %s", got.Raw)
	}
	call(400, nil, "GET", "/api/events?since=yesterday", nil)

	webhooksConform(c, owner)

	report := call(201, admin, "POST", "/api/reports", map[string]any{"kind": "jobs", "format": "csv"})
	id, _ := report.Body["id"].(string)
	call(200, admin, "GET", "/api/reports", nil)
	call(200, admin, "GET", "/api/reports/"+id, nil)
	if got := call(200, admin, "GET", "/api/reports/"+id+"/download", nil); !strings.Contains(got.Raw, "Gopher") {
		t.Errorf("the report doesn't name the job: %.200s", got.Raw)
	}
	call(200, admin, "GET", "/api/reports/summary", nil)
	key := map[string]any{"name": "ATS", "employer": employer.Id, "scopes": []string{"jobs:read"}, "expiresAt": "2099-01-01 00:00:00.000Z"}
	newKey := call(201, owner, "POST", "/api/api-keys", key)
	keyID, _ := newKey.Body["id"].(string)
	secret, _ := newKey.Body["key"].(string)
	c.callWithToken(200, secret, "GET", "/api/jobs", nil)
	c.callWithToken(403, secret, "GET", "/api/users", nil)
	for range 49 {
		board.Record(collections.APIKeys, key)
	}
	call(409, owner, "POST", "/api/api-keys", key)
	call(200, owner, "GET", "/api/api-keys", nil)
	call(200, owner, "GET", "/api/api-keys/"+keyID, nil)
	call(200, owner, "PATCH", "/api/api-keys/"+keyID, map[string]any{"scopes": []string{"jobs:read", "jobs:write"}})
	call(204, owner, "DELETE", "/api/api-keys/"+keyID, nil)
	if got := call(200, admin, "GET", "/api/board/checks", nil); !strings.Contains(got.Raw, `"check":"admin","level":"warning"`) {
		t.Errorf("the checks miss the superuser that this board lacks: %s", got.Raw)
	}
	call(200, nil, "GET", "/api/openapi.json", nil)
	call(200, nil, "GET", "/api/docs", nil)
	call(200, nil, "GET", "/api/docs/swagger-ui.css", nil)
	call(302, nil, "GET", "/admin/", nil)

	for _, line := range api.Lines() {
		if !c.driven[line.Method+" "+line.Path] {
			t.Errorf("nothing drives %s %s", line.Method, line.Path)
		}
		// of two requests at once one fails; hooks/races_test.go tests that
		shown := line.Method + " " + line.Path + " " + line.Conflict
		if line.Conflict != "" && !strings.HasSuffix(line.Conflict, problem.ChangedMeanwhile) && !c.conflicts[shown] {
			t.Errorf("nothing answers 409 as the document shows it: %s; there were %v", shown, slices.Collect(maps.Keys(c.conflicts)))
		}
	}
}

// webhooksConform makes a webhook and does everything with it.
func webhooksConform(c *conformance, owner *core.Record) {
	made := c.call(201, owner, "POST", "/api/webhooks", map[string]any{"url": "https://hooks.example/in", "types": []string{"job.closed"}})
	path := "/api/webhooks/" + made.Body["id"].(string)
	secret, _ := made.Body["secret"].(string)
	rotated := c.call(200, owner, "POST", path+"/rotate", nil)
	again, _ := rotated.Body["secret"].(string)
	if !strings.HasPrefix(secret, "whsec_") || !strings.HasPrefix(again, "whsec_") || again == secret {
		c.t.Errorf("the secrets are %q and %q", secret, again)
	}
	for _, body := range []map[string]any{
		{"url": "http://hooks.example/in"}, {"url": "https://127.0.0.1/"}, {"url": ""},
	} {
		if got := c.call(400, owner, "POST", "/api/webhooks", body); got.Code("url") == "" {
			c.t.Errorf("%v: %s", body, got.Raw)
		}
	}
	if got := c.call(400, owner, "PATCH", path, map[string]any{"secret": secret}); got.Code("secret") == "" {
		c.t.Errorf("a secret of the caller's: %s", got.Raw)
	}
	c.call(200, owner, "PATCH", path, map[string]any{"types": []string{}})
	delivery, _ := c.call(200, owner, "POST", path+"/test", nil).Body["id"].(string)
	for _, got := range []testapp.Response{
		c.call(200, owner, "GET", path, nil), c.call(200, owner, "GET", "/api/webhooks", nil),
		c.call(200, owner, "GET", path+"/deliveries?status=pending", nil),
		c.call(200, owner, "POST", path+"/deliveries/"+delivery+"/redeliver", nil),
		c.call(200, owner, "PATCH", path, map[string]any{"active": false}),
	} {
		if strings.Contains(got.Raw, "whsec_") {
			c.t.Errorf("the secret is shown again: %s", got.Raw)
		}
	}
	c.call(409, owner, "POST", path+"/deliveries/"+delivery+"/redeliver", nil)
	c.call(204, owner, "DELETE", path, nil)
	for range 20 {
		c.call(201, owner, "POST", "/api/webhooks", map[string]any{"url": "https://hooks.example/in"})
	}
	c.call(409, owner, "POST", "/api/webhooks", map[string]any{"url": "https://hooks.example/in"})
}

// searchConforms asks for everything that a search can return.
func searchConforms(c *conformance, employer, owner *core.Record) {
	for i := range 3 {
		c.board.Job(employer, fmt.Sprint("Gardener ", i), map[string]any{"locations": []string{"Lyon, France"}, "salaryMin": 30_000 + i,
			"salaryCurrency": "EUR", "salaryPeriod": "year", "experienceLevel": "mid", "skills": []string{"roses"}})
	}
	first := c.call(200, nil, "GET",
		"/api/jobs?q=gardener&perPage=2&highlight=1&sort=salary&salaryCurrency=EUR&salaryMin=1&postedWithin=7&"+
			url.Values{"facets": search.JobFacets}.Encode(), nil)
	cursor, _ := first.Body["nextCursor"].(string)
	facets, _ := first.Body["facets"].(map[string]any)
	if len(first.Items()) != 2 || cursor == "" || len(facets) != len(search.JobFacets) {
		c.t.Fatalf("a page of two, its cursor and facets: %s", first.Raw)
	}
	second := c.call(200, nil, "GET", "/api/jobs/search?q=gardener&perPage=2&sort=salary&salaryCurrency=EUR&cursor="+cursor, nil)
	if titles := titles(second); len(titles) != 1 || titles[0] != "Gardener 0" {
		c.t.Errorf("the page after the cursor holds %v", titles)
	}
	wrong := c.call(400, nil, "GET", "/api/jobs?facets=nothing", nil)
	if want := "Each must be one of " + strings.Join(search.JobFacets, ", ") + "."; !strings.Contains(wrong.Raw, want) {
		c.t.Errorf("the search counts other facets than the document lists: %s", wrong.Raw)
	}
	c.call(200, nil, "GET", "/api/jobs/search?near=45.76%2C4.83&radius=10&sort=distance&skipTotal=1", nil)
	c.call(200, nil, "GET", "/api/jobs?q=gardner", nil)
	c.call(200, nil, "GET", "/api/jobs?filter="+url.QueryEscape("title ~ 'Gardener'"), nil)
	c.call(200, owner, "GET", "/api/jobs?mine=1&q=gardener", nil)
}

// savingConforms saves jobs and searches, as many as one may have.
func savingConforms(c *conformance, employer, seeker *core.Record) {
	call := c.call
	kept := c.board.Job(employer, "Kept")
	saved := call(201, seeker, "POST", "/api/saved-jobs", map[string]any{"job": kept.Id})
	id, _ := saved.Body["id"].(string)
	if got := saved.Header.Get("Location"); got != "/api/saved-jobs/"+id+"/" {
		c.t.Errorf("a saved job is at %q", got)
	}
	again := call(200, seeker, "POST", "/api/saved-jobs", map[string]any{"job": kept.Id})
	c.board.Update(kept, map[string]any{"status": "closed"})
	closed := call(200, seeker, "POST", "/api/saved-jobs", map[string]any{"job": kept.Id})
	if again.Body["id"] != id || closed.Body["id"] != id {
		c.t.Errorf("saved again: %s, and once it is closed: %s; want %s", again.Raw, closed.Raw, id)
	}
	call(400, seeker, "POST", "/api/saved-jobs", map[string]any{"job": "nothing"})
	call(200, seeker, "GET", "/api/saved-jobs/"+id, nil)
	open := c.board.Job(employer, "Open")
	call(201, seeker, "POST", "/api/saved-jobs?expand=seeker", map[string]any{"job": open.Id})
	for _, query := range []string{"job=" + open.Id, "job=" + open.Id + "&expand=seeker"} {
		list := call(200, seeker, "GET", "/api/saved-jobs?"+query, nil)
		if len(list.Items()) != 1 || !strings.Contains(list.Raw, `"title":"Open"`) || !strings.Contains(list.Raw, employer.GetString("slug")) {
			c.t.Errorf("%s: %s", query, list.Raw)
		}
	}
	call(204, seeker, "DELETE", "/api/saved-jobs/"+id, nil)
	call(404, seeker, "GET", "/api/saved-jobs/"+id, nil)

	search := map[string]any{"name": "Go", "query": map[string]any{"q": "go", "workplace": []string{"remote"}}}
	made := call(201, seeker, "POST", "/api/saved-searches", search)
	if made.Body["frequency"] != "daily" {
		c.t.Errorf("a new search: %s", made.Raw)
	}
	path := "/api/saved-searches/" + made.Body["id"].(string)
	call(400, seeker, "PATCH", path, map[string]any{"query": map[string]any{"jobtype": "full_time"}})
	if got := call(200, seeker, "PATCH", path, map[string]any{"frequency": "weekly"}); got.Body["frequency"] != "weekly" {
		c.t.Errorf("a changed search: %s", got.Raw)
	}
	call(200, seeker, "GET", path, nil)
	if list := call(200, seeker, "GET", "/api/saved-searches", nil); len(list.Items()) != 1 {
		c.t.Errorf("one search: %s", list.Raw)
	}
	call(204, seeker, "DELETE", path, nil)

	for _, statement := range []string{
		"INSERT INTO saved_jobs (id, seeker, job) SELECT 'many' || n, {:seeker}, 'job' || n FROM n LIMIT 1000",
		`INSERT INTO saved_searches (id, seeker, name, query, frequency)
			SELECT 'many' || n, {:seeker}, 'Many', '{"q":"x"}', 'off' FROM n LIMIT 50`,
	} {
		many := "WITH RECURSIVE n (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM n WHERE n < 1000) "
		if _, err := c.board.NonconcurrentDB().NewQuery(many + statement).Bind(dbx.Params{"seeker": seeker.Id}).Execute(); err != nil {
			c.t.Fatal(err)
		}
	}
	call(409, seeker, "POST", "/api/saved-jobs", map[string]any{"job": c.board.Job(employer, "One more").Id})
	call(200, seeker, "POST", "/api/saved-jobs", map[string]any{"job": open.Id})
	call(409, seeker, "POST", "/api/saved-searches", search)
	for _, table := range []string{"saved_jobs", "saved_searches"} {
		if _, err := c.board.NonconcurrentDB().Delete(table, dbx.Like("id", "many").Match(false, true)).Execute(); err != nil {
			c.t.Fatal(err)
		}
	}
}

// operationPath returns the listed path that a call was for. Fixed words take precedence over ids.
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
