package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"
	"github.com/pocketbase/pocketbase/tools/search"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/actor"
	"jobboard/internal/api/recordjson"
	"jobboard/internal/jobstats"
	"jobboard/internal/listing"
	"jobboard/internal/problem"
	"jobboard/internal/queryguard"
)

// itemsByID reads the records of a collection that have one of the ids and that its list rule shows to the caller, in the order of the
// ids. It expands a relation, "" for none, and those that the caller asks for. A record list filtered by id would give the same answer,
// but encoding and decoding it as JSON on the way would take most of a search's time. marked are the fields that highlights are made of.
func (c *call) itemsByID(name string, ids []string, expand string, marked ...string) ([]recordjson.Item, error) {
	var selection *recordjson.Selection
	if fields := queryguard.ItemFields(c.QueryParam("fields")); fields != "" {
		selection = recordjson.Select(fields, expand)
		selection.ReadFor("highlights", marked...)
	}
	return c.selectedItems(name, ids, expand, selection)
}

// selectedItems is itemsByID with the members of a selection.
func (c *call) selectedItems(name string, ids []string, expand string, selection *recordjson.Selection) ([]recordjson.Item, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	collection, err := c.app().FindCachedCollectionByNameOrId(name)
	if err != nil {
		return nil, fmt.Errorf("find the collection %s: %w", name, err)
	}
	items, rest, ok := c.publicItems(collection, ids, expand, selection)
	if !ok || selection != nil && len(rest) > 0 { // either all items have the selected members only, or none has
		items, rest = nil, ids
	}
	if len(rest) > 0 {
		others, err := c.recordItems(collection, rest, expand)
		if err != nil {
			return nil, err
		}
		items = append(items, others...)
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

// publicItem reads a record that everybody sees alike, whole or some of its fields. ok is false where there is none, and where PocketBase
// must be asked: for callers who may see more, where a rate limit counts views, and where somebody has bound handlers to views.
func (c *call) publicItem(name, id, expand string, fields ...string) (item recordjson.Item, ok bool) {
	collection, err := c.app().FindCachedCollectionByNameOrId(name)
	if err != nil || !isID(id) || c.viewsAreHandled(name) {
		return item, false
	}
	var selection *recordjson.Selection
	if len(fields) > 0 {
		selection = recordjson.Select(strings.Join(fields, ","), expand)
	}
	items, _, ok := c.publicItems(collection, []string{id}, expand, selection)
	if !ok || len(items) != 1 {
		return item, false
	}
	return items[0], true
}

// viewsAreHandled reports whether a view of the collection does more than to show a record: whether somebody has bound handlers to
// views, or a rate limit counts them apart from other requests.
func (c *call) viewsAreHandled(collection string) bool {
	if c.app().OnRecordViewRequest().Length() > jobstats.ViewHandlers(c.app()) { // counting needs no record
		return true
	}
	limits := c.app().Settings().RateLimits
	_, found := limits.FindRateLimitRule([]string{collection + ":view", "*:view"})
	return limits.Enabled && found
}

// publicItems reads records as public rows, with the selected members. rest are the ids of those of which the caller is shown more, as
// one of the employer's people or as a seeker who applies by e-mail. ok is false where anything else may differ from what everybody is
// shown.
func (c *call) publicItems(
	collection *core.Collection, ids []string, expand string, selection *recordjson.Selection,
) (items []recordjson.Item, rest []string, ok bool) {
	db, outside := c.app().ConcurrentDB().(*dbx.DB)
	caller := c.auth()
	if !outside || c.QueryParam("expand") != "" || !hooks.OnlyOwnEnrichers(c.event.App) || caller != nil && caller.IsSuperuser() {
		return nil, nil, false
	}
	query := recordjson.Query{Collection: collection, IDs: ids, Relation: expand, Selection: selection, Buffer: c.buffer}
	if collection.Name == collections.Jobs {
		query.Also = []string{"employer", "applyMethod"} // below
	}
	var own []string // employers
	if collection.Name == collections.Jobs && hooks.MayManageJobs(caller) {
		var err error
		if actor.IsAdminOrSuperuser(caller) {
			query.As = caller
		} else if own, err = collections.EmployersOf(c.app(), caller.Id); err != nil {
			return nil, nil, false // PocketBase's records can't be read either, and say why
		}
	}
	ctx := c.event.Request.Context()
	if bounded := db.Context(); bounded != nil {
		ctx = bounded
	}
	items, ok, err := c.door.publicRows.Read(ctx, c.app(), db.DB(), query)
	if ctx.Err() != nil { // PocketBase's records can't be read in time either, and say so
		return nil, nil, false
	}
	if err != nil { // a column that was just renamed, or a value that no field takes
		c.app().Logger().Warn("Public rows are read as records", "collection", collection.Name, "error", err)
		return nil, nil, false
	}
	asSeeker := collection.Name == collections.Jobs && caller != nil && caller.GetString("role") == collections.RoleJobSeeker
	if len(own) > 0 || asSeeker {
		items = slices.DeleteFunc(items, func(item recordjson.Item) bool {
			employer := item.Text("employer")
			isOwn := len(own) > 0 && (slices.Contains(own, employer) || strings.Contains(employer, "[")) // a list, of which PocketBase takes one
			if !isOwn && !(asSeeker && item.Text("applyMethod") == collections.ApplyByEmail) {
				return false
			}
			rest = append(rest, item.ID)
			return true
		})
	}
	return items, rest, ok
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
		if err := listing.ApplyRule(query, fields, collection, info); err != nil {
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
	if err := listing.ApplyRule(rows, fields, collection, info); err != nil {
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
