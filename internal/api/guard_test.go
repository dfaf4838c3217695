package api_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/api"
)

var pathParam = regexp.MustCompile(`\{\w+\}`)

// TestRoutesLetInWhomTheListNames checks that every route, with and without a slash at the end, lets in the callers that the list names
// and nobody else, and never answers 5xx.
func TestRoutesLetInWhomTheListNames(t *testing.T) {
	board := newBoard(t)
	_, owner := board.Employer("Acme")
	tokens := map[string]string{}
	for role, caller := range map[string]*core.Record{
		"job_seeker": board.Seeker("sara"), "employer": owner, "admin": board.Admin("ada"), "superuser": board.Superuser("root"),
	} {
		tokens[role] = board.Token(caller)
	}
	for _, line := range api.Lines() {
		if line.ID == "logout" || line.ID == "getOpenAPI" {
			continue // the one ends the session in use, the other is tested by itself
		}
		for _, slash := range []string{"", "/"} {
			path := pathParam.ReplaceAllString(line.Path, "aaaaaaaaaaaaaaa") + slash
			name := line.Method + " " + path
			guest := board.Call(nil, line.Method, path, nil)
			if (guest.Status == 401) != line.Login && line.ID != "changePassword" && line.ID != "replacePassword" {
				t.Errorf("%s as guest: %d", name, guest.Status)
			}
			dead := board.CallWithToken("dead", line.Method, path, nil)
			if !line.IgnoresToken && dead.Status != 401 {
				t.Errorf("%s with a dead token: %d", name, dead.Status)
			}
			for role, token := range tokens {
				got := board.CallWithToken(token, line.Method, path, nil)
				allowed := role == "superuser" || len(line.Roles) == 0 || slices.Contains(line.Roles, role)
				if allowed == (got.Status == 403) || got.Status == 401 || got.Status >= 500 {
					t.Errorf("%s as %s: %d %s", name, role, got.Status, got.Raw)
				}
				wrong := board.CallWithToken(token, line.Method, path, `["not an object"]`)
				if wrong.Status >= 500 {
					t.Errorf("%s as %s with a wrong body: %d", name, role, wrong.Status)
				}
			}
		}
	}
}

func TestUnlistedMethodsAndBodies(t *testing.T) {
	board := newBoard(t)
	if got := board.Call(nil, "PATCH", "/api/jobs", nil); got.Status != 405 || got.Header.Get("Allow") == "" {
		t.Errorf("PATCH /api/jobs: %d, Allow %q", got.Status, got.Header.Get("Allow"))
	}
	if got := board.Call(nil, "GET", "/api/jobs/a/b/c", nil); got.Status != 404 {
		t.Errorf("an unknown path: %d", got.Status)
	}
	if got := board.Call(nil, "POST", "/api/users/auth/login", `{"email":`); got.Code("body") != "validation_invalid_value" {
		t.Errorf("broken JSON: %d %s", got.Status, got.Raw)
	}
	if got := board.Call(nil, "GET", "/api/jobs?perPage=100000", nil); got.Body["perPage"] != 100.0 {
		t.Errorf("perPage is not clamped: %v", got.Body["perPage"])
	}
}
