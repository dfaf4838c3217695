// Package queryguard checks what callers write into queries (filter, sort, expand and fields, also in batches and realtime topics) before
// anything runs, and limits what answering them may cost.
//
// PocketBase checks much of this too. But some of it it checks only while the query runs, when the time until the refusal already
// reveals the answer, and some of it not at all, since fields that are private to some callers are a concept of this board.
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

// Query is the query of a request for records of a collection; "" is a parameter that is absent.
type Query struct {
	Filter, Sort, Expand, Fields string
	// Realtime means that it is the query of a realtime topic, Single that it is the query of a single record. Otherwise it is that of
	// a list.
	Realtime, Single bool
}

// Check returns an error that names the parameter if caller may not make the query, and nil if it may run. It does not query the
// database, so the time that it takes reveals nothing.
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

// refused returns the error for a parameter.
func refused(param, reason string) error {
	return router.NewBadRequestError("This query is not allowed.", problem.Field(param, problem.InvalidValue, reason))
}

// checkSuperuserFields refuses what PocketBase's list of records refuses, with the same simple test and the same message.
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
