package hooks_test

import (
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/account"
	"jobboard/internal/api"
	"jobboard/internal/problem"
	"jobboard/internal/testapp"
)

func registration(role string, more map[string]any) map[string]any {
	body := map[string]any{
		"email": role + "@example.com", "password": testapp.Password, "passwordConfirm": testapp.Password,
		"name": "  New   User ", "role": role,
	}
	for key, value := range more {
		body[key] = value
	}
	return body
}

func profiles(t testing.TB, b *testapp.Board, user string) int64 {
	t.Helper()
	n, err := b.CountRecords(collections.JobSeekers, dbx.HashExp{"user": user})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func kindsOf(t testing.TB, b *testapp.Board, user *core.Record) []string {
	t.Helper()
	rows, err := b.FindRecordsByFilter(collections.Notifications, "user = {:id}", "@rowid", 0, 0, dbx.Params{"id": user.Id})
	if err != nil {
		t.Fatal(err)
	}
	kinds := []string{}
	for _, row := range rows {
		kinds = append(kinds, row.GetString("kind"))
	}
	return kinds
}

func TestRegistrationMakesTheProfile(t *testing.T) {
	b := testapp.NewBoard(t, hooks.Bind)
	doors := map[string]func(role string) testapp.Response{
		"create": func(role string) testapp.Response {
			return b.Call(nil, "POST", testapp.Records(collections.Users), registration(role, nil))
		},
		"batch": func(role string) testapp.Response {
			body := registration(role, map[string]any{"email": role + "-batch@example.com"})
			answer := b.Call(nil, "POST", "/api/batch", map[string]any{"requests": []any{map[string]any{
				"method": "POST", "url": testapp.Records(collections.Users), "body": body,
			}}})
			if answer.Status == 200 {
				created, err := b.FindAuthRecordByEmail(collections.Users, role+"-batch@example.com")
				if err != nil {
					t.Fatal(err)
				}
				answer.Body = map[string]any{"id": created.Id, "role": role, "name": created.GetString("name")}
			}
			return answer
		},
	}
	for door, register := range doors {
		for role, want := range map[string]int64{collections.RoleJobSeeker: 1, collections.RoleEmployer: 0} {
			t.Run(role+" by "+door, func(t *testing.T) {
				answer := register(role)
				id, _ := answer.Body["id"].(string)
				if answer.Status != 200 || answer.Body["role"] != role || answer.Body["name"] != "New User" {
					t.Fatalf("register: %d %s", answer.Status, answer.Raw)
				}
				if n := profiles(t, b, id); n != want {
					t.Errorf("%d profiles, want %d", n, want)
				}
				user, err := b.FindRecordById(collections.Users, id)
				if err != nil {
					t.Fatal(err)
				}
				got := strings.Join(user.GetStringSlice("emailNotifications"), " ")
				if want := strings.Join(collections.DefaultEmailKinds(), " "); got != want {
					t.Errorf("mailed kinds: %s, want %s", got, want)
				}
			})
		}
	}
}

// Registering an employer founds the company at both doors, and both or none is stored.
func TestRegistrationFoundsTheCompany(t *testing.T) {
	b := testapp.NewBoard(t, hooks.Bind, api.Bind)
	const register = "/api/users/auth/register/"
	create := testapp.Records(collections.Users)
	n := 0
	employer := func(more map[string]any) map[string]any {
		n++
		body := registration(collections.RoleEmployer, map[string]any{"email": fmt.Sprint(n, "@example.com")})
		maps.Copy(body, more)
		return body
	}
	batch := func(body map[string]any) map[string]any {
		return map[string]any{"requests": []any{map[string]any{"method": "POST", "url": create, "body": body}}}
	}
	for name, c := range map[string]struct {
		path string
		body map[string]any
		want string // the company's name and slug
	}{
		"REST":                  {register, employer(map[string]any{"companyName": "Acme  Rockets"}), "Acme Rockets acme-rockets"},
		"REST without":          {register, employer(nil), "New User new-user"},
		"PocketBase":            {create, employer(map[string]any{"companyName": "Bolt"}), "Bolt bolt"},
		"PocketBase, as number": {create, employer(map[string]any{"companyName": "42"}), "42 42"},
		"PocketBase without":    {create, employer(nil), ""},
		"PocketBase, blank":     {create, employer(map[string]any{"companyName": " "}), ""},
		"batch":                 {"/api/batch", batch(employer(map[string]any{"companyName": "Crate"})), "Crate crate"},
		"seeker":                {create, employer(map[string]any{"companyName": "Dune", "role": collections.RoleJobSeeker}), ""},
	} {
		email, _ := c.body["email"].(string)
		if requests, ok := c.body["requests"].([]any); ok {
			email = requests[0].(map[string]any)["body"].(map[string]any)["email"].(string)
		}
		answer := b.Call(nil, "POST", c.path, c.body)
		user, err := b.FindAuthRecordByEmail(collections.Users, email)
		if answer.Status > 201 || err != nil {
			t.Fatalf("%s: %d %s %v", name, answer.Status, answer.Raw, err)
		}
		rows, err := b.FindAllRecords(collections.Employers, dbx.HashExp{"owner": user.Id})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, row := range rows {
			got += row.GetString("name") + " " + row.GetString("slug")
		}
		if got != c.want {
			t.Errorf("%s founds %q, want %q", name, got, c.want)
		}
	}
	users, err := b.CountRecords(collections.Users)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{register, create} {
		for _, wrong := range []any{strings.Repeat("x", 1000), 42, []string{"Acme"}} {
			answer := b.Call(nil, "POST", path, employer(map[string]any{"companyName": wrong}))
			if answer.Status != 400 || answer.Code("companyName") == "" {
				t.Errorf("%s with the company %.20v: %d %s", path, wrong, answer.Status, answer.Raw)
			}
		}
	}
	if left, err := b.CountRecords(collections.Users); err != nil || left != users {
		t.Errorf("refused registrations left %d users (%v)", left-users, err)
	}
}

func TestRegistrationKeepsAnEmptyChoiceOfMails(t *testing.T) {
	b := testapp.NewBoard(t, hooks.Bind)
	answer := b.Call(nil, "POST", testapp.Records(collections.Users),
		registration(collections.RoleJobSeeker, map[string]any{"emailNotifications": []string{}}))
	list, ok := answer.Body["emailNotifications"].([]any)
	if answer.Status != 200 || !ok || len(list) != 0 {
		t.Errorf("want no kinds: %d %s", answer.Status, answer.Raw)
	}
}

func TestRegistrationRefusesBadInput(t *testing.T) {
	b := testapp.NewBoard(t, hooks.Bind)
	cases := map[string]struct {
		body  map[string]any
		field string // "" where the rule refuses, which names none
	}{
		"as admin":          {map[string]any{"role": collections.RoleAdmin}, ""},
		"unknown role":      {map[string]any{"role": "owner"}, "role"},
		"no role":           {map[string]any{"role": ""}, "role"},
		"blank name":        {map[string]any{"name": " \t "}, "name"},
		"short password":    {map[string]any{"password": "1234567", "passwordConfirm": "1234567"}, "password"},
		"overlong password": {map[string]any{"password": strings.Repeat("x", 73), "passwordConfirm": strings.Repeat("x", 73)}, "password"},
		"72 bytes and more": {map[string]any{"password": strings.Repeat("ä", 40), "passwordConfirm": strings.Repeat("ä", 40)}, "password"},
		"other confirm":     {map[string]any{"passwordConfirm": "another password"}, "passwordConfirm"},
		"verified":          {map[string]any{"verified": true}, "verified"},
		"deactivatedAt":     {map[string]any{"deactivatedAt": "2026-01-01 00:00:00.000Z"}, "deactivatedAt"},
		"unknown kind":      {map[string]any{"emailNotifications": []string{"gossip"}}, "emailNotifications"},
		"a list as name":    {map[string]any{"name": []string{"x"}}, "name"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			answer := b.Call(nil, "POST", testapp.Records(collections.Users), registration(collections.RoleJobSeeker, c.body))
			if answer.Status != 400 || (c.field != "" && answer.Code(c.field) == "") {
				t.Errorf("got %d %s, want 400 naming %q", answer.Status, answer.Raw, c.field)
			}
			for _, table := range []string{collections.Users, collections.JobSeekers} {
				if n, err := b.CountRecords(table); err != nil || n != 0 {
					t.Errorf("%d rows of %s were written (%v)", n, table, err)
				}
			}
		})
	}
}

