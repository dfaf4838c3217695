package logs_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/logger"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/logs"
	"jobboard/internal/mail"
	"jobboard/internal/testapp"
)

func newBoard(t *testing.T, successes bool) *testapp.Board {
	t.Helper()
	board := testapp.NewBoard(t, hooks.Bind, api.Bind,
		testapp.With(mail.Bind, mail.Options{}), testapp.With(logs.Bind, logs.Options{Successes: successes}))
	board.Settings().Logs.MaxDays = 5
	return board
}

// lines returns the logged lines, once a last one has arrived: requests are logged after they are answered.
func lines(t *testing.T, board *testapp.Board) []string {
	t.Helper()
	board.Send(httptest.NewRequest("GET", "/api/last-line", nil))
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if err := board.Logger().Handler().(*logger.BatchHandler).WriteAll(context.Background()); err != nil {
			t.Fatal(err)
		}
		var found []core.Log
		if err := board.AuxModelQuery(&core.Log{}).All(&found); err != nil {
			t.Fatal(err)
		}
		var all []string
		ended := false
		for _, line := range found {
			all = append(all, line.Message+" "+line.Data.String())
			ended = ended || strings.Contains(line.Message, "/api/last-line")
		}
		if ended {
			return all
		}
	}
	t.Fatal("the last line did not come")
	return nil
}

// secrets are in the requests below, each in a different place.
var secrets = []string{"secretword", "ann.secret", "ann-secret-cv", "eyJhbGciOi", "c2VjcmV0LXRva2Vu", "secretkeysecretkey"}

const (
	jwt         = "eyJhbGciOiJIUzI1NiJ9.eyJpZCI6InNlY3JldCJ9.c2VjcmV0LXRva2VuLXNpZ25hdHVyZQ"
	unsubscribe = "/unsubscribe/c2VjcmV0LXRva2VuLWMyVmpjbVYwTFhSdmEyVnVjMlZqY21WMExYUnZhMlZ1"
)

// visit sends requests that fail and that succeed, and logs other lines.
func visit(t *testing.T, board *testapp.Board) {
	t.Helper()
	seeker := board.Seeker("ann.secret")
	for _, path := range []string{
		testapp.Records(collections.Jobs) + "?filter=title~'secretword'",
		testapp.Records(collections.Jobs) + "?filter=nosuchfield~'secretword'",
		testapp.Records(collections.Jobs) + "?filter=title~'secretword",
		testapp.Records(collections.Jobs) + "?sort=secretword&fields=secretword&expand=secretword",
		testapp.Records(collections.Jobs) + "?filter=%28email+%3D+%22ann.secret%40example.org%22",
		testapp.Records(collections.Users) + "/ann.secret%2540example.org",
		testapp.Records(collections.Jobs) + "/nothing%3Fq=secretword",
		"/api/jobs/?q=secretword", "/api/jobs/?q=secretword&nosuch=secretword", "/api/jobs/?filter=secretword=",
		"/api/files/applications/000000000000000/ann-secret-cv.pdf?token=" + jwt,
		"/api/nothing?token=" + jwt, "/api/nothing/" + jwt, "/api/nothing/jb_aaaaaaaaaaaaaaa_secretkeysecretkey",
		unsubscribe, unsubscribe + "/more",
	} {
		request := httptest.NewRequest("GET", path, nil)
		request.Header.Set("Referer", "https://elsewhere.example/ann.secret@example.org?q=secretword#secretword")
		request.Header.Set("User-Agent", "a browser (ann.secret@example.org)")
		board.Send(request)
	}
	board.Call(nil, "POST", unsubscribe, nil)
	for _, what := range []string{"request-password-reset", "request-verification"} {
		board.Call(nil, "POST", "/api/collections/users/"+what, map[string]any{"email": "ann.secret@example.org"})
	}
	login := map[string]any{"identity": "ann.secret@example.org", "password": "secretword"}
	board.Call(nil, "POST", "/api/collections/users/auth-with-password", login)
	board.Call(seeker, "POST", "/api/collections/users/request-email-change", map[string]any{"newEmail": "ann.secret@"})
	board.Call(nil, "POST", "/api/collections/users/confirm-verification", map[string]any{"token": jwt})
	board.Call(nil, "POST", "/api/users/auth/register/", map[string]any{"email": "ann.secret@example.com",
		"role": "job_seeker", "name": "ann", "password": testapp.Password, "passwordConfirm": testapp.Password})
	board.Logger().Error("a line of ours about ann.secret@example.org", "error", errors.New("550 <ann.secret@example.org>: "+jwt),
		"details", map[string]any{"inner": []string{"ann.secret@example.org"}})
}

func mustKeepSecrets(t *testing.T, all []string) {
	t.Helper()
	for _, line := range all {
		for _, secret := range secrets {
			if strings.Contains(line, secret) {
				t.Errorf("%q is in the log: %s", secret, line)
			}
		}
	}
}

func TestFailedRequestsAreLoggedWithoutSecrets(t *testing.T) {
	board := newBoard(t, false)
	visit(t, board)
	all := lines(t, board)
	mustKeepSecrets(t, all)
	seen := strings.Join(all, "\n")
	for _, want := range []string{
		"GET /api/collections/jobs/records ", "POST /api/collections/users/request-password-reset",
		"GET /api/files/applications/000000000000000/[file]",
		"a line of ours about [address]", "[address]\\u003e: [token]", `"referer":"https://elsewhere.example"`, `"status":400`,
	} {
		if !strings.Contains(seen, want) {
			t.Errorf("the log lacks %s", want)
		}
	}
	for _, line := range all {
		if strings.Contains(line, `"status":2`) && !strings.Contains(line, `"error"`) {
			t.Errorf("a request that succeeded is logged: %s", line)
		}
	}
	if t.Failed() {
		t.Log(seen)
	}
}

func TestSuccessfulRequestsAreLoggedWhereWanted(t *testing.T) {
	board := newBoard(t, true)
	visit(t, board)
	all := lines(t, board)
	mustKeepSecrets(t, all)
	seen := strings.Join(all, "\n")
	for _, want := range []string{"GET /api/jobs", "/unsubscribe/[token]", `"status":200`} {
		if !strings.Contains(seen, want) {
			t.Errorf("the log lacks %s:\n%s", want, seen)
		}
	}
}
