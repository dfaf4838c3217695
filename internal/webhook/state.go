package webhook

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/internal/events"
)

const (
	secretPrefix = "whsec_"
	secretBytes  = 32 // Standard Webhooks asks for 24 to 64
	// overlap is for how long the secret before signs too.
	overlap = 24 * time.Hour
)

func newSecret() string {
	key := make([]byte, secretBytes)
	_, _ = rand.Read(key) // never fails
	return secretPrefix + base64.StdEncoding.EncodeToString(key)
}

// Begin gives a new endpoint its secret, which it returns. It is sent the events from now on.
func Begin(tx core.App, endpoint string) (secret string, err error) {
	kept, err := events.Kept(tx)
	if err != nil {
		return "", err
	}
	secret = newSecret()
	_, err = tx.NonconcurrentDB().Insert("webhook_states", dbx.Params{"endpoint": endpoint, "secret": secret, "position": kept.Last}).Execute()
	if err != nil {
		return "", fmt.Errorf("store the secret of the endpoint %s: %w", endpoint, err)
	}
	return secret, nil
}

// Rotate gives an endpoint a new secret, which it returns. The one before signs as well for another day. An endpoint that has none, after
// its board was imported from an archive, is sent the events from now on.
func Rotate(app core.App, endpoint string) (secret string, err error) {
	secret = newSecret()
	err = app.RunInTransaction(func(tx core.App) error {
		changed, err := tx.NonconcurrentDB().NewQuery("UPDATE {{webhook_states}} " +
			"SET previous = secret, [[previousUntil]] = {:until}, secret = {:secret} WHERE endpoint = {:endpoint}").
			Bind(dbx.Params{"until": types.NowDateTime().Add(overlap).String(), "secret": secret, "endpoint": endpoint}).Execute()
		if err != nil {
			return fmt.Errorf("change the secret of the endpoint %s: %w", endpoint, err)
		}
		if n, err := changed.RowsAffected(); err != nil || n > 0 {
			return err
		}
		secret, err = Begin(tx, endpoint)
		return err
	})
	return secret, err
}

// secretsOf returns the secrets that sign what is sent to an endpoint now, the newest first.
func secretsOf(app core.App, endpoint string, now time.Time) ([]string, error) {
	var state struct {
		Secret, Previous string
		PreviousUntil    string `db:"previousUntil"`
	}
	err := app.DB().Select("secret", "previous", "previousUntil").From("webhook_states").
		Where(dbx.HashExp{"endpoint": endpoint}).One(&state)
	if err != nil {
		return nil, fmt.Errorf("find the secret of the endpoint %s: %w", endpoint, err)
	}
	secrets := []string{state.Secret}
	if state.PreviousUntil > now.UTC().Format(types.DefaultDateLayout) {
		secrets = append(secrets, state.Previous)
	}
	return secrets, nil
}

// SwitchOn lets an endpoint that was switched off begin with what happens from now on.
func SwitchOn(tx core.App, endpoint string) error {
	_, err := tx.NonconcurrentDB().NewQuery("UPDATE {{webhook_states}} " +
		"SET position = (SELECT last FROM {{event_counter}}), [[pausedUntil]] = '' WHERE endpoint = {:endpoint}").
		Bind(dbx.Params{"endpoint": endpoint}).Execute()
	if err != nil {
		return fmt.Errorf("switch the endpoint %s on: %w", endpoint, err)
	}
	return nil
}

// SwitchOff gives up what waits for an endpoint that was switched off.
func SwitchOff(tx core.App, endpoint string) error {
	_, err := tx.NonconcurrentDB().NewQuery("UPDATE {{webhook_deliveries}} " +
		"SET status = 'failed', [[nextAttemptAt]] = '', error = 'The webhook was switched off.', updated = {:now} " +
		"WHERE endpoint = {:endpoint} AND status = 'pending' AND event > 0").
		Bind(dbx.Params{"endpoint": endpoint, "now": types.NowDateTime().String()}).Execute()
	if err != nil {
		return fmt.Errorf("switch the endpoint %s off: %w", endpoint, err)
	}
	return nil
}
