package session_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"
	"github.com/pocketbase/pocketbase/tools/security"

	"jobboard/collections"
	"jobboard/internal/session"
	"jobboard/internal/testapp"
)

func login(t testing.TB, b *testapp.Board, user *core.Record) string {
	t.Helper()
	answer := b.Call(nil, "POST", "/api/collections/"+user.Collection().Name+"/auth-with-password",
		map[string]any{"identity": user.Email(), "password": testapp.Password})
	token, _ := answer.Body["token"].(string)
	if answer.Status != 200 || token == "" {
		t.Fatalf("login: %d %s", answer.Status, answer.Raw)
	}
	return token
}

func refresh(b *testapp.Board, token string) testapp.Response {
	return b.CallWithToken(token, "POST", "/api/collections/users/auth-refresh", nil)
}

func lives(t testing.TB, b *testapp.Board, user *core.Record, token string) bool {
	t.Helper()
	switch status := b.CallWithToken(token, "GET", testapp.Records(user.Collection().Name, user.Id), nil).Status; status {
	case 200:
		return true
	case 403, 404: // as a guest
		return false
	default:
		t.Fatalf("view oneself: %d", status)
	}
	return false
}

func revoke(t testing.TB, b *testapp.Board, token string) {
	t.Helper()
	if err := session.Revoke(b.TestApp, token); err != nil {
		t.Fatal(err)
	}
}

func TestLoginsOfTheSameSecondAreSessionsOfTheirOwn(t *testing.T) {
	b := testapp.NewBoard(t, session.Bind)
	for _, user := range []*core.Record{b.Seeker("ada"), b.Superuser("root")} {
		t.Run(user.Collection().Name, func(t *testing.T) {
			first, second := login(t, b, user), login(t, b, user)
			if first == second {
				t.Fatal("two logins got the same token")
			}
			revoke(t, b, first)
			if lives(t, b, user, first) {
				t.Error("the token lives on after logging out")
			}
			if lives(t, b, user, "Bearer "+first) {
				t.Error("the token lives on as a Bearer token")
			}
			if !lives(t, b, user, second) {
				t.Error("logging out ended another login")
			}
			if err := session.Revoke(b.TestApp, first); err != nil {
				t.Errorf("logging out twice: %v", err)
			}
		})
	}
}

func TestRefreshedTokensBelongToTheirSession(t *testing.T) {
	b := testapp.NewBoard(t, session.Bind)
	ada := b.Seeker("ada")
	for _, end := range []string{"the old token", "the new token"} {
		t.Run("logging out with "+end, func(t *testing.T) {
			old := login(t, b, ada)
			answer := refresh(b, old)
			renewed, _ := answer.Body["token"].(string)
			if answer.Status != 200 || renewed == "" {
				t.Fatalf("refresh: %d %s", answer.Status, answer.Raw)
			}
			if session.ID(old) != session.ID(renewed) {
				t.Error("refreshing began another session")
			}
			if end == "the old token" {
				revoke(t, b, old)
			} else {
				revoke(t, b, renewed)
			}
			if lives(t, b, ada, old) || lives(t, b, ada, renewed) {
				t.Error("a token of the session lives on")
			}
			if status := refresh(b, renewed).Status; status != 401 {
				t.Errorf("a dead token was refreshed: %d", status)
			}
		})
	}
}

