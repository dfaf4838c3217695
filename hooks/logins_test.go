package hooks_test

import (
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/account"
	"jobboard/internal/testapp"
)

// withRealPassword gives a user a password at the cost that real ones have; the board's builders use the lowest.
func withRealPassword(t testing.TB, b *testapp.Board, user *core.Record) *core.Record {
	t.Helper()
	fresh := b.Reload(user)
	fresh.SetPassword(testapp.Password)
	if err := b.Save(fresh); err != nil {
		t.Fatal(err)
	}
	return b.Reload(user)
}

func TestLoginTellsNothingAboutAccounts(t *testing.T) {
	b := testapp.NewBoard(t, hooks.Bind)
	login := func(identity, password string) testapp.Response {
		return b.Call(nil, "POST", "/api/collections/users/auth-with-password", map[string]any{"identity": identity, "password": password})
	}
	timed := func(identity, password string) (testapp.Response, time.Duration) {
		start := time.Now()
		answer := login(identity, password)
		return answer, time.Since(start)
	}
	users, err := b.FindCollectionByNameOrId(collections.Users)
	if err != nil {
		t.Fatal(err)
	}
	users.Fields.GetByName(core.FieldNamePassword).(*core.PasswordField).Cost = 0 // as on a real board
	if err := b.Save(users); err != nil {
		t.Fatal(err)
	}

	_, emptyBoard := timed("nobody@example.com", "whatever it is")
	active := withRealPassword(t, b, b.Seeker("ada"))
	gone := withRealPassword(t, b, b.Seeker("gone"))
	if _, err := account.Deactivate(b.TestApp, nil, gone.Id); err != nil {
		t.Fatal(err)
	}
	if answer := login(active.Email(), testapp.Password); answer.Status != 200 {
		t.Fatalf("the right password: %d %s", answer.Status, answer.Raw)
	}

	wrong, wrongTime := timed(active.Email(), "not the password")
	if wrong.Status != 400 {
		t.Fatalf("a wrong password: %d %s", wrong.Status, wrong.Raw)
	}
	t.Logf("wrong password: %v; unknown address on an empty board: %v", wrongTime, emptyBoard)
	for name, c := range map[string]struct{ identity, password string }{
		"unknown address":                    {"nobody@example.com", testapp.Password},
		"deactivated, with the password":     {gone.Email(), testapp.Password},
		"deactivated, with another password": {gone.Email(), "not the password"},
	} {
		answer, took := timed(c.identity, c.password)
		if answer.Status != wrong.Status || answer.Raw != wrong.Raw {
			t.Errorf("%s: %d %s, unlike a wrong password: %s", name, answer.Status, answer.Raw, wrong.Raw)
		}
		t.Logf("%s: %v, %.2f times a wrong password", name, took, float64(took)/float64(wrongTime))
		// Loose, for busy machines: without a password to check it would be some 50 times less.
		if took < wrongTime/5 {
			t.Errorf("%s took %v, a wrong password %v", name, took, wrongTime)
		}
	}
	if emptyBoard < wrongTime/5 {
		t.Errorf("on an empty board an unknown address took %v, a wrong password %v", emptyBoard, wrongTime)
	}
}

func TestResetTellsNothingAboutAccounts(t *testing.T) {
	b := testapp.NewBoard(t, hooks.Bind)
	gone := b.Seeker("gone")
	if _, err := account.Deactivate(b.TestApp, nil, gone.Id); err != nil {
		t.Fatal(err)
	}
	const slow = 300 * time.Millisecond // the mail server's time
	sent := make(chan string, 20)
	b.OnMailerSend().BindFunc(func(e *core.MailerEvent) error {
		sent <- e.Message.To[0].Address
		time.Sleep(slow)
		return e.Next()
	})
	for _, request := range []string{"request-password-reset", "request-verification"} {
		known := b.Record(collections.Users, map[string]any{
			"email": request + "@example.com", "name": "Known", "role": collections.RoleJobSeeker, "password": testapp.Password,
		})
		for name, address := range map[string]string{
			"known": known.Email(), "known, again": known.Email(), "unknown": "nobody@example.com", "deactivated": gone.Email(),
		} {
			start := time.Now()
			answer := b.Call(nil, "POST", "/api/collections/users/"+request, map[string]any{"email": address})
			took := time.Since(start)
			t.Logf("%s, %s: %v", request, name, took)
			if answer.Status != 204 || answer.Raw != "" {
				t.Errorf("%s, %s: %d %q", request, name, answer.Status, answer.Raw)
			}
			if took >= slow {
				t.Errorf("%s, %s: the answer waits for the mail, %v", request, name, took)
			}
		}
		for to := ""; to != known.Email(); {
			select {
			case to = <-sent:
			case <-time.After(5 * time.Second):
				t.Fatalf("%s: no mail was sent", request)
			}
			if to == gone.Email() || to == "nobody@example.com" {
				t.Errorf("%s: a mail went to %s", request, to)
			}
		}
	}
}
