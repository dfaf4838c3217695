package hooks

import (
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/actor"
	"jobboard/internal/problem"
	"jobboard/internal/webhook"
)

const (
	maxWebhooks = 20 // of one employer, made by its people
	// newSecret is a raw key on an endpoint whose secret was just made, to be shown once.
	newSecret = "@newSecret"
)

func bindWebhooks(app core.App) {
	app.OnRecordCreateRequest(collections.WebhookEndpoints).BindFunc(completeWebhookOnCreateRequest)
	app.OnRecordCreate(collections.WebhookEndpoints).BindFunc(beginWebhookOnCreate)
	app.OnRecordUpdate(collections.WebhookEndpoints).BindFunc(switchWebhookOnUpdate)
	bindEnricher(app, collections.WebhookEndpoints, showNewSecretOnEnrich)
}

// completeWebhookOnCreateRequest sets the caller's employer where the request names none and the caller has only one, and switches the
// endpoint on unless the request says otherwise.
func completeWebhookOnCreateRequest(e *core.RecordRequestEvent) error {
	body, err := readBody(e)
	if err != nil {
		return e.BadRequestError("Failed to read the submitted data.", err)
	}
	if _, given := body["active"]; !given {
		e.Record.Set("active", true)
	}
	if e.Record.GetString("employer") != "" || e.Auth == nil || actor.IsAdminOrSuperuser(e.Auth) {
		return e.Next()
	}
	employer, err := collections.OnlyEmployerOf(e.App, e.Auth.Id)
	if err != nil {
		return err
	}
	if employer == "" {
		return e.BadRequestError("Failed to create record.", problem.Field("employer", problem.Required, "Must be one of your employers."))
	}
	e.Record.Set("employer", employer)
	return e.Next()
}

// beginWebhookOnCreate makes the secret with the endpoint. The record in memory shows it to whoever has made the endpoint; stored is it
// where no API reads.
func beginWebhookOnCreate(e *core.RecordEvent) error {
	endpoint := e.Record
	if err := checkWebhookURL(e.App, endpoint); err != nil {
		return err
	}
	endpoint.Set("secret", "")
	var secret string
	who := actor.Of(endpoint)
	err := inTransaction(e, func(tx core.App) error {
		if who.IsBoard() || who.IsAdmin() {
			return nil
		}
		count, err := tx.CountRecords(collections.WebhookEndpoints, dbx.HashExp{"employer": endpoint.GetString("employer")})
		if err != nil {
			return fmt.Errorf("count the webhooks: %w", err)
		}
		if count >= maxWebhooks {
			return problem.Field("employer", problem.LimitReached, fmt.Sprintf("There can be at most %d webhooks. Delete one first.", maxWebhooks))
		}
		return nil
	}, func(tx core.App) (err error) {
		secret, err = webhook.Begin(tx, endpoint.Id)
		return err
	})
	if err != nil {
		return err
	}
	endpoint.SetRaw(newSecret, secret)
	return nil
}

// switchWebhookOnUpdate gives up what waits for an endpoint that is switched off, and lets one that is switched on begin with what happens
// from then on. With a new address it does not count as failing.
func switchWebhookOnUpdate(e *core.RecordEvent) error {
	endpoint, before := e.Record, e.Record.Original()
	moved := endpoint.GetString("url") != before.GetString("url")
	if moved {
		if err := checkWebhookURL(e.App, endpoint); err != nil {
			return err
		}
	}
	endpoint.Set("secret", "")
	on, was := endpoint.GetBool("active"), before.GetBool("active")
	if moved || on && !was {
		endpoint.Set("failingSince", "")
	}
	return inTransaction(e, nil, func(tx core.App) error {
		switch {
		case on && !was:
			return webhook.SwitchOn(tx, endpoint.Id)
		case was && !on:
			return webhook.SwitchOff(tx, endpoint.Id)
		}
		return nil
	})
}

func checkWebhookURL(app core.App, endpoint *core.Record) error {
	address := endpoint.GetString("url")
	if address == "" {
		return nil // the field is required
	}
	if _, err := webhook.CheckURL(address, webhook.AllowsPrivate(app)); err != nil {
		return problem.Field("url", problem.InvalidValue, fmt.Sprintf("The address %s.", err))
	}
	return nil
}

// showNewSecretOnEnrich shows a secret in the answer to the request that has made it.
func showNewSecretOnEnrich(e *core.RecordEnrichEvent) error {
	secret, _ := e.Record.GetRaw(newSecret).(string)
	if secret == "" {
		e.Record.Hide("secret")
		return e.Next()
	}
	e.Record.SetRaw("secret", secret)
	e.Record.Unhide("secret")
	return e.Next()
}
