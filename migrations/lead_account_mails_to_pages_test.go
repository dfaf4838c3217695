package migrations_test

import (
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/testapp"
)

// What an administrator has changed in the collection of users outlives the step that leads its mails elsewhere.
func TestAccountMailsKeepTheirWords(t *testing.T) {
	app := testapp.New(t)
	users, err := app.FindCollectionByNameOrId(collections.Users)
	if err != nil {
		t.Fatal(err)
	}
	ours := users.ConfirmEmailChangeTemplate.Body
	oldLink := "{APP_URL}/_/#/auth/confirm-email-change/{TOKEN}"
	users.ConfirmEmailChangeTemplate.Body = strings.Replace(ours, "{APP_URL}/account/email?token={TOKEN}", oldLink, 1)
	if !strings.Contains(users.ConfirmEmailChangeTemplate.Body, oldLink) {
		t.Fatalf("the mail has no link to change: %s", ours)
	}
	users.VerificationTemplate.Body = `<p>Willkommen! <a href="{APP_URL}/_/#/auth/confirm-verification/{TOKEN}">Weiter</a></p>`
	users.ResetPasswordTemplate.Body = `<p><a href="https://front.example.org/reset/{TOKEN}">A front end of its own</a></p>`
	users.OAuth2.Enabled = true
	users.OAuth2.Providers = []core.OAuth2ProviderConfig{{Name: "google", ClientId: "id", ClientSecret: "secret"}}
	if err := app.Save(users); err != nil {
		t.Fatal(err)
	}

	runStep(t, app, "1795795287_lead_account_mails_to_pages.go")

	users, err = app.FindCollectionByNameOrId(collections.Users)
	if err != nil {
		t.Fatal(err)
	}
	for name, mail := range map[string]struct{ got, want string }{
		"change of address": {users.ConfirmEmailChangeTemplate.Body, ours},
		"verification": {users.VerificationTemplate.Body,
			`<p>Willkommen! <a href="{APP_URL}/account/verify?token={TOKEN}">Weiter</a></p>`},
		"password reset": {users.ResetPasswordTemplate.Body,
			`<p><a href="https://front.example.org/reset/{TOKEN}">A front end of its own</a></p>`},
	} {
		if mail.got != mail.want {
			t.Errorf("the mail of the %s is\n%s\nwant\n%s", name, mail.got, mail.want)
		}
	}
	if !users.OAuth2.Enabled || len(users.OAuth2.Providers) != 1 {
		t.Errorf("the providers are gone: %+v", users.OAuth2)
	}
}
