package api

import (
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/search"
)

// recordsByID reads the records of a collection that have one of the ids and that its list rule shows to the caller, in the
// order of the ids, with the relations that expand and the caller name. It is what a record list filtered by id answers,
// without writing and reading it as JSON on the way, which would take most of a search's time.
func (c *call) recordsByID(name string, ids []string, expand ...string) ([]*core.Record, error) {
	if len(ids) == 0 {
		return []*core.Record{}, nil
	}
	app := c.app()
	collection, err := app.FindCachedCollectionByNameOrId(name)
	if err != nil {
		return nil, fmt.Errorf("find the collection %s: %w", name, err)
	}
	info, err := c.event.RequestInfo()
	if err != nil {
		return nil, err
	}
	records, err := app.FindRecordsByIds(collection, ids, func(query *dbx.SelectQuery) error {
		if info.HasSuperuserAuth() {
			return nil
		}
		if collection.ListRule == nil {
			return apis.NewForbiddenError("", nil)
		}
		fields := core.NewRecordFieldResolver(app, collection, info, true)
		rule, err := search.FilterData(*collection.ListRule).BuildExpr(fields)
		if err != nil {
			return err
		}
		query.AndWhere(rule)
		return fields.UpdateQuery(query)
	})
	if err != nil {
		return nil, fmt.Errorf("read %s by id: %w", name, err)
	}
	if err := apis.EnrichRecords(c.event, records, expand...); err != nil {
		return nil, err
	}
	byID := make(map[string]*core.Record, len(records))
	for _, record := range records {
		byID[record.Id] = record
	}
	ordered := make([]*core.Record, 0, len(records))
	for _, id := range ids {
		if record, ok := byID[id]; ok { // else it is gone, or closed, since it was found
			ordered = append(ordered, record)
		}
	}
	return ordered, nil
}
