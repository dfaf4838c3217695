package pages

import (
	"net/http"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/pages/pageurl"
)

// accountPage is where a link in a mail about an account leads. The link shows a form, since scanners of mails follow links too;
// sending the form does what the mail is about, by the same calls of the API as any client.
type accountPage struct {
	Action string // verify, reset or email
	Token  string
	Done   bool
	Dead   bool     // the link does not work, or no longer
	Ask    []string // the fields to fill in
	Wrong  []fault
}

// accountAction is what an account page does.
type accountAction struct {
	ask  []string
	call string // path of the API
}

var accountActions = map[string]accountAction{
	pageurl.Verify:        {nil, "/api/collections/" + collections.Users + "/confirm-verification"},
	pageurl.ResetPassword: {[]string{"password", "passwordConfirm"}, "/api/users/auth/password/reset"},
	pageurl.ChangeEmail:   {[]string{"password"}, "/api/collections/" + collections.Users + "/confirm-email-change"},
}

const longestToken = 2_000

func (s *site) showAccount(e *core.RequestEvent) error {
	page := accountOf(e.Request.URL.Path)
	page.Token = e.Request.URL.Query().Get("token")
	page.Dead = !looksLikeToken(page.Token)
	return s.sendAccount(e, http.StatusOK, page)
}

// accountOf is the page of a path.
func accountOf(path string) accountPage {
	return accountPage{Action: strings.TrimPrefix(path, "/account/"), Ask: accountActions[path].ask}
}

// looksLikeToken spares people a form that can't work, such as behind a link that was cut off.
func looksLikeToken(token string) bool {
	return len(token) <= longestToken && strings.Count(token, ".") == 2 && !strings.HasSuffix(token, ".")
}

func (s *site) confirmAccount(e *core.RequestEvent) error {
	if err := e.Request.ParseForm(); err != nil {
		return e.BadRequestError("", err)
	}
	action, page := accountActions[e.Request.URL.Path], accountOf(e.Request.URL.Path)
	page.Token = e.Request.PostForm.Get("token")
	if page.Dead = !looksLikeToken(page.Token); page.Dead {
		return s.sendAccount(e, http.StatusBadRequest, page)
	}
	body := map[string]string{"token": page.Token}
	for _, name := range action.ask {
		if body[name] = e.Request.PostForm.Get(name); body[name] == "" {
			page.wrong(s.words, name, s.words.say("account.missing."+name))
		}
	}
	if len(page.Wrong) > 0 {
		return s.sendAccount(e, http.StatusBadRequest, page)
	}
	err := s.guest.post(e, action.call, body)
	switch {
	case err == nil:
		page.Done = true
		return s.sendAccount(e, http.StatusOK, page)
	case statusOf(err) != http.StatusBadRequest:
		return err
	}
	found := faults(err)
	page.Dead = found["token"] != ""
	for name, message := range found {
		if slices.Contains(action.ask, name) {
			if key := "account." + page.Action + ".wrong." + name; s.words.has(key) {
				message = s.words.say(key)
			}
			page.wrong(s.words, name, message)
		}
	}
	page.Dead = page.Dead || len(page.Wrong) == 0
	return s.sendAccount(e, http.StatusBadRequest, page)
}

func (p *accountPage) wrong(w *words, name, message string) {
	p.Wrong = append(p.Wrong, fault{Name: name, Label: w.say("account.field." + name), Message: message})
	slices.SortFunc(p.Wrong, func(a, b fault) int { return slices.Index(p.Ask, a.Name) - slices.Index(p.Ask, b.Name) })
}

func (s *site) sendAccount(e *core.RequestEvent, status int, page accountPage) error {
	private(e)
	title := s.words.say("account." + page.Action + ".title")
	switch {
	case page.Done:
		title = s.words.say("account." + page.Action + ".done")
	case page.Dead:
		title = s.words.say("account.dead")
		status = http.StatusBadRequest
	case len(page.Wrong) > 0:
		title = s.words.say("error.prefix", "title", title)
	}
	return s.show(e, status, "account", view{Head: head{Title: title, Robots: "noindex"}, Page: page})
}

// Fault is what is wrong with a field, "" for nothing.
func (p accountPage) Fault(name string) string {
	for _, f := range p.Wrong {
		if f.Name == name {
			return f.Message
		}
	}
	return ""
}
