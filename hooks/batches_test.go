package hooks_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/problem"
	"jobboard/internal/testapp"
)

// Passwords are changed one at a time: a batch would compare and hash them while all other writes wait.
func TestBatchesChangeNoPasswords(t *testing.T) {
	b := testapp.NewBoard(t, hooks.Bind)
	ann, admin, root := b.Seeker("ann"), b.Admin("boss"), b.Superuser("root")
	change := map[string]any{"oldPassword": testapp.Password, "password": "a new password", "passwordConfirm": "a new password"}
	upsert := map[string]any{"id": ann.Id}
	for key, value := range change {
		upsert[key] = value
	}
	for _, who := range []*core.Record{ann, admin, root} {
		for name, request := range map[string]map[string]any{
			"PATCH":          {"method": "PATCH", "url": testapp.Records(collections.Users, ann.Id) + "?fields=id", "body": change},
			"by the id":      {"method": "PATCH", "url": testapp.Records("_pb_users_auth_", ann.Id), "body": change},
			"PUT":            {"method": "PUT", "url": testapp.Records(collections.Users), "body": upsert},
			"of a superuser": {"method": "PATCH", "url": testapp.Records("_superusers", root.Id), "body": change},
		} {
			if name == "of a superuser" && who != root {
				continue
			}
			fine := map[string]any{"method": "PATCH", "url": testapp.Records(collections.Users, ann.Id),
				"body": map[string]any{"name": "Changed"}}
			answer := b.Call(who, "POST", "/api/batch", map[string]any{"requests": []any{fine, request}})
			if answer.Status != 400 || !strings.Contains(answer.Raw, `"requests":{"1":{`) ||
				!strings.Contains(answer.Raw, `"password":{"code":"`+problem.InvalidValue) {
				t.Errorf("%s by %s: %d %s", name, who.Email(), answer.Status, answer.Raw)
			}
		}
	}
	fresh := b.Reload(ann)
	if !fresh.ValidatePassword(testapp.Password) || fresh.GetString("name") == "Changed" {
		t.Error("a refused batch changed something")
	}
}

// New accounts of a batch are hashed before it begins, so that nobody waits for it.
func TestBatchesHashNewPasswordsAhead(t *testing.T) {
	b := testapp.NewBoard(t, hooks.Bind)
	b.OnBatchRequest().Bind(&hook.Handler[*core.BatchRequestEvent]{Priority: 100, Func: func(e *core.BatchRequestEvent) error {
		for _, request := range e.Batch {
			if request.Body[core.FieldNamePassword] != nil && request.Body["name"] == "New User" {
				t.Error("a password is left for the transaction to hash")
			}
		}
		return e.Next()
	}})
	var requests []any
	for i := range 3 {
		requests = append(requests, map[string]any{"method": "POST", "url": testapp.Records(collections.Users),
			"body": registration(collections.RoleJobSeeker, map[string]any{"email": fmt.Sprintf("%d@example.com", i)})})
	}
	if answer := b.Call(nil, "POST", "/api/batch", map[string]any{"requests": requests}); answer.Status != 200 {
		t.Fatalf("%d %s", answer.Status, answer.Raw)
	}
	for i := range 3 {
		user, err := b.FindAuthRecordByEmail(collections.Users, fmt.Sprintf("%d@example.com", i))
		if err != nil {
			t.Fatal(err)
		}
		if !user.ValidatePassword(registration(collections.RoleJobSeeker, nil)["password"].(string)) {
			t.Error("the password is another")
		}
	}
	for name, wrong := range map[string]map[string]any{
		"too short":        {"password": "short", "passwordConfirm": "short"},
		"not the same":     {"passwordConfirm": "another password"},
		"not confirmed":    {"passwordConfirm": nil},
		"none":             {"password": nil, "passwordConfirm": nil},
		"empty":            {"password": "", "passwordConfirm": ""},
		"a number":         {"password": 12345678901, "passwordConfirm": 12345678901},
		"longer than 72 B": {"password": strings.Repeat("é", 40), "passwordConfirm": strings.Repeat("é", 40)},
		"a guessed word":   {"password": nil, "passwordConfirm": strings.Repeat("a", 40)},
	} {
		wrong["email"] = "wrong@example.com"
		wrong["name"] = "Wrong"
		answer := b.Call(nil, "POST", "/api/batch", map[string]any{"requests": []any{
			map[string]any{"method": "POST", "url": testapp.Records(collections.Users),
				"body": registration(collections.RoleJobSeeker, wrong)},
		}})
		if answer.Status != 400 {
			t.Errorf("%s: %d %s", name, answer.Status, answer.Raw)
		}
		if _, err := b.FindAuthRecordByEmail(collections.Users, "wrong@example.com"); err == nil {
			t.Fatalf("%s: the account is there", name)
		}
	}
}
