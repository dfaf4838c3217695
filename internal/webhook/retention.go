package webhook

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
)

const (
	keepDays    = 30
	keepNewest  = 10_000 // finished deliveries of each endpoint
	deleteBatch = 500    // rows that one statement deletes, so that others can write in between
)

// trim deletes the deliveries that are finished and old, or that are too many.
func trim(app core.App, now time.Time) error {
	var endpoints []string
	if err := app.DB().Select("id").From(collections.WebhookEndpoints).Column(&endpoints); err != nil {
		return fmt.Errorf("find the endpoints of webhooks: %w", err)
	}
	before := now.AddDate(0, 0, -keepDays).UTC().Format(types.DefaultDateLayout)
	for _, endpoint := range endpoints {
		for {
			done, err := app.NonconcurrentDB().NewQuery(`DELETE FROM {{webhook_deliveries}} WHERE rowid IN (
				SELECT rowid FROM (SELECT rowid, created, status FROM {{webhook_deliveries}} WHERE endpoint = {:endpoint} AND created < {:before}
					UNION SELECT * FROM (SELECT rowid, created, status FROM {{webhook_deliveries}} WHERE endpoint = {:endpoint}
						ORDER BY created DESC LIMIT -1 OFFSET {:newest}))
				WHERE status != 'pending' LIMIT {:batch})`).
				Bind(dbx.Params{"endpoint": endpoint, "before": before, "newest": keepNewest, "batch": deleteBatch}).Execute()
			if err != nil {
				return fmt.Errorf("delete old deliveries: %w", err)
			}
			if deleted, err := done.RowsAffected(); err != nil || deleted < deleteBatch {
				break
			}
		}
	}
	return nil
}
