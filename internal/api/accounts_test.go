package api_test

import (
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/problem"
	"jobboard/internal/testapp"
)

func loginAt(t testing.TB, b *testapp.Board, user *core.Record) string {
	t.Helper()
	answer := b.Call(nil, "POST", "/api/users/auth/login/", map[string]any{"email": user.Email(), "password": testapp.Password})
	token, _ := answer.Body["token"].(string)
	if answer.Status != 200 || token == "" {
		t.Fatalf("login: %d %s", answer.Status, answer.Raw)
	}
	return token
}

func TestLogoutEndsOneSessionOrAll(t *testing.T) {
	b := newBoard(t)
	user := b.Seeker("ada")
	first, second, third := loginAt(t, b, user), loginAt(t, b, user), loginAt(t, b, user)
	self := func(token string) int { return b.CallWithToken(token, "GET", "/api/users/"+user.Id+"/", nil).Status }

	if answer := b.CallWithToken("Bearer "+first, "POST", "/api/users/auth/logout/", nil); answer.Status != 204 {
		t.Fatalf("logout: %d %s", answer.Status, answer.Raw)
	}
	if status := self(first); status != 401 {
		t.Errorf("the token after logging out: %d", status)
	}
	if status := b.CallWithToken(first, "POST", "/api/users/auth/refresh/", nil).Status; status != 401 {
		t.Errorf("refreshing it: %d", status)
	}
	if status := b.CallWithToken(first, "POST", "/api/collections/users/auth-refresh", nil).Status; status != 401 {
		t.Errorf("refreshing it at PocketBase's door: %d", status)
	}
	if status := self(second); status != 200 {
		t.Errorf("another session: %d", status)
	}
	if answer := b.CallWithToken(second, "POST", "/api/users/auth/logout/", map[string]any{"everywhere": true}); answer.Status != 204 {
		t.Fatalf("logout everywhere: %d %s", answer.Status, answer.Raw)
	}
	if status := self(third); status != 401 {
		t.Errorf("a session after logging out everywhere: %d", status)
	}
}

func TestDeactivationAtTheRESTDoor(t *testing.T) {
	b := newBoard(t)
	admin, user := b.Admin("admin"), b.Seeker("ada")
	token := loginAt(t, b, user)
	path := "/api/users/" + user.Id
	if answer := b.CallWithToken(token, "POST", path+"/deactivate/", nil); answer.Status != 200 {
		t.Fatalf("deactivate oneself: %d %s", answer.Status, answer.Raw)
	}
	if status := b.CallWithToken(token, "GET", path, nil).Status; status != 401 {
		t.Errorf("the token afterwards: %d", status)
	}
	if answer := b.Call(admin, "POST", path+"/deactivate/", nil); answer.Status != 409 ||
		answer.Code("deactivatedAt") != problem.AlreadyDeactivated {
		t.Errorf("deactivate twice: %d %s", answer.Status, answer.Raw)
	}
	if answer := b.Call(admin, "POST", path+"/reactivate/", nil); answer.Status != 200 || answer.Body["deactivatedAt"] != "" {
		t.Errorf("reactivate: %d %s", answer.Status, answer.Raw)
	}
	if status := b.CallWithToken(token, "GET", path, nil).Status; status != 401 {
		t.Errorf("reactivating revived a token: %d", status)
	}
	loginAt(t, b, user)
	last := "/api/users/" + admin.Id
	for what, answer := range map[string]testapp.Response{
		"deactivate": b.Call(admin, "POST", last+"/deactivate/", nil),
		"demote":     b.Call(admin, "PATCH", last+"/role/", map[string]any{"role": collections.RoleEmployer}),
		"delete":     b.Call(admin, "DELETE", last+"/", nil),
	} {
		if answer.Status != 409 {
			t.Errorf("%s the last admin: %d %s", what, answer.Status, answer.Raw)
		}
	}
}

func TestListOfUsersIsOneselfForOthersThanAdmins(t *testing.T) {
	b := newBoard(t)
	_, owner := b.Employer("Acme")
	for _, who := range []*core.Record{b.Seeker("ada"), owner} {
		answer := b.Call(who, "GET", "/api/users/", nil)
		items := answer.Items()
		if answer.Status != 200 || len(items) != 1 || items[0]["id"] != who.Id {
			t.Errorf("%s: %d %s", who.GetString("role"), answer.Status, answer.Raw)
		}
	}
	if items := b.Call(b.Admin("admin"), "GET", "/api/users/", nil).Items(); len(items) != 3 {
		t.Errorf("an admin sees %d users, want 3", len(items))
	}
}
