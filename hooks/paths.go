package hooks

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/ganigeorgiev/fexpr"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/search"
	"github.com/spf13/cast"

	"jobboard/collections"
	"jobboard/internal/problem"
)

// A filter or sort names fields by paths, such as "seeker.locale" on applications. PocketBase refuses paths to hidden
// fields, but knows no field that is hidden from some callers only; these are refused here.

func checkPathsOnListRequest(e *core.RecordsListRequestEvent) error {
	query := e.Request.URL.Query()
	if err := checkPaths(e.App, e.Auth, e.Collection, query.Get(search.FilterQueryParam), query.Get(search.SortQueryParam)); err != nil {
		return e.BadRequestError("Something went wrong while processing your request.", err)
	}
	return e.Next()
}

func checkPathsOnSubscribeRequest(e *core.RealtimeSubscribeRequestEvent) error {
	for _, subscription := range e.Subscriptions {
		collection, filter := subscribed(e.App, subscription)
		if collection == nil || filter == "" {
			continue
		}
		if err := checkPaths(e.App, e.Auth, collection, filter, ""); err != nil {
			return e.BadRequestError("This subscription's filter is not allowed.", err)
		}
	}
	return e.Next()
}

// subscribed reads the topic and the filter of a subscription such as
// `applications/*?options={"query":{"filter":"..."}}`, as PocketBase's broker does.
func subscribed(app core.App, subscription string) (collection *core.Collection, filter string) {
	topic, _, _ := strings.Cut(subscription, "?")
	name, _, _ := strings.Cut(topic, "/")
	collection, err := app.FindCachedCollectionByNameOrId(name)
	if err != nil {
		return nil, "" // a topic of its own, which carries no records
	}
	parsed, err := url.Parse(subscription)
	if err != nil {
		return collection, ""
	}
	var options struct {
		Query map[string]any `json:"query"`
	}
	// Without looking at the error, as the broker does: of half-readable options it takes the readable half.
	_ = json.Unmarshal([]byte(parsed.Query().Get("options")), &options)
	return collection, cast.ToString(options.Query[search.FilterQueryParam])
}

// checkPaths returns a field error that names filter or sort when one of their paths isn't for caller.
func checkPaths(app core.App, caller *core.Record, collection *core.Collection, filter, sort string) error {
	if isManager(caller) {
		return nil
	}
	if filter != "" {
		groups, err := fexpr.Parse(filter)
		if err != nil {
			return problem.Field(search.FilterQueryParam, problem.InvalidValue, "This filter can't be read.")
		}
		if path := privatePath(app, caller, collection, filterPaths(groups)); path != "" {
			return problem.Field(search.FilterQueryParam, problem.InvalidValue, path+" can't be filtered by.")
		}
	}
	var names []string
	for _, field := range search.ParseSortFromString(sort) {
		names = append(names, field.Name)
	}
	if path := privatePath(app, caller, collection, names); path != "" {
		return problem.Field(search.SortQueryParam, problem.InvalidValue, path+" can't be sorted by.")
	}
	return nil
}

// filterPaths lists every identifier of a filter, also those in arguments of functions.
func filterPaths(groups []fexpr.ExprGroup) []string {
	var paths []string
	var add func(token fexpr.Token)
	add = func(token fexpr.Token) {
		switch token.Type {
		case fexpr.TokenIdentifier:
			paths = append(paths, token.Literal)
		case fexpr.TokenFunction:
			arguments, _ := token.Meta.([]fexpr.Token)
			for _, argument := range arguments {
				add(argument)
			}
		}
	}
	for _, group := range groups {
		switch item := group.Item.(type) {
		case fexpr.Expr:
			add(item.Left)
			add(item.Right)
		case fexpr.ExprGroup:
			paths = append(paths, filterPaths([]fexpr.ExprGroup{item})...)
		case []fexpr.ExprGroup:
			paths = append(paths, filterPaths(item)...)
		}
	}
	return paths
}

// privatePath returns the first path that leads from collection to a private field of users, or "". A user may still sort
// and filter what a list of users shows to all but employer people: the user alone.
func privatePath(app core.App, caller *core.Record, collection *core.Collection, paths []string) string {
	for _, path := range paths {
		steps := strings.Split(path, ".")
		if len(steps) == 1 && !(caller != nil && caller.GetString("role") == collections.RoleEmployer) {
			continue
		}
		if leadsToPrivateField(app, collection, steps) {
			return path
		}
	}
	return ""
}

// backRelation is a step from a record to those that point to it, such as applications_via_seeker.
var backRelation = regexp.MustCompile(`^(\w+)_via_(\w+)$`)

func leadsToPrivateField(app core.App, collection *core.Collection, steps []string) bool {
	for _, step := range steps {
		name, _, _ := strings.Cut(step, ":") // a modifier such as :lower
		if collection.Name == collections.Users && slices.Contains(privateUserFields, name) {
			return true
		}
		if relation, ok := collection.Fields.GetByName(name).(*core.RelationField); ok {
			name = relation.CollectionId
		} else if parts := backRelation.FindStringSubmatch(name); parts != nil {
			name = parts[1]
		} else {
			return false // the last step, or one inside a JSON field, or none that PocketBase knows
		}
		next, err := app.FindCachedCollectionByNameOrId(name)
		if err != nil {
			return false
		}
		collection = next
	}
	return false
}
