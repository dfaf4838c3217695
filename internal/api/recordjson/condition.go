package recordjson

import (
	"strings"
	"sync"

	"github.com/ganigeorgiev/fexpr"
	"github.com/pocketbase/pocketbase/core"
)

// condition compares a field of a record with a text.
type condition struct{ field, value string }

// IsPublic reports whether a comparison in the list rule of its collection shows the record to everybody. Where it doesn't, the rest of
// the rule may still show it to some.
func IsPublic(record *core.Record) bool {
	rule := record.Collection().ListRule
	if rule == nil {
		return false
	}
	public := publicCondition(*rule)
	return public != nil && record.GetString(public.field) == public.value
}

var publicConditions sync.Map // by rule: *condition

// publicCondition returns a comparison of a field with a text that is enough for a rule to hold, or nil if the rule has none. There
// are few rules and they rarely change, so each is parsed only once.
func publicCondition(rule string) *condition {
	if known, ok := publicConditions.Load(rule); ok {
		return known.(*condition)
	}
	found := findPublicCondition(rule)
	publicConditions.Store(rule, found)
	return found
}

func findPublicCondition(rule string) (found *condition) {
	groups, err := fexpr.Parse(rule)
	if err != nil {
		return nil
	}
	for i, group := range groups {
		if i > 0 && group.Join != fexpr.JoinOr {
			return nil
		}
		e, isExpr := group.Item.(fexpr.Expr)
		if isExpr && found == nil && e.Op == fexpr.SignEq && e.Left.Type == fexpr.TokenIdentifier &&
			e.Right.Type == fexpr.TokenText && !strings.ContainsAny(e.Left.Literal, "@.:") {
			found = &condition{e.Left.Literal, e.Right.Literal}
		}
	}
	return found
}
