package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"
	"github.com/pocketbase/pocketbase/tools/search"

	"jobboard/hooks"
	"jobboard/internal/api/recordjson"
	"jobboard/internal/listing"
	"jobboard/internal/problem"
	"jobboard/internal/queryguard"
)

// itemsByID reads the records of a collection that have one of the ids and that its list rule shows to the caller, in the order of the
// ids. It expands a relation, "" for none, and those that the caller asks for. A record list filtered by id would give the same answer,
// but encoding and decoding it as JSON on the way would take most of a search's time.
func (c *call) itemsByID(name string, ids []string, expand string) ([]recordjson.Item, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	collection, err := c.app().FindCachedCollectionByNameOrId(name)
	if err != nil {
		return nil, fmt.Errorf("find the collection %s: %w", name, err)
	}
	var selection *recordjson.Selection
	if fields := queryguard.ItemFields(c.QueryParam("fields")); fields != "" {
		selection = recordjson.Select(fields, expand)
	}
	items, ok := c.publicItems(collection, ids, expand, selection)
	if !ok {
		if items, err = c.recordItems(collection, ids, expand); err != nil {
			return nil, err
		}
	}
	byID := make(map[string]recordjson.Item, len(items))
	for _, item := range items {
		byID[item.ID] = item
	}
	ordered := make([]recordjson.Item, 0, len(items))
	for _, id := range ids {
		if item, ok := byID[id]; ok { // else it was deleted or closed after it was found
			ordered = append(ordered, item)
		}
	}
	return ordered, nil
}

// publicItem reads a record that everybody sees alike, whole. ok is false where there is none, and where PocketBase must be asked: for
// callers who may see more, where a rate limit counts views, and where somebody has bound handlers to views.
func (c *call) publicItem(name, id, expand string) (item recordjson.Item, ok bool) {
	collection, err := c.app().FindCachedCollectionByNameOrId(name)
	if err != nil || !isID(id) || c.app().OnRecordViewRequest().Length() > 0 || c.viewsAreLimited(name) {
		return item, false
	}
	items, ok := c.publicItems(collection, []string{id}, expand, nil)
	if !ok || len(items) != 1 {
		return item, false
	}
	return items[0], true
}

// viewsAreLimited reports whether a rate limit counts views of the collection apart from other requests.
func (c *call) viewsAreLimited(collection string) bool {
	limits := c.app().Settings().RateLimits
	_, found := limits.FindRateLimitRule([]string{collection + ":view", "*:view"})
	return limits.Enabled && found
}

// publicItems reads records as public rows, with the selected members. ok is false where the caller may be shown something else than
// everybody.
func (c *call) publicItems(
	collection *core.Collection, ids []string, expand string, selection *recordjson.Selection,
) (items []recordjson.Item, ok bool) {
	db, outside := c.app().ConcurrentDB().(*dbx.DB)
	if !outside || !c.seesAsEverybody() {
		return nil, false
	}
	ctx := c.event.Request.Context()
	if bounded := db.Context(); bounded != nil {
		ctx = bounded
	}
	items, ok, err := c.door.publicRows.Read(ctx, c.app(), db.DB(), collection, ids, expand, selection, c.buffer)
	if ctx.Err() != nil { // PocketBase's records can't be read in time either, and say so
		return nil, false
	}
	if err != nil { // a column that was just renamed, or a value that no field takes
		c.app().Logger().Warn("Public rows are read as records", "collection", collection.Name, "error", err)
		return nil, false
	}
	return items, ok
}

// seesAsEverybody reports whether the caller is shown of a public record what everybody is, and asks for nothing more.
func (c *call) seesAsEverybody() bool {
	return c.QueryParam("expand") == "" && !hooks.MayManageJobs(c.auth()) && hooks.OnlyOwnEnrichers(c.event.App)
}

