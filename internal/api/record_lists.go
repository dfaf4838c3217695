package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/search"

	"jobboard/internal/api/recordjson"
	"jobboard/internal/listing"
	"jobboard/internal/problem"
)

// list reads a page of records.
func (c *call) list(collection string, query url.Values) (*recordPage, error) {
	raw, err := c.listJSON(collection, query)
	if err != nil {
		return nil, err
	}
	p := &recordPage{}
	if err := json.Unmarshal(raw, p); err != nil {
		return nil, fmt.Errorf("read the list of %s: %w", collection, err)
	}
	return p, nil
}

// sendList answers with a page of records.
func (c *call) sendList(collection string, query url.Values) error {
	raw, err := c.listJSON(collection, query)
	if err != nil {
		return err
	}
	return c.send(http.StatusOK, raw)
}

// listJSON reads a page of records as JSON. Where the caller has sent no filter, it reads a known list: of a forwarded request with a
// filter, PocketBase assumes that the caller guesses hidden values once a few answers are empty, and delays it by up to half a second.
func (c *call) listJSON(collection string, query url.Values) (json.RawMessage, error) {
	if c.QueryParam("filter") == "" {
		return c.listTrusted(collection, query)
	}
	a, err := c.request(http.MethodGet, collectionPath(collection), query, nil)
	if err != nil {
		return nil, err
	}
	return a.json(), nil
}

// sendTrusted answers with a page of records narrowed by the route's own conditions, see [call.listTrusted].
func (c *call) sendTrusted(collection string, query url.Values, conditions ...string) error {
	raw, err := c.listTrusted(collection, query, conditions...)
	if err != nil {
		return err
	}
	return c.send(http.StatusOK, raw)
}

// listTrusted reads a page of records as PocketBase does, with its rule and its hooks, narrowed by conditions that may use fields that
// no caller may filter by, such as e-mail addresses. Conditions must contain nothing from the caller but quoted values, and must use
// only fields that the caller is shown.
func (c *call) listTrusted(collectionName string, query url.Values, conditions ...string) (json.RawMessage, error) {
	return c.listExpanded(collectionName, query, nil, conditions...)
}

// listExpanded is listTrusted with a function that expands the records besides, or nil.
func (c *call) listExpanded(
	collectionName string, query url.Values, expand func([]*core.Record) error, conditions ...string,
) (json.RawMessage, error) {
	collection, err := c.app().FindCachedCollectionByNameOrId(collectionName)
	if err != nil {
		return nil, fmt.Errorf("find the collection %s: %w", collectionName, err)
	}
	info, err := c.event.RequestInfo()
	if err != nil {
		return nil, err
	}
	resolver := core.NewRecordFieldResolver(c.app(), collection, info, true)
	wanted := c.app().RecordQuery(collection)
	if err := listing.ApplyRule(wanted, resolver, collection, info); err != nil {
		return nil, err
	}
	for _, condition := range conditions {
		if strings.TrimSpace(condition) == "" {
			continue
		}
		expression, err := search.FilterData(condition).BuildExpr(resolver)
		if err != nil {
			return nil, fmt.Errorf("read a condition on %s: %w", collectionName, err)
		}
		wanted.AndWhere(expression)
	}
	resolver.SetAllowHiddenFields(info.HasSuperuserAuth())
	records := []*core.Record{}
	result, err := search.NewProvider(resolver).Query(wanted).CountCol("_rowid_").ParseAndExec(query.Encode(), &records)
	if err != nil {
		return nil, c.unreadable(collection, info, query, err)
	}
	event := &core.RecordsListRequestEvent{Records: records, Result: result, RequestEvent: c.withQuery(query)}
	event.Collection = collection
	var raw json.RawMessage
	err = c.app().OnRecordsListRequest().Trigger(event, func(e *core.RecordsListRequestEvent) error {
		if err := apis.EnrichRecords(e.RequestEvent, e.Records); err != nil {
			return err
		}
		if expand != nil {
			if err := expand(e.Records); err != nil {
				return err
			}
		}
		head := pageHead{Page: e.Result.Page, PerPage: e.Result.PerPage, TotalItems: e.Result.TotalItems, TotalPages: e.Result.TotalPages}
		raw, err = recordjson.List(head, e.Records)
		return err
	})
	return raw, err
}

// withQuery returns the caller's request with another query, for the hooks and the expansion to read.
func (c *call) withQuery(query url.Values) *core.RequestEvent {
	e := &core.RequestEvent{App: c.app(), Auth: c.event.Auth}
	e.Request = c.event.Request.Clone(c.event.Request.Context())
	e.Request.URL.RawQuery = query.Encode()
	e.Response = c.event.Response
	return e
}

// unreadable returns a 400 that names the filter or the sort that PocketBase can't read, such as one with an unknown field.
func (c *call) unreadable(collection *core.Collection, info *core.RequestInfo, query url.Values, failed error) error {
	fields := func() *core.RecordFieldResolver {
		return core.NewRecordFieldResolver(c.app(), collection, info, info.HasSuperuserAuth())
	}
	if filter := query.Get("filter"); filter != "" {
		if _, err := search.FilterData(filter).BuildExpr(fields()); err != nil {
			return invalid("filter", problem.InvalidValue, "Not a filter of this collection's fields.")
		}
	}
	for _, field := range search.ParseSortFromString(query.Get("sort")) {
		if _, err := field.BuildExpr(fields()); err != nil {
			return invalid("sort", problem.InvalidValue, "Not a list of this collection's fields to sort by.")
		}
	}
	return apis.NewBadRequestError("", failed)
}
