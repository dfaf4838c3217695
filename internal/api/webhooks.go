package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/apis"

	"jobboard/collections"
	"jobboard/internal/api/openapi"
	"jobboard/internal/problem"
	"jobboard/internal/webhook"
)

func webhookRoutes() []route {
	tooMany := openapi.Conflict{When: "There are too many webhooks.", Field: "employer", Code: problem.LimitReached}
	return []route{
		{
			method:   "GET",
			path:     "/api/webhooks",
			id:       "listWebhooks",
			access:   employersAndAdmins,
			scope:    collections.ScopeWebhooksWrite,
			summary:  "Lists the webhooks of the caller's employers; for admins, all.",
			query:    listParams,
			response: okList("WebhookEndpoint"),
			handler:  listWebhooks,
		},
		{
			method: "POST",
			path:   "/api/webhooks",
			id:     "createWebhook",
			access: employersAndAdmins,
			scope:  collections.ScopeWebhooksWrite,
			summary: "Creates a webhook for an employer, by default the caller's only one, or by an admin for the board. The answer alone has its " +
				"secret.",
			query:    recordParams,
			body:     bodyOf("NewWebhookEndpoint"),
			response: created("WebhookEndpoint"),
			conflict: tooMany,
			handler:  createWebhook,
		},
		{
			method:   "GET",
			path:     "/api/webhooks/{webhook_id}",
			id:       "getWebhook",
			access:   employersAndAdmins,
			scope:    collections.ScopeWebhooksWrite,
			summary:  "Shows a webhook.",
			query:    recordParams,
			response: ok("WebhookEndpoint"),
			handler:  getWebhook,
		},
		{
			method:   "PATCH",
			path:     "/api/webhooks/{webhook_id}",
			id:       "updateWebhook",
			access:   employersAndAdmins,
			scope:    collections.ScopeWebhooksWrite,
			summary:  "Changes a webhook, or switches it on and off.",
			query:    recordParams,
			body:     bodyOf("WebhookEndpointChange"),
			response: ok("WebhookEndpoint"),
			handler:  updateWebhook,
		},
		{
			method:   "DELETE",
			path:     "/api/webhooks/{webhook_id}",
			id:       "deleteWebhook",
			access:   employersAndAdmins,
			scope:    collections.ScopeWebhooksWrite,
			summary:  "Deletes a webhook with its log.",
			response: noContent,
			handler:  deleteWebhook,
		},
		{
			method:   "POST",
			path:     "/api/webhooks/{webhook_id}/test",
			id:       "testWebhook",
			access:   employersAndAdmins,
			scope:    collections.ScopeWebhooksWrite,
			summary:  "Sends a test, once, and answers with what came of it; pending if that takes longer than some seconds.",
			query:    recordParams,
			response: ok("WebhookDelivery"),
			handler:  testWebhook,
		},
		{
			method:   "POST",
			path:     "/api/webhooks/{webhook_id}/rotate",
			id:       "rotateWebhook",
			access:   employersAndAdmins,
			scope:    collections.ScopeWebhooksWrite,
			summary:  "Gives a webhook a new secret, which the answer alone has. The one before signs too for 24 hours.",
			query:    recordParams,
			response: ok("WebhookEndpoint"),
			handler:  rotateWebhook,
		},
		{
			method:  "GET",
			path:    "/api/webhooks/{webhook_id}/deliveries",
			id:      "listWebhookDeliveries",
			access:  employersAndAdmins,
			scope:   collections.ScopeWebhooksWrite,
			summary: "Lists what was sent to a webhook in the last 30 days, and what is waiting.",
			query: listParams.with(openapi.Param{Name: "status", Multiple: true, Enum: collections.DeliveryStatuses(),
				Description: "Deliveries with this status."}),
			response: okList("WebhookDelivery"),
			handler:  listWebhookDeliveries,
		},
		{
			method: "POST", path: "/api/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver", id: "redeliverWebhook",
			access:   employersAndAdmins,
			scope:    collections.ScopeWebhooksWrite,
			summary:  "Sends a delivery again, with the same webhook-id, and answers with what came of it; pending if that takes longer.",
			query:    recordParams,
			response: ok("WebhookDelivery"),
			conflict: openapi.Conflict{When: "The webhook is switched off.", Field: "active", Code: problem.WebhookOff},
			handler:  redeliverWebhook,
		},
	}
}

