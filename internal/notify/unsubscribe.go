package notify

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"

	"jobboard/collections"
)

const unsubscribePath = "/unsubscribe/"

// unsubscribeStyle is a file of its own, since the board's content security policy allows no style inside a page.
//
//go:embed templates/unsubscribe.css
var unsubscribeStyle []byte

// bindUnsubscribe serves one-click unsubscribing by RFC 8058: GET only shows a page, since scanners of mails follow links;
// POST unsubscribes, without login, whatever its body.
func bindUnsubscribe(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.GET("/unsubscribe.css", func(e *core.RequestEvent) error {
			e.Response.Header().Set("Cache-Control", "public, max-age=300")
			return e.Blob(http.StatusOK, "text/css; charset=utf-8", unsubscribeStyle)
		})
		e.Router.GET(unsubscribePath+"{token}", func(e *core.RequestEvent) error { return answerUnsubscribe(e, false) })
		e.Router.POST(unsubscribePath+"{token}", func(e *core.RequestEvent) error { return answerUnsubscribe(e, true) })
		return e.Next()
	})
}

func answerUnsubscribe(e *core.RequestEvent, unsubscribe bool) error {
	view := struct {
		Board, Kinds string
		Done, Broken bool
	}{Board: e.App.Settings().Meta.AppName, Done: unsubscribe}
	status := http.StatusOK
	user, kinds, err := readUnsubscribeToken(e.App, e.Request.PathValue("token"))
	if err != nil {
		view.Broken, status = true, http.StatusNotFound
	} else {
		view.Kinds = describeKinds(kinds)
		if unsubscribe {
			if err := removeMailKinds(e.App, user, kinds); err != nil {
				return err
			}
		}
	}
	var page bytes.Buffer
	if err := htmlTemplates.ExecuteTemplate(&page, "unsubscribe.html", view); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	e.Response.Header().Set("Referrer-Policy", "no-referrer") // the address holds the token
	e.Response.Header().Set("X-Robots-Tag", "noindex")
	return e.HTML(status, page.String())
}

// removeMailKinds removes kinds from those that a user gets by mail. It does nothing for a user who was deleted.
func removeMailKinds(app core.App, userID string, kinds []string) error {
	return app.RunInTransaction(func(tx core.App) error { // two unsubscribings at once must not undo each other
		found, err := tx.FindRecordsByIds(collections.Users, []string{userID})
		if err != nil || len(found) == 0 {
			return err
		}
		wanted := found[0].GetStringSlice("emailNotifications")
		left := slices.DeleteFunc(slices.Clone(wanted), func(kind string) bool { return slices.Contains(kinds, kind) })
		if len(left) == len(wanted) {
			return nil
		}
		found[0].Set("emailNotifications", left)
		if err := tx.Save(found[0]); err != nil {
			return fmt.Errorf("unsubscribe user %s: %w", userID, err)
		}
		return nil
	})
}

// newUnsubscribeToken binds a user and kinds of notifications into an opaque text that nobody else can make. It does not expire:
// a link in an old mail must work.
func newUnsubscribeToken(app core.App, userID string, kinds []string) (string, error) {
	key, err := unsubscribeKey(app)
	if err != nil {
		return "", err
	}
	token, err := security.Encrypt([]byte(userID+"|"+strings.Join(kinds, ",")), key)
	if err != nil {
		return "", fmt.Errorf("make an unsubscribe token: %w", err)
	}
	raw, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		return "", fmt.Errorf("make an unsubscribe token: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}

func readUnsubscribeToken(app core.App, token string) (userID string, kinds []string, err error) {
	key, err := unsubscribeKey(app)
	if err != nil {
		return "", nil, err
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) < 28 { // nonce and seal of AES-GCM
		return "", nil, errors.New("this is no unsubscribe token")
	}
	plain, err := security.Decrypt(base64.StdEncoding.EncodeToString(raw), key)
	if err != nil {
		return "", nil, fmt.Errorf("read an unsubscribe token: %w", err)
	}
	userID, list, _ := strings.Cut(string(plain), "|")
	return userID, strings.Split(list, ","), nil
}

// unsubscribeKey is made from a secret of this installation that is seldom renewed.
func unsubscribeKey(app core.App) (string, error) {
	users, err := app.FindCachedCollectionByNameOrId(collections.Users)
	if err != nil {
		return "", fmt.Errorf("find the users collection: %w", err)
	}
	return fmt.Sprintf("%x", sha256.Sum256([]byte("unsubscribe:"+users.VerificationToken.Secret)))[:32], nil
}

// kindsOf lists the kinds of notifications that a mail can be unsubscribed from: all but account mail.
func kindsOf(rows []queued) []string {
	var kinds []string
	for _, row := range rows {
		if row.Kind != collections.KindAccount && !slices.Contains(kinds, row.Kind) {
			kinds = append(kinds, row.Kind)
		}
	}
	return kinds
}

var kindNames = map[string]string{
	collections.KindApplicationSubmitted:     "new applications",
	collections.KindApplicationWithdrawn:     "withdrawn applications",
	collections.KindApplicationStatusChanged: "changes to your applications",
	collections.KindJobPublished:             "new jobs that fit you",
	collections.KindJobClosed:                "closed jobs",
	collections.KindDeadlineReminder:         "application deadlines",
	collections.KindJobDigest:                "your saved searches",
	collections.KindReviewReceived:           "reviews",
	collections.KindReportReady:              "reports",
}

func describeKinds(kinds []string) string {
	words := make([]string, len(kinds))
	for i, kind := range kinds {
		words[i] = kindNames[kind]
	}
	return strings.Join(words, ", ")
}
