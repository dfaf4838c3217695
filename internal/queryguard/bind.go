package queryguard

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/router"
	"github.com/pocketbase/pocketbase/tools/search"
	"github.com/spf13/cast"
)

// Bind makes PocketBase's own API check every query before it runs, and answer it within limits.
func Bind(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{
			Id: "checkQueryOnRecordRequest", Priority: apis.DefaultRateLimitMiddlewarePriority + 10, Func: checkQueryOnRecordRequest,
		})
		return e.Next()
	})
	app.OnBatchRequest().BindFunc(checkQueriesOnBatchRequest)
	app.OnRealtimeSubscribeRequest().BindFunc(checkTopicsOnSubscribeRequest)
	app.OnRecordsListRequest().BindFunc(checkSizeOnListRequest)
}

// recordRoutes is in the pattern of every route that answers with records of a collection; listRoute is the pattern of the list.
const (
	recordRoutes = "/api/collections/{collection}/"
	listRoute    = "GET /api/collections/{collection}/records"
)

type checkedKey struct{}

// MarkChecked marks a request whose query has been checked already. It may have conditions that are not the caller's.
func MarkChecked(ctx context.Context) context.Context {
	return context.WithValue(ctx, checkedKey{}, true)
}

func checkQueryOnRecordRequest(e *core.RequestEvent) error {
	if e.Request.Context().Value(checkedKey{}) != nil || e.HasSuperuserAuth() || !strings.Contains(e.Request.Pattern, recordRoutes) {
		return e.Next()
	}
	collection, err := e.App.FindCachedCollectionByNameOrId(e.Request.PathValue("collection"))
	if err != nil {
		return e.Next() // PocketBase answers that there is none
	}
	params := e.Request.URL.Query()
	query := Query{Expand: params.Get(expandParam), Fields: params.Get(fieldsParam), Single: true}
	if e.Request.Pattern == listRoute {
		query.Filter, query.Sort, query.Single = params.Get(search.FilterQueryParam), params.Get(search.SortQueryParam), false
	}
	if err := Check(e.App, e.Auth, collection, query); err != nil {
		return err
	}
	if e.Request.Pattern == listRoute {
		if fields := ItemFields(query.Fields); fields != query.Fields {
			params.Set(fieldsParam, fields)
			e.Request.URL.RawQuery = params.Encode()
		}
	}
	if strings.HasPrefix(e.Request.Pattern, http.MethodGet+" ") {
		return ServeBounded(e, e.Next)
	}
	return e.Next()
}

// checkQueriesOnBatchRequest checks all requests of a batch before the first runs.
func checkQueriesOnBatchRequest(e *core.BatchRequestEvent) error {
	for i, request := range e.Batch {
		address, err := url.Parse(request.URL)
		if err != nil {
			continue // PocketBase refuses it
		}
		name, records := strings.CutPrefix(address.Path, strings.TrimSuffix(recordRoutes, "{collection}/"))
		name, _, _ = strings.Cut(name, "/")
		collection, err := e.App.FindCachedCollectionByNameOrId(name)
		if !records || err != nil {
			continue // PocketBase refuses it
		}
		params := address.Query()
		query := Query{Expand: params.Get(expandParam), Fields: params.Get(fieldsParam), Single: true}
		if err := Check(e.App, e.Auth, collection, query); err != nil {
			return e.BadRequestError("Batch transaction failed.", validation.Errors{
				"requests": validation.Errors{strconv.Itoa(i): &failedRequest{router.ToApiError(err)}},
			})
		}
	}
	return e.Next()
}

// failedRequest is a failed request of a batch, in the form in which PocketBase shows it.
type failedRequest struct{ response *router.ApiError }

func (*failedRequest) Code() string  { return "batch_request_failed" }
func (*failedRequest) Error() string { return "Batch request failed." }

func (f *failedRequest) Resolve(data map[string]any) any {
	data["response"] = f.response
	return data
}

func checkTopicsOnSubscribeRequest(e *core.RealtimeSubscribeRequestEvent) error {
	for _, subscription := range e.Subscriptions {
		collection, query := subscribed(e.App, subscription)
		if collection == nil {
			continue
		}
		if err := Check(e.App, e.Auth, collection, query); err != nil {
			return err
		}
	}
	return e.Next()
}

// subscribed returns the collection and the query of a subscription such as
// `applications/*?options={"query":{"filter":"..."}}`, as PocketBase's broker does.
func subscribed(app core.App, subscription string) (*core.Collection, Query) {
	topic, _, _ := strings.Cut(subscription, "?")
	name, _, _ := strings.Cut(topic, "/")
	collection, err := app.FindCachedCollectionByNameOrId(name)
	if err != nil {
		return nil, Query{} // a custom topic, whose messages are not records
	}
	query := Query{Realtime: true}
	parsed, err := url.Parse(subscription)
	if err != nil {
		return collection, query
	}
	var options struct {
		Query map[string]any `json:"query"`
	}
	// The error is ignored, as in the broker, which uses the part of broken options that it can read.
	_ = json.Unmarshal([]byte(parsed.Query().Get("options")), &options)
	query.Filter, query.Sort = cast.ToString(options.Query[search.FilterQueryParam]), cast.ToString(options.Query[search.SortQueryParam])
	query.Expand, query.Fields = cast.ToString(options.Query[expandParam]), cast.ToString(options.Query[fieldsParam])
	return collection, query
}
