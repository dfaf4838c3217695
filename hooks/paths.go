package hooks

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/ganigeorgiev/fexpr"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/dbutils"
	"github.com/pocketbase/pocketbase/tools/search"
	"github.com/spf13/cast"

	"jobboard/collections"
	"jobboard/internal/problem"
)

// A filter or sort names fields by paths, such as "seeker.locale" on applications. PocketBase refuses paths to fields that
// are hidden from all; what may be hidden from one caller and not from another is judged here.

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

// path is one field that a filter or sort names.
type path struct {
	name string
	// anyOf: of several records that the path leads to, one is enough, as with the operators ?=, ?~ ... and in a sort.
	anyOf bool
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
		for _, path := range filterPaths(groups) {
			if reason := refusePath(app, caller, collection, path); reason != "" {
				return problem.Field(search.FilterQueryParam, problem.InvalidValue, reason)
			}
		}
	}
	for _, field := range search.ParseSortFromString(sort) {
		if reason := refusePath(app, caller, collection, path{name: field.Name, anyOf: true}); reason != "" {
			return problem.Field(search.SortQueryParam, problem.InvalidValue, reason)
		}
	}
	return nil
}

// filterPaths lists every identifier of a filter, also those in arguments of functions.
func filterPaths(groups []fexpr.ExprGroup) []path {
	var paths []path
	var add func(token fexpr.Token, anyOf bool)
	add = func(token fexpr.Token, anyOf bool) {
		switch token.Type {
		case fexpr.TokenIdentifier:
			paths = append(paths, path{name: token.Literal, anyOf: anyOf})
		case fexpr.TokenFunction:
			arguments, _ := token.Meta.([]fexpr.Token)
			for _, argument := range arguments {
				add(argument, anyOf)
			}
		}
	}
	for _, group := range groups {
		switch item := group.Item.(type) {
		case fexpr.Expr:
			anyOf := strings.HasPrefix(string(item.Op), "?")
			add(item.Left, anyOf)
			add(item.Right, anyOf)
		case fexpr.ExprGroup:
			paths = append(paths, filterPaths([]fexpr.ExprGroup{item})...)
		case []fexpr.ExprGroup:
			paths = append(paths, filterPaths(item)...)
		}
	}
	return paths
}

// backRelation is a step from a record to those that point to it, such as applications_via_seeker.
var backRelation = regexp.MustCompile(`^(\w+)_via_(\w+)$`)

// refusePath says why a path isn't for caller, or "".
//
// Two kinds are refused. Private fields of users, which the caller may see only of itself. And paths over several records
// of which the caller may not see all, with an operator that asks for all of them: PocketBase lets through only records
// that the caller may list, but for "all" it also looks at the others, so that "applications_via_job.seeker != X" would
// tell an applicant who else applied. With "?=" and its like only what the caller may list is looked at.
func refusePath(app core.App, caller *core.Record, collection *core.Collection, path path) string {
	steps := strings.Split(path.name, ".")
	// The list of users itself shows to all but employer people the caller alone, who may sort and filter it.
	ownList := len(steps) == 1 && !(caller != nil && caller.GetString("role") == collections.RoleEmployer)
	several := false
	for i, step := range steps {
		name, _, _ := strings.Cut(step, ":") // a modifier such as :lower
		if collection.Name == collections.Users && slices.Contains(privateUserFields, name) && !ownList {
			return path.name + " can't be used here."
		}
		next, many := follow(app, collection, name)
		if next == nil || i == len(steps)-1 {
			return "" // the value itself, or inside a JSON field, or nothing that PocketBase knows
		}
		collection, several = next, several || many
		isPublic := collection.ListRule != nil && *collection.ListRule == ""
		if several && !path.anyOf && !isPublic {
			return path.name + " leads to several records: use an operator such as ?= that asks for any of them."
		}
	}
	return ""
}

// follow makes one step of a path: to the collection that it leads to, nil if none, and whether to several records of it.
func follow(app core.App, collection *core.Collection, step string) (next *core.Collection, many bool) {
	name, field := "", ""
	if relation, ok := collection.Fields.GetByName(step).(*core.RelationField); ok {
		name, many = relation.CollectionId, relation.IsMultiple()
	} else if parts := backRelation.FindStringSubmatch(step); parts != nil {
		name, field = parts[1], parts[2]
	} else {
		return nil, false
	}
	next, err := app.FindCachedCollectionByNameOrId(name)
	if err != nil {
		return nil, false
	}
	if field != "" {
		_, unique := dbutils.FindSingleColumnUniqueIndex(next.Indexes, field)
		many = !unique
	}
	return next, many
}