// recordItems is itemsByID by way of PocketBase's records, in any order.
func (c *call) recordItems(collection *core.Collection, ids []string, expand string) ([]recordjson.Item, error) {
	info, err := c.event.RequestInfo()
	if err != nil {
		return nil, err
	}
	records, err := findByIDs(c.app(), collection, ids)
	if err != nil {
		return nil, fmt.Errorf("read %s by id: %w", collection.Name, err)
	}
	if records, err = c.visibleRecords(collection, info, records); err != nil {
		return nil, fmt.Errorf("apply the list rule of %s: %w", collection.Name, err)
	}
	var expands []string
	if expand != "" {
		expands = []string{expand}
	}
	if err := apis.EnrichRecords(c.event, records, expands...); err != nil {
		return nil, err
	}
	items := make([]recordjson.Item, len(records))
	for i, record := range records {
		if items[i], err = recordjson.NewItem(record); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// findByIDs reads records in any order. PocketBase's FindRecordsByIds has a parameter for each id, and the database has to parse a long
// statement.
func findByIDs(app core.App, collection *core.Collection, ids []string) ([]*core.Record, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	records := make([]*core.Record, 0, len(ids))
	err = app.RecordQuery(collection).
		AndWhere(dbx.NewExp("{{"+collection.Name+"}}.id IN (SELECT value FROM json_each({:ids}))", dbx.Params{"ids": string(list)})).
		All(&records)
	return records, err
}

// applyListRule narrows a query to the records that the caller may list.
func applyListRule(query *dbx.SelectQuery, fields *core.RecordFieldResolver, collection *core.Collection, info *core.RequestInfo) error {
	if info.HasSuperuserAuth() {
		return nil
	}
	if collection.ListRule == nil {
		return apis.NewForbiddenError("", nil)
	}
	text := listing.SimplifyRule(*collection.ListRule, info.Auth)
	if text == "" { // the caller may list all records
		return nil
	}
	rule, err := search.FilterData(text).BuildExpr(fields)
	if err != nil {
		return err
	}
	query.AndWhere(rule)
	return nil
}

// visibleRecords returns the records that the collection's list rule shows to the caller. Public ones are not looked up again: for the
// rest of the rule the database joins tables, which takes longer than reading the records.
func (c *call) visibleRecords(collection *core.Collection, info *core.RequestInfo, records []*core.Record) ([]*core.Record, error) {
	if info.HasSuperuserAuth() {
		return records, nil
	}
	var asked []any
	for _, record := range records {
		if !recordjson.IsPublic(record) {
			asked = append(asked, record.Id)
		}
	}
	var allowed []string
	if len(asked) > 0 {
		query := c.app().RecordQuery(collection).Select(collection.Name + ".id").AndWhere(dbx.In(collection.Name+".id", asked...))
		fields := core.NewRecordFieldResolver(c.app(), collection, info, true)
		if err := applyListRule(query, fields, collection, info); err != nil {
			return nil, err
		}
		if err := fields.UpdateQuery(query); err != nil {
			return nil, err
		}
		if err := query.Column(&allowed); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(records, func(record *core.Record) bool {
		return !recordjson.IsPublic(record) && !slices.Contains(allowed, record.Id)
	}), nil
}

// idsMatching returns the ids of all records that the caller may list and that match a PocketBase filter.
func (c *call) idsMatching(name, filter string) (map[string]bool, error) {
	// PocketBase itself checks first whether the caller may ask this: the syntax, the fields, @collection and the like.
	query := url.Values{"filter": {filter}, "perPage": {"1"}, "fields": {"id"}, "skipTotal": {"1"}}
	if _, err := c.list(name, query); err != nil {
		return nil, filterRefused(err)
	}
	collection, err := c.app().FindCachedCollectionByNameOrId(name)
	if err != nil {
		return nil, fmt.Errorf("find the collection %s: %w", name, err)
	}
	info, err := c.event.RequestInfo()
	if err != nil {
		return nil, err
	}
	fields := core.NewRecordFieldResolver(c.app(), collection, info, true)
	rows := c.app().RecordQuery(collection).Select(name + ".id")
	if err := applyListRule(rows, fields, collection, info); err != nil {
		return nil, err
	}
	fields.SetAllowHiddenFields(info.HasSuperuserAuth())
	own, err := search.FilterData(filter).BuildExpr(fields)
	if err != nil {
		return nil, filterRefused(err)
	}
	rows.AndWhere(own)
	if err := fields.UpdateQuery(rows); err != nil {
		return nil, err
	}
	var ids []string
	if err := rows.Column(&ids); err != nil {
		return nil, fmt.Errorf("read the ids of %s that pass a filter: %w", name, err)
	}
	set := make(map[string]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return set, nil
}

// filterRefused returns the error as one that names the filter, if the filter is what is wrong.
func filterRefused(err error) error {
	if router.ToApiError(err).Status == http.StatusBadRequest {
		return invalid("filter", problem.InvalidValue, "Not a filter of this collection's fields.")
	}
	return err
}

// sendItems answers with a list of items.
func (c *call) sendItems(head any, items []recordjson.Item) error {
	raw, err := recordjson.AppendItems(c.buffer(recordjson.SizeOf(items)), head, items)
	if err != nil {
		return err
	}
	if len(items) > 0 && items[0].Selected() {
		return c.Blob(http.StatusOK, "application/json", raw)
	}
	return c.send(http.StatusOK, raw)
}