func TestRoleChangeEndsLoginsAndMakesTheProfile(t *testing.T) {
	b := testapp.NewBoard(t, hooks.Bind)
	url := b.Serve()
	admin, user := b.Admin("admin"), b.User(collections.RoleEmployer, "eve")
	token := b.Token(user)
	listener := testapp.Listen(t, url, token, "users/*")

	answer := b.Call(admin, "PATCH", testapp.Records(collections.Users, user.Id), map[string]any{"role": collections.RoleJobSeeker})
	if answer.Status != 200 || answer.Body["role"] != collections.RoleJobSeeker {
		t.Fatalf("change the role: %d %s", answer.Status, answer.Raw)
	}
	if status := b.CallWithToken(token, "POST", "/api/collections/users/auth-refresh", nil).Status; status != 401 {
		t.Errorf("the old token was refreshed: %d", status)
	}
	listener.MustEnd(t)
	if n := profiles(t, b, user.Id); n != 1 {
		t.Errorf("%d profiles, want 1", n)
	}
	if kinds := kindsOf(t, b, user); len(kinds) != 1 || kinds[0] != collections.KindAccount {
		t.Errorf("notifications: %v, want one of kind account", kinds)
	}

	// Back, and to job seeker once more: the profile is kept.
	for _, role := range []string{collections.RoleEmployer, collections.RoleJobSeeker} {
		answer := b.Call(admin, "PATCH", testapp.Records(collections.Users, user.Id), map[string]any{"role": role})
		if answer.Status != 200 {
			t.Fatalf("change the role to %s: %d %s", role, answer.Status, answer.Raw)
		}
	}
	if n := profiles(t, b, user.Id); n != 1 {
		t.Errorf("%d profiles after two more changes, want 1", n)
	}
}

