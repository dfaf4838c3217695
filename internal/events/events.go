// Package events reads the events that triggers write with each change (migrations/1795890000_write_events.go), passes them on to realtime
// clients, and deletes old ones.
package events

import (
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/background"
	"jobboard/internal/listing"
)

// Range says which events there are.
type Range struct {
	Last    int64 `db:"last"`    // the number of the last event that was written
	Trimmed int64 `db:"trimmed"` // events up to this number are no longer kept
}

// Kept returns the range of the events that are kept.
func Kept(app core.App) (kept Range, err error) {
	err = app.DB().NewQuery("SELECT [[last]], [[trimmed]] FROM {{event_counter}}").One(&kept)
	if err != nil {
		return kept, fmt.Errorf("read which events are kept: %w", err)
	}
	return kept, nil
}

// Next returns the number up to which there are at most so many events after since, or since if there are none.
func Next(app core.App, since int64, atMost int) (upTo int64, err error) {
	err = app.DB().NewQuery("SELECT coalesce(max(seq), {:since}) FROM (" +
		"SELECT seq FROM {{events}} WHERE seq > {:since} ORDER BY seq LIMIT {:atMost})").
		Bind(dbx.Params{"since": since, "atMost": atMost}).Row(&upTo)
	if err != nil {
		return 0, fmt.Errorf("find the events after %d: %w", since, err)
	}
	return upTo, nil
}

// ReadableBy returns a query of the events that a user may read now.
func ReadableBy(app core.App, user *core.Record) (*dbx.SelectQuery, error) {
	collection, err := app.FindCachedCollectionByNameOrId(collections.Events)
	if err != nil {
		return nil, fmt.Errorf("find the collection of events: %w", err)
	}
	info := &core.RequestInfo{Context: core.RequestInfoContextDefault, Method: "GET", Auth: user}
	resolver := core.NewRecordFieldResolver(app, collection, info, true)
	query := app.RecordQuery(collection)
	if err := listing.ApplyRule(query, resolver, collection, info); err != nil {
		return nil, fmt.Errorf("apply the rule of events: %w", err)
	}
	if err := resolver.UpdateQuery(query); err != nil {
		return nil, fmt.Errorf("join what the rule of events names: %w", err)
	}
	return query, nil
}

// subjects are the collections whose changes are events.
var subjects = []string{
	collections.Jobs, collections.Applications, collections.JobReviews, collections.UserReviews, collections.Employers, collections.Users,
}

// Wake wakes a loop when something was committed that may be an event. What other processes write it finds at its interval.
func Wake(app core.App, loop *background.Loop) {
	app.OnRecordAfterCreateSuccess(subjects...).BindFunc(loop.WakeOn())
	app.OnRecordAfterUpdateSuccess(subjects...).BindFunc(loop.WakeOn())
	app.OnRecordAfterDeleteSuccess(subjects...).BindFunc(loop.WakeOn())
}
