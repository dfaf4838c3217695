package hooks_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/testapp"
)

const usersAPI = "/api/collections/users/"

// tokenIn finds the link of an account mail, which must lead to a page of the board, and returns its token.
func tokenIn(t *testing.T, mail testapp.Mail, page string) string {
	t.Helper()
	link := regexp.MustCompile(`href="https://jobs\.example\.org/account/` + page + `\?token=([\w.-]+)"`).FindStringSubmatch(mail.HTML)
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
	token := tokenIn(t, expect("ada@example.com", "Confirm your e-mail address for Example Jobs"), "verify")
	must(b.Call(nil, "POST", usersAPI+"confirm-verification", map[string]any{"token": token}))
	if !b.Reload(user).Verified() {
		t.Error("the user isn't verified")
	}

	old := b.Token(user)
	must(b.Call(nil, "POST", usersAPI+"request-password-reset", map[string]any{"email": "ada@example.com"}))
	token = tokenIn(t, expect("ada@example.com", "Choose a new password for Example Jobs"), "reset")
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
	token = tokenIn(t, expect("countess@example.com", "Confirm your new e-mail address for Example Jobs"), "email")
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

// Whoever asks for mails to somebody else's address gets the same answer each time, and the other at most three mails.
func TestMailsToAnAddressAreLimited(t *testing.T) {
	b := testapp.NewBoard(t, hooks.Bind)
	box := b.CatchMail()
	ask := func(who *core.Record, what string, body map[string]any) {
		t.Helper()
		if got := b.Call(who, "POST", usersAPI+what, body); got.Status != 204 || got.Raw != "" {
			t.Fatalf("%s: got %d %s", what, got.Status, got.Raw)
		}
	}
	for i, spelling := range []string{
		"victim@example.org", "VICTIM@example.org", "victim+1@example.org", "Victim+2@Example.org", "victim@example.org",
	} {
		asker := b.Seeker(fmt.Sprintf("asker%d", i))
		for range 3 {
			ask(asker, "request-email-change", map[string]any{"newEmail": spelling})
		}
	}
	sprayer := b.Seeker("sprayer") // nor may one account try its luck with many addresses
	for i := range 10 {
		ask(sprayer, "request-email-change", map[string]any{"newEmail": fmt.Sprintf("stranger%d@example.org", i)})
	}
	for _, what := range []string{"request-verification", "request-password-reset"} {
		target := b.Update(b.Seeker(what), map[string]any{"verified": false})
		for range 20 {
			ask(nil, what, map[string]any{"email": target.Email()})
			for key := range b.Store().GetAll() {
				if strings.HasPrefix(key, "@limit") {
					b.Store().Remove(key) // PocketBase's own limit, of two minutes
				}
			}
		}
	}
	got := map[string]int{}
	count := func(mail testapp.Mail) {
		got[strings.TrimRight(regexp.MustCompile("[+@].*").ReplaceAllString(strings.ToLower(mail.To), ""), "0123456789")]++
	}
	for range 12 {
		count(box.MustReceive(t))
	}
	time.Sleep(300 * time.Millisecond) // for one too many
	for _, mail := range box.Received() {
		count(mail)
	}
	for _, who := range []string{"victim", "stranger", "request-verification", "request-password-reset"} {
		if got[who] != 3 {
			t.Errorf("%d mails to %s, want 3", got[who], who)
		}
	}
}

// Whoever registers gets PocketBase's mail by which the address is verified, at both doors; a registration that fails none.
func TestRegistrationSendsAVerificationMail(t *testing.T) {
	b := testapp.NewBoard(t, hooks.Bind, api.Bind)
	b.Settings().Meta.AppURL = "https://jobs.example.org"
	box := b.CatchMail()
	body := func(name, role string) map[string]any {
		return map[string]any{
			"email": name + "@example.com", "name": name, "role": role,
			"password": testapp.Password, "passwordConfirm": testapp.Password,
		}
	}
	with := func(body map[string]any, key string, value any) map[string]any { body[key] = value; return body }
	batch := map[string]any{"requests": []any{
		map[string]any{"method": "POST", "url": testapp.Records(collections.Users), "body": body("lost", "job_seeker")},
		map[string]any{"method": "POST", "url": testapp.Records(collections.Users), "body": body("lost2", "nobody")},
	}}
	register := "/api/users/auth/register/"
	b.Settings().Batch.Enabled = true
	for _, failing := range []testapp.Response{
		b.Call(nil, "POST", testapp.Records(collections.Users), body("failing", "admin")),
		b.Call(nil, "POST", register, body("failing", "admin")),
		b.Call(nil, "POST", register, with(body("failing", "employer"), "companyName", strings.Repeat("x", 1_000))),
		b.Call(nil, "POST", "/api/batch", batch),
	} {
		if failing.Status != 400 {
			t.Fatalf("got %d %s", failing.Status, failing.Raw)
		}
	}
	admin := b.Admin("admin")
	for name, made := range map[string]testapp.Response{
		"sdk":      b.Call(nil, "POST", testapp.Records(collections.Users), body("sdk", "job_seeker")),
		"rest":     b.Call(nil, "POST", register, body("rest", "job_seeker")),
		"company":  b.Call(nil, "POST", register, with(body("company", "employer"), "companyName", "Acme")),
		"by-admin": b.Call(admin, "POST", "/api/users/", body("by-admin", "employer")),
	} {
		if made.Status != 200 && made.Status != 201 {
			t.Fatalf("%s: got %d %s", name, made.Status, made.Raw)
		}
	}
	if known := b.Call(admin, "POST", "/api/users/", with(body("known", "employer"), "verified", true)); known.Status != 201 {
		t.Fatalf("got %d %s", known.Status, known.Raw)
	}
	got := map[string]testapp.Mail{}
	for range 4 {
		mail := box.MustReceive(t)
		got[mail.To] = mail
	}
	for _, name := range []string{"sdk", "rest", "company", "by-admin"} {
		token := tokenIn(t, got[name+"@example.com"], "verify")
		if answer := b.Call(nil, "POST", usersAPI+"confirm-verification", map[string]any{"token": token}); answer.Status != 204 {
			t.Errorf("%s: got %d %s", name, answer.Status, answer.Raw)
		}
		user, err := b.FindAuthRecordByEmail(collections.Users, name+"@example.com")
		if err != nil || !user.Verified() {
			t.Errorf("%s is not verified (%v)", name, err)
		}
	}
	time.Sleep(300 * time.Millisecond) // for one too many
	box.MustBeEmpty(t)
}