func TestTokensWithoutSessionAreRevokedOneByOne(t *testing.T) {
	b := testapp.NewBoard(t, session.Bind)
	ada := b.Seeker("ada")
	token, err := ada.NewStaticAuthToken(90 * 24 * time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	other, err := ada.NewStaticAuthToken(91 * 24 * time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if answer := refresh(b, token); answer.Body["token"] != token {
		t.Errorf("a token that can't be refreshed was changed: %s", answer.Raw)
	}
	revoke(t, b, token)
	if lives(t, b, ada, token) || !lives(t, b, ada, other) {
		t.Error("revoking must end this token and no other")
	}
	row, err := b.FindFirstRecordByData(collections.RevokedSessions, "session", session.ID(token))
	if err != nil {
		t.Fatal(err)
	}
	if days := time.Until(row.GetDateTime("expires").Time()).Hours() / 24; days < 89 {
		t.Errorf("the revocation is forgotten after %.0f days, before the token expires", days)
	}
}

func TestImpersonationKeepsItsExpiry(t *testing.T) {
	b := testapp.NewBoard(t, session.Bind)
	ada, root := b.Seeker("ada"), b.Superuser("root")
	answer := b.Call(root, "POST", "/api/collections/users/impersonate/"+ada.Id, map[string]any{"duration": 600})
	token, _ := answer.Body["token"].(string)
	claims, err := security.ParseUnverifiedJWT(token)
	if err != nil {
		t.Fatalf("impersonate: %d %s", answer.Status, answer.Raw)
	}
	expires, err := claims.GetExpirationTime()
	if err != nil {
		t.Fatal(err)
	}
	if left := time.Until(expires.Time); left > 10*time.Minute || left < 9*time.Minute {
		t.Errorf("the token lives %v, not 10 minutes", left)
	}
	if !lives(t, b, ada, token) {
		t.Error("the token doesn't work")
	}
	if renewed := refresh(b, token).Body["token"]; renewed != token {
		t.Error("refreshing changed a token that can't be refreshed")
	}
}

func TestLogoutSurvivesARestart(t *testing.T) {
	b := testapp.NewBoard(t, session.Bind)
	ada := b.Seeker("ada")
	dead, alive := login(t, b, ada), login(t, b, ada)
	revoke(t, b, dead)

	again := b.Restart(session.Bind)
	if lives(t, again, ada, dead) {
		t.Error("the restart revived a token")
	}
	if !lives(t, again, ada, alive) {
		t.Error("the restart killed a token")
	}
}

func TestRevokeAllEndsEverySession(t *testing.T) {
	b := testapp.NewBoard(t, session.Bind)
	ada, bob := b.Seeker("ada"), b.Seeker("bob")
	first, second, others := login(t, b, ada), login(t, b, ada), login(t, b, bob)
	if err := session.RevokeAll(b.TestApp, ada); err != nil {
		t.Fatal(err)
	}
	if lives(t, b, ada, first) || lives(t, b, ada, second) {
		t.Error("a session lives on")
	}
	if !lives(t, b, bob, others) {
		t.Error("another user's session ended")
	}
	if !lives(t, b, ada, login(t, b, ada)) {
		t.Error("a later login doesn't work")
	}
}

func TestRevokeRefusesWhatIsNoToken(t *testing.T) {
	b := testapp.NewBoard(t, session.Bind)
	file, err := b.Seeker("ada").NewFileToken()
	if err != nil {
		t.Fatal(err)
	}
	for name, token := range map[string]string{"nothing": "", "words": "a.b.c", "a file token": file} {
		if err := session.Revoke(b.TestApp, token); err == nil {
			t.Errorf("%s was revoked", name)
		}
	}
}

func TestFileTokensEndWithTheirSession(t *testing.T) {
	b := testapp.NewBoard(t, session.Bind)
	ada := b.Seeker("ada")
	cv, err := filesystem.NewFileFromBytes([]byte("My life."), "cv.txt")
	if err != nil {
		t.Fatal(err)
	}
	profile := b.Record(collections.JobSeekers, map[string]any{"user": ada.Id, "visibility": "hidden", "resumes": cv})
	download := func(token string) int {
		path := "/api/files/job_seekers/" + profile.Id + "/" + profile.GetStringSlice("resumes")[0] + "?token=" + token
		return b.Send(httptest.NewRequest(http.MethodGet, path, nil)).Status
	}
	fileToken := func(token string) string {
		answer := b.CallWithToken(token, "POST", "/api/files/token", nil)
		file, _ := answer.Body["token"].(string)
		if file == "" {
			t.Fatalf("file token: %d %s", answer.Status, answer.Raw)
		}
		return file
	}
	here, there := login(t, b, ada), login(t, b, ada)
	mine, other := fileToken(here), fileToken(there)
	if status := download(mine); status != 200 {
		t.Fatalf("download before logging out: %d", status)
	}
	revoke(t, b, here)
	if status := download(mine); status != 404 {
		t.Errorf("download after logging out: %d", status)
	}
	if status := download(other); status != 200 {
		t.Errorf("download in another session: %d", status)
	}
}

func TestRealtimeConnectionsEndWithTheirSession(t *testing.T) {
	b := testapp.NewBoard(t, session.Bind)
	url := b.Serve()
	ada := b.Seeker("ada")
	here, there := login(t, b, ada), login(t, b, ada)
	ending := testapp.Listen(t, url, here, "users/*")
	staying := testapp.Listen(t, url, there, "users/*")

	revoke(t, b, here)
	ending.MustEnd(t)
	b.Update(ada, map[string]any{"name": "Ada L."})
	if event := staying.MustReceive(t); !strings.Contains(event.Data, "Ada L.") {
		t.Errorf("the other session received %+v", event)
	}

	if err := session.RevokeAll(b.TestApp, ada); err != nil {
		t.Fatal(err)
	}
	staying.MustEnd(t)
}

func TestRealtimeConnectionsEndWithTheirUser(t *testing.T) {
	b := testapp.NewBoard(t, session.Bind)
	url := b.Serve()
	changes := map[string]func(user *core.Record) error{
		"a new password": func(user *core.Record) error {
			user.SetPassword("another long password")
			return b.Save(user)
		},
		"a new token key": func(user *core.Record) error {
			user.RefreshTokenKey()
			return b.Save(user)
		},
		"deletion": func(user *core.Record) error { return b.Delete(user) },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			user := b.Seeker("user-" + strings.ReplaceAll(name, " ", "-"))
			listener := testapp.Listen(t, url, login(t, b, user), "jobs/*")
			if err := change(b.Reload(user)); err != nil {
				t.Fatal(err)
			}
			listener.MustEnd(t)
		})
	}
}

func TestExpiredSessionsAreForgotten(t *testing.T) {
	b := testapp.NewBoard(t, session.Bind)
	ada := b.Seeker("ada")
	old, recent := login(t, b, ada), login(t, b, ada)
	revoke(t, b, old)
	revoke(t, b, recent)
	row, err := b.FindFirstRecordByData(collections.RevokedSessions, "session", session.ID(old))
	if err != nil {
		t.Fatal(err)
	}
	b.Update(row, map[string]any{"expires": time.Now().Add(-time.Minute)})

	for _, job := range b.Cron().Jobs() {
		if job.Id() == "forget_expired_sessions" {
			job.Run()
		}
	}
	if rows, err := b.CountRecords(collections.RevokedSessions); err != nil || rows != 1 {
		t.Errorf("%d rows are left (%v), want 1", rows, err)
	}
	if lives(t, b, ada, recent) {
		t.Error("a session that hasn't expired was forgotten")
	}
}
