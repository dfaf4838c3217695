// Package session makes every login a session of its own, which can be ended without the others: logging out revokes the session's
// tokens and closes its realtime connections at once, and a restart does not bring them back.
//
// A session is identified by the claim "sid" in its tokens, a random id that stays the same when a token is refreshed, and that is also
// in the file tokens requested with it. Revoked sessions are rows of revoked_sessions, kept in memory so that no request costs a query.
// That memory belongs to one process: the nodes of a cluster tell each other of logouts (internal/changes). Of several processes on one
// data folder, which PocketBase doesn't support either, the others learn of a logout only when they start again.
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
	"jobboard/internal/leadership"
)

// claim is the token claim that holds the session id.
const claim = "sid"

// ErrInvalidToken means that a token is not a valid auth token, or no longer one.
var ErrInvalidToken = errors.New("not a valid auth token")

// Revoke ends the session of an auth token: all tokens of that login are invalid at once, and its realtime connections are closed.
// Revoking twice is not an error. It returns ErrInvalidToken for a token that is invalid for another reason.
func Revoke(app core.App, token string) error {
	record, err := app.FindAuthRecordByToken(token, core.TokenTypeAuth)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrInvalidToken, err)
	}
	claims, err := security.ParseUnverifiedJWT(token) // verified above
	if err != nil {
		return fmt.Errorf("%w: %w", ErrInvalidToken, err)
	}
	// Another token of the session may have been issued just now. This one may expire even later, if it was issued by impersonation.
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

// RevokeAll ends every session of an auth record: all its tokens are invalid at once, and its realtime connections are closed.
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

// IsRevoked reports whether the session of a token was ended. It doesn't check whether the token is valid otherwise.
func IsRevoked(app core.App, token string) bool {
	revoked := of(app)
	return revoked != nil && revoked.has(token)
}

// ID returns the session id of a token: its sid claim, or a hash of the token if it has none because code or an older board issued it.
// The signature isn't checked.
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

// newID returns a new session id of 128 random bits.
func newID() string {
	raw := make([]byte, 16)
	_, _ = rand.Read(raw) // never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(raw)
}

// named returns the token signed again with the session id in it. Everything else in it stays, including its expiry. secret is the one
// of the token's type.
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

// BearerToken returns the token of a request as PocketBase reads it: what follows "Bearer " in the Authorization header, or the whole
// header.
func BearerToken(r *http.Request) string {
	const scheme = "Bearer "
	header := r.Header.Get("Authorization")
	if len(header) > len(scheme) && strings.EqualFold(header[:len(scheme)], scheme) {
		return header[len(scheme):]
	}
	return header
}

// forgetExpired deletes the rows of sessions whose tokens have all expired, and forgets them on every node of a cluster.
func forgetExpired(app core.App, now time.Time) error {
	if revoked := of(app); revoked != nil {
		revoked.forget(now)
	}
	if !leadership.Leading(app) {
		return nil
	}
	date, err := types.ParseDateTime(now)
	if err != nil {
		return fmt.Errorf("read the clock: %w", err)
	}
	_, err = app.NonconcurrentDB().NewQuery("DELETE FROM {{revoked_sessions}} WHERE [[expires]] < {:now}").
		Bind(map[string]any{"now": date.String()}).Execute()
	if err != nil {
		return fmt.Errorf("forget expired sessions: %w", err)
	}
	return nil
}
