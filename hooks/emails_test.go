package hooks_test

import (
	"bytes"
	"mime/multipart"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/testapp"
)

// One address is one account in any case, at every request that takes an address.
func TestEmailsHaveNoCase(t *testing.T) {
	b := testapp.NewBoard(t, hooks.Bind)
	body := registration(collections.RoleJobSeeker, map[string]any{"email": "Ann@X.org"})
	if answer := b.Call(nil, "POST", testapp.Records(collections.Users), body); answer.Status != 200 {
		t.Fatalf("register: %d %s", answer.Status, answer.Raw)
	}
	ann, err := b.FindAuthRecordByEmail(collections.Users, "ann@x.org")
	if err != nil {
		t.Fatalf("the address is not stored in small letters: %v", err)
	}
	admin := b.Admin("boss")
	other := b.Seeker("other")
	for name, answer := range map[string]testapp.Response{
		"register": b.Call(nil, "POST", testapp.Records(collections.Users),
			registration(collections.RoleJobSeeker, map[string]any{"email": "ANN@X.ORG"})),
		"create": b.Call(admin, "POST", testapp.Records(collections.Users),
			registration(collections.RoleEmployer, map[string]any{"email": "aNN@x.org"})),
		"change": b.Call(admin, "PATCH", testapp.Records(collections.Users, other.Id), map[string]any{"email": "ANN@x.org"}),
	} {
		if answer.Status != 400 || answer.Code("email") != "validation_not_unique" {
			t.Errorf("%s: %d %s", name, answer.Status, answer.Raw)
		}
	}
	if n, err := b.CountRecords(collections.Users, dbx.NewExp("lower(email) = 'ann@x.org'")); err != nil || n != 1 {
		t.Errorf("%d accounts have the address (%v)", n, err)
	}
	auth := "/api/collections/users/"
	password := body["password"]
	for _, spelling := range []string{"ann@x.org", "ANN@X.ORG", "Ann@X.org"} {
		login := map[string]any{"identity": spelling, "password": password}
		if answer := b.Call(nil, "POST", auth+"auth-with-password", login); answer.Status != 200 {
			t.Errorf("log in as %s: %d %s", spelling, answer.Status, answer.Raw)
		}
	}
	var form bytes.Buffer
	parts := multipart.NewWriter(&form)
	_ = parts.WriteField("identity", "ANN@X.ORG")
	_ = parts.WriteField("password", password.(string))
	_ = parts.Close()
	request := httptest.NewRequest("POST", auth+"auth-with-password", &form)
	request.Header.Set("Content-Type", parts.FormDataContentType())
	if answer := b.Send(request); answer.Status != 200 {
		t.Errorf("log in by a form: %d %s", answer.Status, answer.Raw)
	}
	if answer := b.Call(nil, "POST", auth+"request-password-reset", map[string]any{"email": "ANN@x.org"}); answer.Status != 204 {
		t.Errorf("reset: %d %s", answer.Status, answer.Raw)
	}
	for i := 0; b.TestMailer.TotalSend() == 0 && i < 500; i++ { // sent in the background
		time.Sleep(10 * time.Millisecond)
	}
	if b.TestMailer.TotalSend() == 0 {
		t.Fatal("no reset mail")
	}
	if to := b.TestMailer.LastMessage().To[0].Address; to != ann.Email() {
		t.Errorf("the reset mail goes to %s", to)
	}
	answer := b.Call(other, "POST", auth+"request-email-change", map[string]any{"newEmail": "ANN@x.org"})
	if answer.Code("newEmail") == "" {
		t.Errorf("change to a taken address: %d %s", answer.Status, answer.Raw)
	}
	root := b.Superuser("Root")
	for _, spelling := range []string{"root@example.com", "ROOT@example.com"} {
		answer := b.Call(nil, "POST", "/api/collections/_superusers/auth-with-password",
			map[string]any{"identity": spelling, "password": testapp.Password})
		if answer.Status != 200 {
			t.Errorf("log in as the superuser %s: %d %s", root.Email(), answer.Status, answer.Raw)
		}
	}
}

// Accounts that shared an address before both stay, each with its own spelling.
func TestEmailsSharedBefore(t *testing.T) {
	b := testapp.NewBoard(t, hooks.Bind)
	first, second := b.Seeker("ann"), b.Seeker("bob")
	for id, email := range map[string]string{first.Id: "Ann@x.org", second.Id: "ANN@x.org"} {
		if _, err := b.DB().Update(collections.Users, dbx.Params{"email": email}, dbx.HashExp{"id": id}).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // the step runs once, and would do no harm a second time
		var step *core.Migration
		for _, item := range core.AppMigrations.Items() {
			if item.File == "1795775600_lower_emails.go" {
				step = item
			}
		}
		if step == nil {
			t.Fatal("there is no such step")
		}
		if err := step.Up(b.TestApp); err != nil {
			t.Fatal(err)
		}
	}
	for spelling, want := range map[string]string{"ann@x.org": first.Id, "Ann@x.org": first.Id, "ANN@x.org": second.Id} {
		answer := b.Call(nil, "POST", "/api/collections/users/auth-with-password",
			map[string]any{"identity": spelling, "password": testapp.Password})
		record, _ := answer.Body["record"].(map[string]any)
		if answer.Status != 200 || record["id"] != want {
			t.Errorf("log in as %s: %d %s", spelling, answer.Status, answer.Raw)
		}
	}
	answer := b.Call(second, "PATCH", testapp.Records(collections.Users, second.Id), map[string]any{"name": "Bob"})
	if answer.Status != 200 {
		t.Errorf("the second changes the name: %d %s", answer.Status, answer.Raw)
	}
	if got := b.Reload(second).Email(); got != "ANN@x.org" {
		t.Errorf("the second's address is %s", got)
	}
}
