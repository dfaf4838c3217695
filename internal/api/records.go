package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/ganigeorgiev/fexpr"
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"
	"github.com/pocketbase/pocketbase/tools/search"

	"jobboard/internal/listing"
	"jobboard/internal/problem"
)

// itemsByID reads the records of a collection that have one of the ids and that its list rule shows to the caller, in the
// order of the ids, with a relation that every one has, "" for none, and those that the caller names. It is what a record
// list filtered by id answers, without writing and reading it as JSON on the way, which would take most of a search's time.
func (c *call) itemsByID(name string, ids []string, expand string) ([]item, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	collection, err := c.app().FindCachedCollectionByNameOrId(name)
	if err != nil {
		return nil, fmt.Errorf("find the collection %s: %w", name, err)
	}
	items, all := c.publicItems(collection, ids, expand)
	if !all {
		if items, err = c.recordItems(collection, ids, expand); err != nil {
			return nil, err
		}
	}
	byID := make(map[string]item, len(items))
	for _, item := range items {
		byID[item.id] = item
	}
	ordered := make([]item, 0, len(items))
	for _, id := range ids {
		if item, ok := byID[id]; ok { // else it is gone, or closed, since it was found
			ordered = append(ordered, item)
		}
	}
	return ordered, nil
}

// recordItems reads what itemsByID answers through PocketBase's records, in any order.
func (c *call) recordItems(collection *core.Collection, ids []string, expand string) ([]item, error) {
	info, err := c.event.RequestInfo()
	if err != nil {
		return nil, err
	}
	records, err := findByIDs(c.app(), collection, ids)
	if err != nil {
		return nil, fmt.Errorf("read %s by id: %w", collection.Name, err)
	}
	if records, err = c.visibleRecords(collection, info, records); err != nil {
		return nil, fmt.Errorf("ask the rule of %s: %w", collection.Name, err)
	}
	var expands []string
	if expand != "" {
		expands = []string{expand}
	}
	if err := apis.EnrichRecords(c.event, records, expands...); err != nil {
		return nil, err
	}
	items := make([]item, len(records))
	for i, record := range records {
		if items[i], err = itemOf(record); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// findByIDs reads records in any order. PocketBase's FindRecordsByIds has a parameter for each id, which the database has to
// read the statement with.
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

// applyListRule narrows a query to what the caller may list.
func applyListRule(query *dbx.SelectQuery, fields *core.RecordFieldResolver, collection *core.Collection, info *core.RequestInfo) error {
	if info.HasSuperuserAuth() {
		return nil
	}
	if collection.ListRule == nil {
		return apis.NewForbiddenError("", nil)
	}
	text := listing.SimplifyRule(*collection.ListRule, info.Auth)
	if text == "" { // the caller may list all
		return nil
	}
	rule, err := search.FilterData(text).BuildExpr(fields)
	if err != nil {
		return err
	}
	query.AndWhere(rule)
	return nil
}

// visibleRecords keeps the records that the collection's list rule shows to the caller. What the rule makes public by a plain
// condition needs no asking: for the rest of it the database joins tables, which takes longer than reading the records.
func (c *call) visibleRecords(collection *core.Collection, info *core.RequestInfo, records []*core.Record) ([]*core.Record, error) {
	if info.HasSuperuserAuth() {
		return records, nil
	}
	public := func(*core.Record) bool { return false }
	if collection.ListRule != nil {
		if plain := publicCondition(*collection.ListRule); plain != nil {
			public = func(record *core.Record) bool { return record.GetString(plain.field) == plain.value }
		}
	}
	var asked []any
	for _, record := range records {
		if !public(record) {
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
		return !public(record) && !slices.Contains(allowed, record.Id)
	}), nil
}

// plainCondition is one that compares a field of the record with a text.
type plainCondition struct{ field, value string }

// publicCondition returns a plain condition among a rule's conditions joined by ||, or nil. Rules are few and rarely change, so
// each is parsed once.
func publicCondition(rule string) *plainCondition {
	if known, ok := plainConditions.Load(rule); ok {
		return known.(*plainCondition)
	}
	found := findPlainCondition(rule)
	plainConditions.Store(rule, found)
	return found
}

var plainConditions sync.Map // by rule: *plainCondition

func findPlainCondition(rule string) (found *plainCondition) {
	groups, err := fexpr.Parse(rule)
	if err != nil {
		return nil
	}
	for i, group := range groups {
		if i > 0 && group.Join != fexpr.JoinOr {
			return nil
		}
		condition, is := group.Item.(fexpr.Expr)
		if is && found == nil && condition.Op == fexpr.SignEq && condition.Left.Type == fexpr.TokenIdentifier &&
			condition.Right.Type == fexpr.TokenText && !strings.ContainsAny(condition.Left.Literal, "@.:") {
			found = &plainCondition{condition.Left.Literal, condition.Right.Literal}
		}
	}
	return found
}

// idsMatching returns the ids of all records that the caller may list and that match a PocketBase filter.
func (c *call) idsMatching(name, filter string) (map[string]bool, error) {
	// PocketBase itself judges first what may be asked: the syntax, the fields, @collection and the like
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

// filterRefused names the filter in an error of its own making.
func filterRefused(err error) error {
	if router.ToApiError(err).Status == http.StatusBadRequest {
		return invalid("filter", problem.InvalidValue, "Not a filter of this collection's fields.")
	}
	return err
}
