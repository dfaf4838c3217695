package webhook

import (
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/events"
)

// positionGap is how many events an endpoint's position is left behind where none of them is for it: a restart looks at them again.
const positionGap = 1_000

// derive writes deliveries for the next events that an endpoint is to get, and reports whether there may be more.
func (w *worker) derive(app core.App, e *endpoint, kept events.Range) (more bool, err error) {
	from := max(e.Position, w.scanned[e.ID], kept.Trimmed)
	room := maxWaiting - e.Waiting
	if from >= kept.Last || room <= 0 {
		return false, nil
	}
	upTo, err := events.Next(app, from, scanAtOnce)
	if err != nil {
		return false, err
	}
	if upTo == from { // the rest was deleted
		w.scanned[e.ID] = kept.Last
		return false, nil
	}
	found, err := w.eventsFor(app, e, from, upTo, room)
	if err != nil {
		return false, err
	}
	if len(found) == room {
		upTo = int64(found[room-1].GetInt("seq"))
	}
	if len(found) > 0 || upTo-e.Position > positionGap {
		if err := w.enqueue(app, e, found, upTo); err != nil {
			return false, err
		}
	}
	w.scanned[e.ID] = upTo
	e.Waiting += len(found)
	return upTo < kept.Last && len(found) < room, nil
}

// eventsFor returns the events between two numbers that an endpoint wants and whose owner may read them now.
func (w *worker) eventsFor(app core.App, e *endpoint, from, upTo int64, atMost int) ([]*core.Record, error) {
	record, err := app.FindRecordById(collections.WebhookEndpoints, e.ID)
	if err != nil {
		return nil, fmt.Errorf("find the endpoint %s: %w", e.ID, err)
	}
	query, err := readable(app, record)
	if err != nil || query == nil {
		return nil, err
	}
	if wanted := record.GetStringSlice("types"); len(wanted) > 0 {
		among := make([]any, len(wanted))
		for n, name := range wanted {
			among[n] = name
		}
		query.AndWhere(dbx.In("events.type", among...))
	}
	found := []*core.Record{}
	err = query.AndWhere(dbx.NewExp("events.seq > {:from} AND events.seq <= {:upTo}", dbx.Params{"from": from, "upTo": upTo})).
		OrderBy("events.seq").Limit(int64(atMost)).All(&found)
	if err != nil {
		return nil, fmt.Errorf("read the events for the endpoint %s: %w", e.ID, err)
	}
	return found, nil
}

// readable returns a query of the events that an endpoint may get, or nil if there are none: those of its employer, as its people may read
// them now, or all, as admins may.
func readable(app core.App, endpoint *core.Record) (*dbx.SelectQuery, error) {
	owner, err := ownerOf(app, endpoint)
	if err != nil || owner == nil {
		return nil, err
	}
	query, err := events.ReadableBy(app, owner)
	if err != nil {
		return nil, err
	}
	if employer := endpoint.GetString("employer"); employer != "" {
		query.AndWhere(dbx.HashExp{"events.employer": employer})
	}
	return query, nil
}

// ownerOf returns one of those to whom an endpoint belongs, whose rights it has: an admin, or one of an employer's people. It is nil where
// there is nobody left.
func ownerOf(app core.App, endpoint *core.Record) (*core.Record, error) {
	people, err := ownersOf(app, endpoint)
	if err != nil || len(people) == 0 {
		return nil, err
	}
	return people[len(people)-1], nil
}

func ownersOf(app core.App, endpoint *core.Record) ([]*core.Record, error) {
	id := endpoint.GetString("employer")
	if id == "" {
		admins, err := app.FindAllRecords(collections.Users, dbx.HashExp{"role": collections.RoleAdmin, "deactivatedAt": ""})
		if err != nil {
			return nil, fmt.Errorf("find the admins: %w", err)
		}
		return admins, nil
	}
	employers, err := app.FindRecordsByIds(collections.Employers, []string{id})
	if err != nil || len(employers) == 0 {
		return nil, err
	}
	return collections.PeopleRecordsOf(app, employers[0])
}

// enqueue writes deliveries of events and moves the endpoint's position, unless somebody has moved it meanwhile.
func (w *worker) enqueue(app core.App, e *endpoint, found []*core.Record, upTo int64) error {
	return app.RunInTransaction(func(tx core.App) error {
		moved, err := tx.NonconcurrentDB().Update("webhook_states", dbx.Params{"position": upTo},
			dbx.HashExp{"endpoint": e.ID, "position": e.Position}).Execute()
		if err != nil {
			return fmt.Errorf("move the position of the endpoint %s: %w", e.ID, err)
		}
		if n, err := moved.RowsAffected(); err != nil || n == 0 {
			return err
		}
		for _, event := range found {
			if _, err := writeDelivery(tx, e.ID, int64(event.GetInt("seq")), event.GetString("type")); err != nil {
				return err
			}
		}
		return nil
	})
}

// writeDelivery stores a delivery that is due now.
func writeDelivery(tx core.App, endpoint string, event int64, kind string) (*core.Record, error) {
	collection, err := tx.FindCachedCollectionByNameOrId(collections.WebhookDeliveries)
	if err != nil {
		return nil, fmt.Errorf("find the collection of deliveries: %w", err)
	}
	delivery := core.NewRecord(collection)
	delivery.Id = core.GenerateDefaultRandomId()
	delivery.Set("endpoint", endpoint)
	delivery.Set("event", event)
	delivery.Set("type", kind)
	delivery.Set("messageId", "msg_"+delivery.Id)
	delivery.Set("status", collections.DeliveryPending)
	delivery.Set("nextAttemptAt", types.NowDateTime())
	if err := tx.SaveNoValidate(delivery); err != nil {
		return nil, fmt.Errorf("write a delivery to the endpoint %s: %w", endpoint, err)
	}
	return delivery, nil
}
