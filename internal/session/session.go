// Package session makes every login a session of its own that can be ended alone: logging out kills one session's tokens
// and realtime connections at once, and they stay dead over a restart.
//
// A session is named by the claim "sid" in its tokens, a random id that refreshing keeps and that the file tokens got with
// it share. Ended sessions are rows of revoked_sessions, held in memory so that no request costs a query. That memory is
// per process: of several processes on one data folder, which PocketBase doesn't support either, the others learn of a
// logout when they start again.
package session

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
)

// claim is the token claim that names the session.
const claim = "sid"

// ErrInvalidToken tells that a token is no valid auth token, perhaps no more.
var ErrInvalidToken = errors.New("not a valid auth token")

// Revoke ends the session of an auth token: all tokens of that login are dead at once, and its realtime connections are
// closed. Revoking twice is no error. It returns ErrInvalidToken for a token that is dead anyway.
func Revoke(app core.App, token string) error {
	record, err := app.FindAuthRecordByToken(token, core.TokenTypeAuth)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrInvalidToken, err)
	}
	claims, err := security.ParseUnverifiedJWT(token) // verified above
	if err != nil {
		return fmt.Errorf("%w: %w", ErrInvalidToken, err)
	}
	// The session's youngest token may have been made just now; this one may live longer, if it was made by impersonation.
	expires := time.Now().Add(record.Collection().AuthToken.DurationTime())
	if own, err := claims.GetExpirationTime(); err == nil && own != nil && own.After(expires) {
		expires = own.Time
	}
	return app.RunInTransaction(func(tx core.App) error {
		id := ID(token)
		if _, err := tx.FindFirstRecordByData(collections.RevokedSessions, "session", id); err == nil {
			return nil
		}
		collection, err := tx.FindCachedCollectionByNameOrId(collections.RevokedSessions)
		if err != nil {
			return fmt.Errorf("find the revoked sessions: %w", err)
		}
		row := core.NewRecord(collection)
		row.Set("session", id)
		row.Set("expires", expires)
		if err := tx.Save(row); err != nil {
			return fmt.Errorf("revoke the session: %w", err)
		}
		return nil
	})
}

// RevokeAll ends every session of an auth record: all its tokens are dead at once, and its realtime connections are closed.
func RevokeAll(app core.App, record *core.Record) error {
	return app.RunInTransaction(func(tx core.App) error {
		fresh, err := tx.FindRecordById(record.Collection(), record.Id)
		if err != nil {
			return fmt.Errorf("read the account again: %w", err)
		}
		fresh.RefreshTokenKey()
		if err := tx.Save(fresh); err != nil {
			return fmt.Errorf("revoke all sessions: %w", err)
		}
		return nil
	})
}

// IsRevoked tells whether the session of a token was ended. It doesn't ask whether the token is valid otherwise.
func IsRevoked(app core.App, token string) bool {
	revoked := of(app)
	return revoked != nil && revoked.has(token)
}

// ID names the session of a token: its sid claim, or, for a token that has none since code or an older board made it, a hash
// of the token. The signature isn't looked at.
func ID(token string) string {
	parts := strings.Split(token, ".")
	if len(parts) == 3 {
		var claims struct {
			Session string `json:"sid"`
		}
		payload, err := base64.RawURLEncoding.DecodeString(parts[1])
		if err == nil && json.Unmarshal(payload, &claims) == nil && claims.Session != "" {
			return claims.Session
		}
	}
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// newID makes a session id: 128 random bits.
func newID() string {
	raw := make([]byte, 16)
	_, _ = rand.Read(raw) // never fails, since Go 1.24
	return base64.RawURLEncoding.EncodeToString(raw)
}

// named signs token again with the claim that names its session; everything else in it stays, its expiry too. secret is
// that of the token's type.
func named(token string, record *core.Record, secret, id string) (string, error) {
	claims, err := security.ParseJWT(token, record.TokenKey()+secret)
	if err != nil {
		return "", fmt.Errorf("read the new token: %w", err)
	}
	claims[claim] = id
	signed, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(record.TokenKey() + secret))
	if err != nil {
		return "", fmt.Errorf("sign the token: %w", err)
	}
	return signed, nil
}

// bearer is the request's token as PocketBase reads it.
func bearer(request *http.Request) string {
	token := request.Header.Get("Authorization")
	if len(token) > 7 && strings.EqualFold(token[:7], "Bearer ") {
		return token[7:]
	}
	return token
}

// forgetExpired deletes the rows of sessions whose tokens have all expired.
func forgetExpired(app core.App, now time.Time) error {
	date, err := types.ParseDateTime(now)
	if err != nil {
		return fmt.Errorf("read the clock: %w", err)
	}
	_, err = app.NonconcurrentDB().NewQuery("DELETE FROM {{revoked_sessions}} WHERE [[expires]] < {:now}").
		Bind(map[string]any{"now": date.String()}).Execute()
	if err != nil {
		return fmt.Errorf("forget expired sessions: %w", err)
	}
	if revoked := of(app); revoked != nil {
		revoked.forget(now)
	}
	return nil
}