func TestOtherChangesKeepLogins(t *testing.T) {
	b := testapp.NewBoard(t, hooks.Bind)
	user := b.Seeker("ada")
	token := b.Token(user)
	body := map[string]any{"name": "Ada Lovelace", "role": collections.RoleJobSeeker, "locale": "en-GB"}
	if answer := b.CallWithToken(token, "PATCH", testapp.Records(collections.Users, user.Id), body); answer.Status != 200 {
		t.Fatalf("update oneself: %d %s", answer.Status, answer.Raw)
	}
	if status := b.CallWithToken(token, "POST", "/api/collections/users/auth-refresh", nil).Status; status != 200 {
		t.Errorf("the token is dead: %d", status)
	}
	if kinds := kindsOf(t, b, user); len(kinds) != 0 {
		t.Errorf("notifications: %v, want none", kinds)
	}
}

func TestDeactivationEndsEverythingAtOnce(t *testing.T) {
	b := testapp.NewBoard(t, hooks.Bind)
	url := b.Serve()
	admin, user, root := b.Admin("admin"), b.Seeker("ada"), b.Superuser("root")
	token := b.Token(user)
	listener := testapp.Listen(t, url, token, "users/*")
	login := func() testapp.Response {
		return b.Call(nil, "POST", "/api/collections/users/auth-with-password",
			map[string]any{"identity": user.Email(), "password": testapp.Password})
	}

	stored, err := account.Deactivate(b.TestApp, user, user.Id)
	if err != nil || account.IsActive(stored) {
		t.Fatalf("deactivate: %v", err)
	}
	listener.MustEnd(t)
	if status := b.CallWithToken(token, "POST", "/api/collections/users/auth-refresh", nil).Status; status != 401 {
		t.Errorf("a dead token was refreshed: %d", status)
	}
	if answer := login(); answer.Status != 400 {
		t.Errorf("a deactivated user logged in: %d %s", answer.Status, answer.Raw)
	}
	if status := b.Call(root, "POST", "/api/collections/users/impersonate/"+user.Id, nil).Status; status != 403 {
		t.Errorf("a deactivated user was impersonated: %d", status)
	}
	_, err = account.Deactivate(b.TestApp, admin, user.Id)
	mustHaveCode(t, err, "deactivatedAt", problem.AlreadyDeactivated)

	if _, err := account.Reactivate(b.TestApp, admin, user.Id); err != nil {
		t.Fatalf("reactivate: %v", err)
	}
	if status := b.CallWithToken(token, "POST", "/api/collections/users/auth-refresh", nil).Status; status != 401 {
		t.Errorf("reactivating revived an old token: %d", status)
	}
	if answer := login(); answer.Status != 200 {
		t.Errorf("a reactivated user can't log in: %d %s", answer.Status, answer.Raw)
	}
	_, err = account.Reactivate(b.TestApp, admin, user.Id)
	mustHaveCode(t, err, "deactivatedAt", problem.AlreadyActive)
	if kinds := kindsOf(t, b, user); len(kinds) != 2 {
		t.Errorf("notifications: %v, want two", kinds)
	}
}

