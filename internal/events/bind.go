package events

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/background"
	"jobboard/internal/changes"
	"jobboard/internal/database"
	"jobboard/internal/leadership"
	"jobboard/internal/realtime"
)

const (
	// keepDays is how long events are kept.
	keepDays = 90
	// pollInterval is how often the events of other processes are looked for.
	pollInterval = 2 * time.Second
	// atOnce is how many events are read, and how many are deleted, at once.
	atOnce = 250
)

// Bind passes events on to realtime clients while the app serves, and deletes old ones once a day.
func Bind(app core.App) {
	a := &announcer{wal: database.NewWriteAheadLog(app)}
	loop := background.NewLoop("announce events", background.Options{Interval: pollInterval, EveryNode: true}, a.step)
	background.Bind(app, loop)
	leadership.OnApplied(app, loop.Wake)
	Wake(app, loop)
	background.Schedule(app, "delete_old_events", "41 3 * * *", Trim)
}

// announcer passes new events on to realtime clients in their order. PocketBase would do so for records that are saved, but events are
// written by triggers. Every node of a cluster has clients, and sends them what is in the cluster's log.
type announcer struct {
	wal     *database.WriteAheadLog
	begun   bool
	last    int64
	pending bool // the last step has left events, or failed
}

func (a *announcer) step(ctx context.Context, app core.App) (more bool, err error) {
	if unread := a.wal.Unread(); a.begun && !a.pending && !unread {
		return false, nil
	}
	a.pending = true
	more, told, err := a.announce(ctx, app)
	a.pending = more || !told || err != nil
	return more, err
}

// announce sends some events to clients. told is false where a failover may still undo those that there are.
func (a *announcer) announce(ctx context.Context, app core.App) (more, told bool, err error) {
	kept, err := Kept(app)
	if err != nil {
		return false, false, err
	}
	if a.begun && kept.Last == a.last {
		return false, true, nil
	}
	if may, err := changes.Confirmed(ctx, app); err != nil || !may {
		return false, false, err
	}
	// A client that was not connected asks for what it has missed.
	if !a.begun || kept.Last < a.last || !realtime.IsFollowed(app, collections.Events) {
		a.begun, a.last = true, kept.Last
		return false, true, nil
	}
	records := []*core.Record{}
	err = app.RecordQuery(collections.Events).
		AndWhere(dbx.NewExp("seq > {:last} AND seq <= {:upTo}", dbx.Params{"last": a.last, "upTo": kept.Last})).
		OrderBy("seq").Limit(atOnce).All(&records)
	if err != nil {
		return false, false, fmt.Errorf("read new events: %w", err)
	}
	if err := realtime.Announce(ctx, app, records); err != nil {
		return false, false, err
	}
	if len(records) < atOnce {
		a.last = kept.Last // events after it have a wake of their own
	}
	if len(records) > 0 {
		a.last = max(a.last, int64(records[len(records)-1].GetInt("seq")))
	}
	return len(records) == atOnce, true, nil
}

// Trim deletes the events that are older than they are kept, some at a time, so that others can write in between.
func Trim(app core.App, now time.Time) error {
	before, err := types.ParseDateTime(now.AddDate(0, 0, -keepDays))
	if err != nil {
		return fmt.Errorf("compute the date of the oldest event to keep: %w", err)
	}
	for {
		var oldest []struct {
			Seq int64
			At  string
		}
		err := app.DB().Select("seq", "at").From(collections.Events).OrderBy("seq").Limit(atOnce).All(&oldest)
		if err != nil {
			return fmt.Errorf("find old events: %w", err)
		}
		upTo := int64(0)
		for _, event := range oldest {
			if event.At >= before.String() {
				break
			}
			upTo = event.Seq
		}
		if upTo == 0 {
			return nil
		}
		err = app.RunInTransaction(func(tx core.App) error {
			for _, statement := range []string{
				"DELETE FROM {{events}} WHERE seq <= {:upTo}", "UPDATE {{event_counter}} SET [[trimmed]] = {:upTo}",
			} {
				if _, err := tx.NonconcurrentDB().NewQuery(statement).Bind(dbx.Params{"upTo": upTo}).Execute(); err != nil {
					return fmt.Errorf("delete old events: %w", err)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}
