package mail

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"

	"jobboard/collections"
)

// Unsubscribable returns the kinds of notifications that a mail's token unsubscribes from. It fails for an invalid token.
func Unsubscribable(app core.App, token string) ([]string, error) {
	_, kinds, err := readUnsubscribeToken(app, token)
	return kinds, err
}

// Unsubscribe stops the mails that a token is about, without a login, and returns their kinds.
func Unsubscribe(app core.App, token string) ([]string, error) {
	user, kinds, err := readUnsubscribeToken(app, token)
	if err != nil {
		return nil, err
	}
	return kinds, removeMailKinds(app, user, kinds)
}

// removeMailKinds removes kinds from those that a user gets by mail. It does nothing for a deleted user.
func removeMailKinds(app core.App, userID string, kinds []string) error {
	return app.RunInTransaction(func(tx core.App) error { // two requests at once must not undo each other
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

// newUnsubscribeToken returns an unforgeable token for a user and kinds of notifications. It does not expire: the link in an old mail
// must work.
func newUnsubscribeToken(app core.App, userID string, kinds []string) (string, error) {
	key, err := unsubscribeKey(app)
	if err != nil {
		return "", err
	}
	token, err := security.Encrypt([]byte(userID+"|"+strings.Join(kinds, ",")), key)
	if err != nil {
		return "", fmt.Errorf("create an unsubscribe token: %w", err)
	}
	raw, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		return "", fmt.Errorf("create an unsubscribe token: %w", err)
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
		return "", nil, errors.New("not an unsubscribe token")
	}
	plain, err := security.Decrypt(base64.StdEncoding.EncodeToString(raw), key)
	if err != nil {
		return "", nil, fmt.Errorf("read an unsubscribe token: %w", err)
	}
	userID, list, _ := strings.Cut(string(plain), "|")
	return userID, strings.Split(list, ","), nil
}

// unsubscribeKey returns a key derived from a secret of this installation that rarely changes.
func unsubscribeKey(app core.App) (string, error) {
	users, err := app.FindCachedCollectionByNameOrId(collections.Users)
	if err != nil {
		return "", fmt.Errorf("find the users collection: %w", err)
	}
	return fmt.Sprintf("%x", sha256.Sum256([]byte("unsubscribe:"+users.VerificationToken.Secret)))[:32], nil
}

// kindsOf returns the kinds of notifications that a mail can be unsubscribed from: all but account notifications.
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
	collections.KindApplicationStatusChanged: "the progress of applications",
	collections.KindJobPublished:             "new jobs that fit you",
	collections.KindJobClosed:                "closed jobs",
	collections.KindJobNotPublished:          "scheduled jobs that could not be published",
	collections.KindDeadlineReminder:         "application deadlines",
	collections.KindJobDigest:                "your saved searches",
	collections.KindReviewReceived:           "reviews",
	collections.KindReportReady:              "reports",
	collections.KindImportFailed:             "imports that fail",
	collections.KindWebhookDisabled:          "webhooks that were switched off",
}

// describeKinds returns kinds in words, such as "closed jobs, reports and reviews".
func describeKinds(kinds []string) string {
	words := make([]string, len(kinds))
	for i, kind := range kinds {
		words[i] = kindNames[kind]
	}
	if last := len(words) - 1; last > 0 {
		return strings.Join(words[:last], ", ") + " and " + words[last]
	}
	return strings.Join(words, "")
}