func mustHaveCode(t *testing.T, err error, field, code string) {
	t.Helper()
	if err == nil || err.Error() == "" {
		t.Fatalf("no error, want %s at %s", code, field)
	}
	want := problem.Field(field, code, "").Error()
	if !strings.HasPrefix(err.Error(), strings.TrimSuffix(want, ".")) {
		t.Errorf("got %v, want %s at %s", err, code, field)
	}
}

func TestTheLastAdminStays(t *testing.T) {
	b := testapp.NewBoard(t, hooks.Bind)
	admin, gone, root := b.Admin("admin"), b.Admin("gone"), b.Superuser("root")
	if _, err := account.Deactivate(b.TestApp, admin, gone.Id); err != nil {
		t.Fatal(err)
	}
	path := testapp.Records(collections.Users, admin.Id)
	for name, who := range map[string]*core.Record{"by itself": admin, "by a superuser": root} {
		for what, call := range map[string]func() testapp.Response{
			"demote": func() testapp.Response {
				return b.Call(who, "PATCH", path, map[string]any{"role": collections.RoleEmployer})
			},
			"delete": func() testapp.Response { return b.Call(who, "DELETE", path, nil) },
		} {
			t.Run(what+" "+name, func(t *testing.T) {
				if answer := call(); answer.Status != 400 || answer.Code("role") != problem.LastAdmin {
					t.Errorf("got %d %s", answer.Status, answer.Raw)
				}
			})
		}
	}
	t.Run("deactivate by a superuser's own hand", func(t *testing.T) {
		answer := b.Call(root, "PATCH", path, map[string]any{"deactivatedAt": types.NowDateTime().String()})
		if answer.Status != 400 || answer.Code("deactivatedAt") != problem.LastAdmin {
			t.Errorf("got %d %s", answer.Status, answer.Raw)
		}
	})
	t.Run("deactivate by itself", func(t *testing.T) {
		if _, err := account.Deactivate(b.TestApp, admin, admin.Id); err == nil {
			t.Error("the last admin was deactivated")
		}
	})
	t.Run("both in one batch", func(t *testing.T) {
		if _, err := account.Reactivate(b.TestApp, admin, gone.Id); err != nil {
			t.Fatal(err)
		}
		demote := func(id string) map[string]any {
			return map[string]any{
				"method": "PATCH", "url": testapp.Records(collections.Users, id), "body": map[string]any{"role": collections.RoleEmployer},
			}
		}
		answer := b.Call(admin, "POST", "/api/batch", map[string]any{"requests": []any{demote(gone.Id), demote(admin.Id)}})
		if answer.Status != 400 {
			t.Errorf("got %d %s", answer.Status, answer.Raw)
		}
		if b.Reload(gone).GetString("role") != collections.RoleAdmin {
			t.Error("the refused batch left something behind")
		}
	})
	if !account.IsActiveAdmin(b.Reload(admin)) {
		t.Error("the last admin is gone")
	}
}

func TestTwoAdminsDemotingEachOtherLeaveOne(t *testing.T) {
	b := testapp.NewBoard(t, hooks.Bind)
	ways := map[string]func(token string, who, whom *core.Record) bool{
		"demote": func(token string, _, whom *core.Record) bool {
			return b.CallWithToken(token, "PATCH", testapp.Records(collections.Users, whom.Id),
				map[string]any{"role": collections.RoleEmployer}).Status == 200
		},
		"delete": func(token string, _, whom *core.Record) bool {
			return b.CallWithToken(token, "DELETE", testapp.Records(collections.Users, whom.Id), nil).Status == 204
		},
		"deactivate": func(_ string, who, whom *core.Record) bool {
			_, err := account.Deactivate(b.TestApp, who, whom.Id)
			return err == nil
		},
	}
	b.Handler() // built once, before the calls race
	for name, act := range ways {
		t.Run(name, func(t *testing.T) {
			for _, left := range mustFind(t, b, collections.Users) {
				if _, err := b.DB().Delete(collections.Users, dbx.HashExp{"id": left.Id}).Execute(); err != nil {
					t.Fatal(err)
				}
			}
			one, two := b.Admin("one-"+name), b.Admin("two-"+name)
			tokens := []string{b.Token(one), b.Token(two)}
			var done [2]bool
			var both sync.WaitGroup
			both.Go(func() { done[0] = act(tokens[0], one, two) })
			both.Go(func() { done[1] = act(tokens[1], two, one) })
			both.Wait()
			active, err := b.CountRecords(collections.Users, dbx.HashExp{"role": collections.RoleAdmin, "deactivatedAt": ""})
			if err != nil {
				t.Fatal(err)
			}
			if done[0] == done[1] || active != 1 {
				t.Errorf("results %v, %d active admins left; want one success, one admin", done, active)
			}
		})
	}
}