// webhookWait is how long a request waits for what comes of its attempt.
const webhookWait = 3 * time.Second

func listWebhooks(c *call) error {
	query, err := c.listQuery("-created")
	if err != nil {
		return err
	}
	return c.sendList(collections.WebhookEndpoints, query)
}

func createWebhook(c *call) error {
	a, err := c.create(collections.WebhookEndpoints, c.expandQuery(), c.body)
	if err != nil {
		return err
	}
	return c.sendCreated(a, "/api/webhooks/%s/")
}

func getWebhook(c *call) error {
	a, err := c.view(collections.WebhookEndpoints, c.Param("webhook_id"), c.expandQuery())
	if err != nil {
		return err
	}
	return c.sendRecord(a)
}

func updateWebhook(c *call) error {
	a, err := c.update(collections.WebhookEndpoints, c.Param("webhook_id"), c.expandQuery(), c.body)
	if err != nil {
		return err
	}
	return c.sendRecord(a)
}

func deleteWebhook(c *call) error {
	return c.remove(collections.WebhookEndpoints, c.Param("webhook_id"))
}

// ownWebhook returns the path's webhook as the caller sees it. Who sees a webhook may also change it.
func (c *call) ownWebhook() (*object, error) {
	return c.viewObject(collections.WebhookEndpoints, c.Param("webhook_id"), nil)
}

func testWebhook(c *call) error {
	endpoint, err := c.ownWebhook()
	if err != nil {
		return err
	}
	began := time.Now()
	delivery, err := webhook.Test(c.app(), endpoint.text("id"))
	if err != nil {
		return refusedAction(err)
	}
	return c.sendDelivery(delivery.Id, began)
}

// sendDelivery waits a while for an attempt and answers with the delivery.
func (c *call) sendDelivery(id string, began time.Time) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), webhookWait)
	defer cancel()
	if err := webhook.Wait(ctx, c.app(), id, began); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	a, err := c.view(collections.WebhookDeliveries, id, c.expandQuery())
	if err != nil {
		return err
	}
	return c.sendRecord(a)
}

// refusedAction returns an error of the package webhook as one that names the field, where it does.
func refusedAction(err error) error {
	var fields validation.Errors
	if errors.As(err, &fields) {
		return apis.NewBadRequestError("Failed to send the webhook.", fields)
	}
	return err
}

func rotateWebhook(c *call) error {
	endpoint, err := c.viewObject(collections.WebhookEndpoints, c.Param("webhook_id"), c.expandQuery())
	if err != nil {
		return err
	}
	secret, err := webhook.Rotate(c.app(), endpoint.text("id"))
	if err != nil {
		return err
	}
	if err := endpoint.set("secret", secret); err != nil {
		return err
	}
	return c.send(http.StatusOK, endpoint)
}

func listWebhookDeliveries(c *call) error {
	statuses, err := c.choices("status", collections.DeliveryStatuses(), asWritten)
	if err != nil {
		return err
	}
	endpoint, err := c.ownWebhook()
	if err != nil {
		return err
	}
	conditions := []string{"endpoint = " + quoted(endpoint.text("id"))}
	if len(statuses) > 0 {
		conditions = append(conditions, anyOf("status = %s", statuses))
	}
	query, err := c.listQuery("-created", conditions...)
	if err != nil {
		return err
	}
	return c.sendList(collections.WebhookDeliveries, query)
}

func redeliverWebhook(c *call) error {
	endpoint, err := c.ownWebhook()
	if err != nil {
		return err
	}
	delivery, err := c.viewObject(collections.WebhookDeliveries, c.Param("delivery_id"), nil)
	if err != nil {
		return err
	}
	if delivery.text("endpoint") != endpoint.text("id") {
		return notFound()
	}
	began := time.Now()
	if err := webhook.Redeliver(c.app(), endpoint.text("id"), delivery.text("id")); err != nil {
		return refusedAction(err)
	}
	return c.sendDelivery(delivery.text("id"), began)
}
