package pages_test

import (
	"html"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"jobboard/internal/testapp"
)

// send sends a form as a browser does.
func send(board *testapp.Board, path string, values url.Values) testapp.Response {
	request := httptest.NewRequest("POST", path, strings.NewReader(values.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "text/html")
	return board.Send(request)
}

// linkIn is the path of an account mail's link.
func linkIn(t *testing.T, mail testapp.Mail) *url.URL {
	t.Helper()
	found := regexp.MustCompile(`href="https://jobs\.example\.org(/account/[^"]+)"`).FindStringSubmatch(mail.HTML)
	if found == nil {
		t.Fatalf("no link in %s", mail.HTML)
	}
	link, err := url.Parse(html.UnescapeString(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	return link
}

func TestAccountMailsLeadToPagesThatDoIt(t *testing.T) {
	board := newBoard(t, "en")
	board.Settings().Meta.SenderAddress = "board@jobs.example.org"
	box := board.CatchMail()
	ann := board.Update(board.Seeker("ann"), map[string]any{"verified": false})

	board.Call(nil, "POST", "/api/collections/users/request-verification", map[string]any{"email": "ann@example.com"})
	link := linkIn(t, box.MustReceive(t))
	page := mustShow(t, board, link.RequestURI(), 200, "Confirm your e‑mail address", `method="post"`)
	if board.Reload(ann).Verified() {
		t.Fatal("looking at the page confirms")
	}
	if page.Header.Get("Referrer-Policy") != "no-referrer" || page.Header.Get("Cache-Control") != "no-store" ||
		page.Header.Get("X-Robots-Tag") == "" {
		t.Errorf("the address with the token can get around: %v", page.Header)
	}
	if got := send(board, link.Path, link.Query()); got.Status != 200 || !board.Reload(ann).Verified() ||
		!strings.Contains(got.Raw, "Your address is confirmed") {
		t.Errorf("confirming: %d", got.Status)
	}

	board.Call(nil, "POST", "/api/users/auth/password/request-reset/", map[string]any{"email": "ann@example.com"})
	link = linkIn(t, box.MustReceive(t))
	mustShow(t, board, link.RequestURI(), 200, `autocomplete="new-password"`)
	form := link.Query()
	for name, wrong := range map[string]url.Values{
		"Enter a password.":                                {},
		"Enter the password again.":                        {"password": {"new password 1"}},
		"The two passwords are not the same.":              {"password": {"new password 1"}, "passwordConfirm": {"another"}},
		`<a href="#password">Password: The length must be`: {"password": {"short"}, "passwordConfirm": {"short"}},
	} {
		wrong.Set("token", form.Get("token"))
		got := send(board, link.Path, wrong)
		if got.Status != 400 || !strings.Contains(got.Raw, name) || !strings.Contains(got.Raw, "There is a problem") ||
			!strings.Contains(got.Raw, `aria-invalid="true"`) {
			t.Errorf("%v: %d, no %q in %s", wrong, got.Status, name, main(got.Raw))
		}
		if strings.Contains(got.Raw, "new password 1") {
			t.Error("the page repeats the password")
		}
	}
	form.Set("password", "new password 1")
	form.Set("passwordConfirm", "new password 1")
	if got := send(board, link.Path, form); got.Status != 200 || !board.Reload(ann).ValidatePassword("new password 1") {
		t.Errorf("setting the password: %d %s", got.Status, main(got.Raw))
	}
	if got := send(board, link.Path, form); got.Status != 400 || !strings.Contains(got.Raw, "This link does not work") {
		t.Errorf("setting it again: %d", got.Status)
	}

	board.Call(ann, "POST", "/api/collections/users/request-email-change", map[string]any{"newEmail": "anna@example.com"})
	link = linkIn(t, box.MustReceive(t))
	mustShow(t, board, link.RequestURI(), 200, `autocomplete="current-password"`)
	form = link.Query()
	form.Set("password", "wrong password")
	if got := send(board, link.Path, form); got.Status != 400 || !strings.Contains(got.Raw, "This is not the password of your account.") {
		t.Errorf("a wrong password: %d %s", got.Status, main(got.Raw))
	}
	form.Set("password", "new password 1")
	if got := send(board, link.Path, form); got.Status != 200 || board.Reload(ann).Email() != "anna@example.com" {
		t.Errorf("changing the address: %d %s", got.Status, main(got.Raw))
	}
}

func TestBrokenAccountLinks(t *testing.T) {
	board := newBoard(t, "en")
	for _, path := range []string{"/account/verify", "/account/reset", "/account/email"} {
		for _, token := range []string{"", "x", "a.b.", strings.Repeat("a.b.c", 1000)} {
			mustShow(t, board, path+"?token="+token, 400, "This link does not work")
			got := send(board, path, url.Values{"token": {token}, "password": {"12345678"}, "passwordConfirm": {"12345678"}})
			if got.Status != 400 {
				t.Errorf("POST %s with %.20q: %d", path, token, got.Status)
			}
		}
		mustShow(t, board, path+"?token=a.b.c", 200)
		sent := url.Values{"token": {"a.b.c"}, "password": {"12345678"}, "passwordConfirm": {"12345678"}}
		if got := send(board, path, sent); got.Status != 400 || !strings.Contains(got.Raw, "This link does not work") {
			t.Errorf("a forged token at %s: %d %s", path, got.Status, main(got.Raw))
		}
	}
}

// Whoever has somebody's link to a new address may not guess the password here faster than at the API.
func TestAccountPagesAreThrottledAsTheAPIIs(t *testing.T) {
	board := newBoard(t, "en")
	board.Settings().RateLimits.Enabled = true
	ann := board.Seeker("ann")
	token, err := ann.NewEmailChangeToken("anna@example.com")
	if err != nil {
		t.Fatal(err)
	}
	var got testapp.Response
	for range 15 {
		got = send(board, "/account/email", url.Values{"token": {token}, "password": {"guess"}})
		if got.Status == 429 {
			break
		}
	}
	if got.Status != 429 || got.Header.Get("Retry-After") == "" || !strings.Contains(got.Raw, "slower, please") {
		t.Errorf("fifteen guesses: %d, %v", got.Status, got.Header)
	}
}