func mustFind(t testing.TB, b *testapp.Board, collection string) []*core.Record {
	t.Helper()
	rows, err := b.FindAllRecords(collection)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// A save that read the user before a demotion must not bring the old role or the old logins back.
func TestStaleSaveDoesNotUndoADemotion(t *testing.T) {
	b := testapp.NewBoard(t, hooks.Bind)
	b.Admin("other")
	eve := b.Admin("eve")
	stale := b.Reload(eve)
	token := b.Token(eve)
	b.Update(eve, map[string]any{"role": collections.RoleEmployer})

	stale.Set("name", "Eve again")
	if err := b.Save(stale); err != nil {
		t.Fatal(err)
	}
	now := b.Reload(eve)
	if now.GetString("role") != collections.RoleEmployer || now.GetString("name") != "Eve again" {
		t.Errorf("stored %s %q", now.GetString("role"), now.GetString("name"))
	}
	if status := b.CallWithToken(token, "POST", "/api/collections/users/auth-refresh", nil).Status; status != 401 {
		t.Errorf("an old token lives again: %d", status)
	}
}

func TestDeletingAUser(t *testing.T) {
	p := newPipeline(t)
	answer := p.apply(t, p.seeker, nil)
	if answer.Status != 200 {
		t.Fatalf("apply: %d %s", answer.Status, answer.Raw)
	}
	if answer := p.apply(t, p.other, nil); answer.Status != 200 {
		t.Fatalf("apply: %d %s", answer.Status, answer.Raw)
	}
	review := p.Call(p.seeker, "POST", testapp.Records(collections.JobReviews), map[string]any{"job": p.job.Id, "rating": 1})
	if review.Status != 200 {
		t.Fatalf("review: %d %s", review.Status, review.Raw)
	}

	t.Run("refused while an employer of theirs has jobs", func(t *testing.T) {
		answer := p.Call(p.admin, "DELETE", testapp.Records(collections.Users, p.owner.Id), nil)
		if answer.Status != 400 || answer.Code("id") != problem.OwnsEmployerJobs {
			t.Errorf("got %d %s", answer.Status, answer.Raw)
		}
	})
	t.Run("takes an employer without jobs along", func(t *testing.T) {
		if status := p.Call(p.admin, "DELETE", testapp.Records(collections.Users, p.stranger.Id), nil).Status; status != 204 {
			t.Fatalf("got %d", status)
		}
		if n, err := p.CountRecords(collections.Employers, dbx.HashExp{"owner": p.stranger.Id}); err != nil || n != 0 {
			t.Errorf("%d employers are left (%v)", n, err)
		}
	})
	t.Run("a member leaves the employer", func(t *testing.T) {
		if status := p.Call(p.admin, "DELETE", testapp.Records(collections.Users, p.member.Id), nil).Status; status != 204 {
			t.Fatalf("got %d", status)
		}
		if members := p.Reload(p.employer).GetStringSlice("members"); len(members) != 0 {
			t.Errorf("members left: %v", members)
		}
	})
	t.Run("takes the person's things along and keeps the counts exact", func(t *testing.T) {
		if status := p.Call(p.admin, "DELETE", testapp.Records(collections.Users, p.seeker.Id), nil).Status; status != 204 {
			t.Fatalf("got %d", status)
		}
		for table, field := range map[string]string{
			collections.JobSeekers: "user", collections.Applications: "seeker",
			collections.JobReviews: "author", collections.Notifications: "user",
		} {
			if n, err := p.CountRecords(table, dbx.HashExp{field: p.seeker.Id}); err != nil || n != 0 {
				t.Errorf("%d rows of %s are left (%v)", n, table, err)
			}
		}
		if n := p.Reload(p.job).GetInt("applicationCount"); n != 1 {
			t.Errorf("applicationCount is %d, want 1", n)
		}
		employer := p.Reload(p.employer)
		if employer.GetInt("ratingCount") != 0 || employer.GetFloat("ratingAverage") != 0 {
			t.Errorf("rating %v of %d, want none", employer.GetFloat("ratingAverage"), employer.GetInt("ratingCount"))
		}
	})
	t.Run("not for others than admins", func(t *testing.T) {
		if status := p.Call(p.other, "DELETE", testapp.Records(collections.Users, p.other.Id), nil).Status; status != 404 {
			t.Errorf("got %d", status)
		}
	})
}
