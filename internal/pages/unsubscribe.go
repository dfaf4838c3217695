package pages

import (
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/mail"
)

// unsubscribePage is where the last link of a mail leads. Unsubscribing takes one click and no login, by RFC 8058: GET shows a
// page alone, since scanners of mails follow links; POST unsubscribes, whatever its body.
type unsubscribePage struct {
	Kinds        string
	Done, Broken bool
}

func (s *site) showUnsubscribe(e *core.RequestEvent) error {
	kinds, err := mail.Unsubscribable(e.App, e.Request.PathValue("token"))
	return s.sendUnsubscribe(e, unsubscribePage{Kinds: s.kindsInWords(kinds), Broken: err != nil})
}

func (s *site) unsubscribe(e *core.RequestEvent) error {
	token := e.Request.PathValue("token")
	if _, err := mail.Unsubscribable(e.App, token); err != nil {
		return s.sendUnsubscribe(e, unsubscribePage{Broken: true})
	}
	kinds, err := mail.Unsubscribe(e.App, token)
	if err != nil {
		return err
	}
	return s.sendUnsubscribe(e, unsubscribePage{Kinds: s.kindsInWords(kinds), Done: true})
}

func (s *site) sendUnsubscribe(e *core.RequestEvent, page unsubscribePage) error {
	private(e)
	status, title := http.StatusOK, s.words.say("unsubscribe.title", "kinds", page.Kinds)
	switch {
	case page.Broken:
		status, title = http.StatusNotFound, s.words.say("account.dead")
	case page.Done:
		title = s.words.say("unsubscribe.done")
	}
	return s.show(e, status, "unsubscribe", view{Head: head{Title: title, Robots: "noindex"}, Page: page})
}

func (s *site) kindsInWords(kinds []string) string {
	names := make([]string, len(kinds))
	for i, kind := range kinds {
		names[i] = s.words.say("kind." + kind)
	}
	return strings.Join(names, ", ")
}
