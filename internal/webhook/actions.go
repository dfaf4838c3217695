package webhook

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/problem"
)

const (
	maxTests = 5 // that wait for one endpoint
	waitPoll = 20 * time.Millisecond
)

// Test sends an endpoint a message that is about nothing, once, whether or not it is switched on.
func Test(app core.App, endpoint string) (delivery *core.Record, err error) {
	err = app.RunInTransaction(func(tx core.App) error {
		waiting, err := tx.CountRecords(collections.WebhookDeliveries,
			dbx.HashExp{"endpoint": endpoint, "event": 0, "status": collections.DeliveryPending})
		if err != nil {
			return fmt.Errorf("count the tests that wait: %w", err)
		}
		if waiting >= maxTests {
			return problem.Field("id", problem.LimitReached, "Some tests of this webhook are waiting already.")
		}
		delivery, err = writeDelivery(tx, endpoint, 0, collections.EventWebhookTest)
		return err
	})
	if err == nil {
		of(app).wake()
	}
	return delivery, err
}

// Redeliver sends a delivery again, with the same id, and then as often as a new one. Its endpoint has to be switched on.
func Redeliver(app core.App, endpoint, id string) error {
	err := app.RunInTransaction(func(tx core.App) error {
		record, err := tx.FindRecordById(collections.WebhookEndpoints, endpoint)
		if err != nil {
			return fmt.Errorf("find the endpoint: %w", err)
		}
		if !record.GetBool("active") {
			return problem.Field("active", problem.WebhookOff, "The webhook is switched off.")
		}
		delivery, err := tx.FindRecordById(collections.WebhookDeliveries, id)
		if err != nil {
			return fmt.Errorf("find the delivery: %w", err)
		}
		if delivery.GetString("status") != collections.DeliveryPending {
			delivery.Set("status", collections.DeliveryPending)
			delivery.Set("attempts", 0)
		}
		delivery.Set("nextAttemptAt", types.NowDateTime())
		return tx.SaveNoValidate(delivery)
	})
	if err == nil {
		of(app).wake()
	}
	return err
}

// Wait waits until a delivery has been attempted since a time, or until ctx ends. It does not wait where nothing is sent.
func Wait(ctx context.Context, app core.App, id string, since time.Time) error {
	if of(app) == nil {
		return nil
	}
	began := since.UTC().Format(types.DefaultDateLayout)
	for {
		var attempted int
		err := app.DB().Select("count(*)").From(collections.WebhookDeliveries).
			Where(dbx.NewExp("id = {:id} AND ([[lastAttemptAt]] >= {:began} OR status != 'pending')", dbx.Params{"id": id, "began": began})).
			Row(&attempted)
		if err != nil || attempted > 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(waitPoll):
		}
	}
}
