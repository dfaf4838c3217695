package pages_test

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/mail"
	"jobboard/internal/notify"
	"jobboard/internal/testapp"
)

// Whatever a mail links to is there: this follows every link of a mail of every kind.
func TestEveryLinkInEveryMailLeadsToAPage(t *testing.T) {
	board := newBoard(t, "en", testapp.With(mail.Bind, mail.Options{}))
	board.Settings().Meta.SenderAddress = "board@jobs.example.org"
	box := board.CatchMail()
	employer, _ := board.Employer("Acme Works")
	open := board.Job(employer, "Gärtner / Gärtnerin (m/w/d)")
	nameless := board.Job(employer, "???")
	gone := ended(board, board.Job(employer, "Gone"), "closed")
	ann := board.Update(board.Seeker("ann"), map[string]any{"emailNotifications": collections.NotificationKinds()})
	application := board.Application(ann, open)
	for _, kind := range collections.NotificationKinds() {
		for i, job := range []*core.Record{open, nameless, gone} {
			data := map[string]any{"job": job.Id, "employer": employer.Id, "renew": i == 2}
			if kind == collections.KindJobDigest || kind == collections.KindJobPublished && i == 1 {
				data = map[string]any{"jobs": []string{open.Id, nameless.Id, gone.Id}}
			}
			if kind == collections.KindApplicationSubmitted || kind == collections.KindApplicationStatusChanged {
				data["application"] = application.Id
			}
			notification := notify.Notification{Kind: kind, Title: "About " + kind, Body: "One\nTwo\nThree", Data: data}
			if err := notify.Write(board.TestApp, notification, ann.Id); err != nil {
				t.Fatal(err)
			}
		}
	}
	due := board.NonconcurrentDB().NewQuery("UPDATE notifications SET mailAt = '2020-01-01 00:00:00.000Z' WHERE mail = 'pending'")
	if _, err := due.Execute(); err != nil {
		t.Fatal(err)
	}
	board.Call(nil, "POST", "/api/collections/users/request-verification", map[string]any{"email": "ann@example.com"}) // verified: no mail
	board.Update(ann, map[string]any{"verified": true})
	bob := board.Update(board.Seeker("bob"), map[string]any{"verified": false})
	board.Call(nil, "POST", "/api/collections/users/request-verification", map[string]any{"email": "bob@example.com"})
	board.Call(nil, "POST", "/api/users/auth/password/request-reset/", map[string]any{"email": "bob@example.com"})
	board.Call(bob, "POST", "/api/collections/users/request-email-change", map[string]any{"newEmail": "bobby@example.com"})

	address := regexp.MustCompile(`https://jobs\.example\.org[^\s"<>()\[\]]*`)
	followed := map[string]bool{}
	kinds := slices.Clone(collections.NotificationKinds())
	accountMails := 0
	for len(kinds) > 0 || accountMails < 3 {
		received := box.MustReceive(t)
		if strings.Contains(received.HTML, "/account/") {
			accountMails++
		}
		kinds = slices.DeleteFunc(kinds, func(kind string) bool { return strings.Contains(received.Text, "About "+kind) })
		texts := received.HTML + "\n" + received.Text + "\n" + strings.Trim(received.Header.Get("List-Unsubscribe"), "<>")
		for _, link := range address.FindAllString(texts, -1) {
			followed[html.UnescapeString(strings.TrimPrefix(link, "https://jobs.example.org"))] = true
		}
	}
	for path := range followed {
		if path == "" {
			path = "/"
		}
		want := 200
		if strings.Contains(path, gone.Id) {
			want = 410 // it says so, and what is like it
		}
		got := get(board, path)
		if got.Status == 303 { // to the client, or to what there is without it
			to, _, inClient := strings.Cut(got.Header.Get("Location"), "#")
			if got = get(board, to); got.Status == 200 && (inClient || strings.Contains(got.Raw, "<h1")) {
				continue
			}
		}
		if got.Status != want || !strings.Contains(got.Raw, "<h1") {
			t.Errorf("a mail leads to %.80s: %d", path, got.Status)
		}
	}
	if len(followed) < 8 {
		t.Errorf("only %d links were found: %v", len(followed), followed)
	}
}
