package hooks_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/testapp"
)

const usersAPI = "/api/collections/users/"

// tokenIn finds the link of an account mail, which must lead to PocketBase's own page, and returns its token.
func tokenIn(t *testing.T, mail testapp.Mail, page string) string {
	t.Helper()
	link := regexp.MustCompile(`href="https://jobs\.example\.org/_/#/auth/` + page + `/([\w.-]+)"`).FindStringSubmatch(mail.HTML)
	if link == nil {
		t.Fatalf("no link to %s in %q:\n%s", page, mail.Subject, mail.HTML)
	}
	if !strings.Contains(mail.Text, link[1]) {
		t.Errorf("the text part has no link:\n%s", mail.Text)
	}
	return link[1]
}

func TestAccountMailsOverSMTP(t *testing.T) {
	b := testapp.NewBoard(t, hooks.Bind)
	b.Settings().Meta.AppURL = "https://jobs.example.org"
	b.Settings().Meta.AppName = "Example Jobs"
	b.Settings().Meta.SenderAddress = "board@jobs.example.org"
	box := b.CatchMail()
	user := b.Record(collections.Users, map[string]any{
		"email": "ada@example.com", "name": "Visit evil.example", "role": collections.RoleJobSeeker, "password": testapp.Password,
	})
	expect := func(to, subject string) testapp.Mail {
		t.Helper()
		mail := box.MustReceive(t)
		if mail.To != to || mail.Subject != subject {
			t.Fatalf("mail %q to %s, want %q to %s", mail.Subject, mail.To, subject, to)
		}
		if from := mail.Header.Get("From"); !strings.Contains(from, "board@jobs.example.org") {
			t.Errorf("sent from %s", from)
		}
		for _, bad := range []string{"{", "evil.example"} { // a placeholder left, or words of whoever registered
			if strings.Contains(mail.Text, bad) || strings.Contains(mail.Subject, bad) {
				t.Errorf("%q in the mail:\n%s", bad, mail.Text)
			}
		}
		return mail
	}
	must := func(answer testapp.Response) {
		t.Helper()
		if answer.Status != 204 {
			t.Fatalf("got %d %s", answer.Status, answer.Raw)
		}
	}

	must(b.Call(nil, "POST", usersAPI+"request-verification", map[string]any{"email": "ada@example.com"}))
	token := tokenIn(t, expect("ada@example.com", "Confirm your e-mail address for Example Jobs"), "confirm-verification")
	must(b.Call(nil, "POST", usersAPI+"confirm-verification", map[string]any{"token": token}))
	if !b.Reload(user).Verified() {
		t.Error("the user isn't verified")
	}

	old := b.Token(user)
	must(b.Call(nil, "POST", usersAPI+"request-password-reset", map[string]any{"email": "ada@example.com"}))
	token = tokenIn(t, expect("ada@example.com", "Choose a new password for Example Jobs"), "confirm-password-reset")
	reset := map[string]any{"token": token, "password": "a new password", "passwordConfirm": "a new password"}
	must(b.Call(nil, "POST", usersAPI+"confirm-password-reset", reset))
	if !b.Reload(user).ValidatePassword("a new password") {
		t.Error("the password is the old one")
	}
	if status := b.CallWithToken(old, "POST", usersAPI+"auth-refresh", nil).Status; status != 401 {
		t.Errorf("a token from before the new password was refreshed: %d", status)
	}
	if status := b.Call(nil, "POST", usersAPI+"confirm-password-reset", reset).Status; status != 400 {
		t.Errorf("the link worked twice: %d", status)
	}

	must(b.Call(user, "POST", usersAPI+"request-email-change", map[string]any{"newEmail": "countess@example.com"}))
	token = tokenIn(t, expect("countess@example.com", "Confirm your new e-mail address for Example Jobs"), "confirm-email-change")
	must(b.Call(nil, "POST", usersAPI+"confirm-email-change", map[string]any{"token": token, "password": "a new password"}))
	if email := b.Reload(user).Email(); email != "countess@example.com" {
		t.Errorf("the address is %s", email)
	}
	box.MustBeEmpty(t)
}

func TestAccountMailTemplatesAreTheBoards(t *testing.T) {
	b := testapp.NewBoard(t)
	users, err := b.FindCollectionByNameOrId(collections.Users)
	if err != nil {
		t.Fatal(err)
	}
	for name, template := range map[string]core.EmailTemplate{
		"one-time password": users.OTP.EmailTemplate, "login alert": users.AuthAlert.EmailTemplate,
	} {
		if !strings.Contains(template.Subject, "{APP_NAME}") || !strings.Contains(template.Body, `<a href="{APP_URL}">`) {
			t.Errorf("%s: %+v", name, template)
		}
	}
}
