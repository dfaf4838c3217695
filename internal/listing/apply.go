package listing

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/search"
)

// ApplyRule narrows a query to the records that the caller of info may list. Whoever may list none gets a 403.
func ApplyRule(query *dbx.SelectQuery, fields *core.RecordFieldResolver, collection *core.Collection, info *core.RequestInfo) error {
	if info.HasSuperuserAuth() {
		return nil
	}
	if collection.ListRule == nil {
		return apis.NewForbiddenError("", nil)
	}
	text := SimplifyRule(*collection.ListRule, info.Auth)
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
