// Package queryguard judges what callers write into queries (filter, sort, expand, fields, also in batches and realtime
// topics) before anything runs, and bounds what answering them may cost.
//
// PocketBase checks much of it too, but some of it only in the middle of the work, when the time that a refusal takes already
// tells the answer, and some of it not at all, since it knows nothing of fields that are private to some callers.
package queryguard

import (
	"fmt"
	"strings"

	"github.com/ganigeorgiev/fexpr"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"
	"github.com/pocketbase/pocketbase/tools/search"
	"github.com/pocketbase/pocketbase/tools/tokenizer"

	"jobboard/internal/problem"
)

const (
	expandParam = "expand"
	fieldsParam = "fields"
)

// Query is what a caller asks of a collection's records, "" where it asks nothing.
type Query struct {
	Filter, Sort, Expand, Fields string
	// Realtime is a realtime topic's query, Single that of a single record; else it is a list's.
	Realtime, Single bool
}

// Check returns the answer to a query that is not for caller, which names the parameter, and nil where the query may run. It
// asks the database nothing, so that its time tells nothing.
func Check(app core.App, caller *core.Record, collection *core.Collection, q Query) error {
	if caller != nil && caller.IsSuperuser() {
		return nil
	}
	paths := &paths{
		app: app, caller: caller, collection: collection, query: q,
		relations: map[string]bool{}, manifold: map[string]bool{}, backs: map[string]bool{},
	}
	for _, part := range []struct {
		param, text string
		most        int // bytes
		check       func(text string) string
	}{
		{search.FilterQueryParam, q.Filter, maxFilterBytes, paths.checkFilter},
		{search.SortQueryParam, q.Sort, maxSortBytes, paths.checkSort},
		{expandParam, q.Expand, maxExpandBytes, paths.checkExpand},
		{fieldsParam, q.Fields, maxFieldsBytes, checkFields},
	} {
		if part.text == "" {
			continue
		}
		if len(part.text) > part.most {
			return refused(part.param, fmt.Sprintf("Must have at most %d characters.", part.most))
		}
		if part.param == search.FilterQueryParam || part.param == search.SortQueryParam {
			if err := checkSuperuserFields(part.param, part.text); err != nil {
				return err
			}
		}
		if reason := part.check(part.text); reason != "" {
			return refused(part.param, reason)
		}
	}
	return nil
}

func refused(param, reason string) error {
	return router.NewBadRequestError("This query is not allowed.", problem.Field(param, problem.InvalidValue, reason))
}

// checkSuperuserFields refuses what PocketBase's list of records refuses, as loosely and with the same words.
func checkSuperuserFields(param, text string) error {
	for _, field := range []string{"@collection.", "@request."} {
		if strings.Contains(text, field) {
			reason := "Only superusers can filter by " + field
			return router.NewForbiddenError(reason, problem.Field(param, problem.InvalidValue, reason))
		}
	}
	return nil
}

func (p *paths) checkFilter(filter string) string {
	groups, err := fexpr.Parse(filter)
	if err != nil {
		return "This filter can't be read: " + err.Error() + "."
	}
	conditions := conditionsOf(groups)
	if len(conditions) > maxConditions {
		return fmt.Sprintf("Must have at most %d conditions.", maxConditions)
	}
	if reason := checkLikes(conditions); reason != "" {
		return reason
	}
	if reason := checkFunctions(conditions); reason != "" {
		return reason
	}
	for _, path := range pathsOf(conditions) {
		if reason := p.refuse(path); reason != "" {
			return reason
		}
	}
	return p.checkPresence(groups)
}

func (p *paths) checkSort(sort string) string {
	fields := search.ParseSortFromString(sort)
	if len(fields) > maxSorts {
		return fmt.Sprintf("Must have at most %d fields.", maxSorts)
	}
	for _, field := range fields {
		if reason := p.refuse(path{name: field.Name, anyOf: true, sorts: true}); reason != "" {
			return reason
		}
	}
	return ""
}

func checkFields(fields string) string {
	list, err := tokenizer.NewFromString(fields).ScanAll()
	switch {
	case err != nil:
		return "Not a list of fields."
	case len(list) > maxFields:
		return fmt.Sprintf("Must have at most %d fields.", maxFields)
	}
	return ""
}
