package collections

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// EventWebhookTest is the type of what is sent to try a webhook out. It is no event of the board.
const EventWebhookTest = "webhook.test"

// How far a delivery is, values of webhook_deliveries.status.
const (
	DeliveryPending   = "pending"
	DeliveryDelivered = "delivered"
	DeliveryFailed    = "failed" // given up; it can be sent again by hand
)

// DeliveryStatuses lists the values of webhook_deliveries.status.
func DeliveryStatuses() []string { return []string{DeliveryPending, DeliveryDelivered, DeliveryFailed} }

// The longest texts of webhook_deliveries, in characters.
const (
	MaxWebhookURL      = 2_000
	MaxWebhookError    = 500
	MaxWebhookResponse = 1_000
)

// webhookEndpoints are the addresses to which the board sends events: those of one employer, or of the whole board. What the board notes
// about them besides, above all the secrets, is in the table webhook_states, which no API shows.
func webhookEndpoints() *core.Collection {
	c := base(WebhookEndpoints)
	fields(c,
		one("employer", Employers, optional, cascade), // empty for the board
		label("url", MaxWebhookURL),
		choices("types", EventTypes()...), // empty for all
		// Always empty in the database: a hook puts the secret into the answer to the creation alone.
		&core.TextField{Name: "secret", Max: 100, Hidden: true},
		&core.BoolField{Name: "active"},
		&core.DateField{Name: "failingSince"},
	)
	c.AddIndex("idx_webhook_endpoints_employer", false, "employer", "")
	mine := rule(asAdmin + ` || ` + asPersonOf("employer"))
	rules(c, mine, mine,
		// Where the employer is empty, a hook sets the one that the caller belongs to.
		rule(asAdmin+` || (`+asEmployer+` && employer = "") || `+asPersonOf("employer")),
		mine, mine,
	)
	return c
}

// webhookDeliveries are what is to be sent, and for a while what was sent: a queue and its log.
func webhookDeliveries() *core.Collection {
	c := base(WebhookDeliveries)
	whole := func(name string) core.Field {
		return &core.NumberField{Name: name, OnlyInt: true, Min: types.Pointer(0.0)}
	}
	fields(c,
		one("endpoint", WebhookEndpoints, required, cascade),
		whole("event"), // its seq; 0 for a test
		choice("type", required, append(EventTypes(), EventWebhookTest)...),
		label("messageId", 100), // the webhook-id of every attempt
		choice("status", required, DeliveryStatuses()...),
		whole("attempts"),
		&core.DateField{Name: "nextAttemptAt"},
		&core.DateField{Name: "lastAttemptAt"},
		whole("responseStatus"),
		text("responseBody", optional, MaxWebhookResponse), // its beginning
		text("error", optional, MaxWebhookError),
		whole("duration"), // of the last attempt, in ms
	)
	c.AddIndex("idx_webhook_deliveries_event", true, "endpoint, event", "event > 0")
	c.AddIndex("idx_webhook_deliveries_of_event", false, "event", "event > 0") // for deleting an event
	c.AddIndex("idx_webhook_deliveries_due", false, "endpoint, nextAttemptAt", "status = 'pending'")
	c.AddIndex("idx_webhook_deliveries_created", false, "endpoint, created", "")
	visible := rule(asAdmin + ` || (` + asEmployer + ` && isOfMyWebhook(endpoint) = true)`)
	rules(c, visible, visible, nil, nil, nil) // written by the board alone
	return c
}
