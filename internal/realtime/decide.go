package realtime

import (
	"strings"
	"sync"

	"github.com/ganigeorgiev/fexpr"
	"github.com/pocketbase/pocketbase/core"
)

// verdict is what is known of a rule without the database.
type verdict int

const (
	maybe  verdict = iota // only the database knows
	never                 // no row meets it
	always                // the row meets it, whatever else the database holds
)

// operand returns the value of an identifier in a rule, if it is known.
type operand func(identifier string) (value string, known bool)

// decide parses a rule as PocketBase does, with && before ||, and evaluates the comparisons of which both sides are known texts. In
// every other case it returns maybe, so it can save a query but never grants what PocketBase's own SQL would not.
func decide(rule string, value operand) verdict {
	if rule == "" {
		return always
	}
	groups, err := parseRule(rule)
	if err != nil {
		return maybe
	}
	return decideGroups(groups, value)
}

var parsedRules sync.Map // the rules of the collections, which are few, by their text

func parseRule(rule string) ([]fexpr.ExprGroup, error) {
	if parsed, ok := parsedRules.Load(rule); ok {
		return parsed.([]fexpr.ExprGroup), nil
	}
	parsed, err := fexpr.Parse(rule)
	if err != nil {
		return nil, err
	}
	parsedRules.Store(rule, parsed)
	return parsed, nil
}

// decideGroups evaluates alternatives of conditions: the conditions between two || hold or fail together.
func decideGroups(groups []fexpr.ExprGroup, value operand) verdict {
	some, all := never, always
	for i, group := range groups {
		if i > 0 && group.Join == fexpr.JoinOr {
			some, all = or(some, all), always
		}
		all = and(all, decideItem(group.Item, value))
	}
	return or(some, all)
}

func decideItem(item any, value operand) verdict {
	switch item := item.(type) {
	case fexpr.Expr:
		return compare(item, value)
	case fexpr.ExprGroup:
		return decideGroups([]fexpr.ExprGroup{item}, value)
	case []fexpr.ExprGroup:
		return decideGroups(item, value)
	}
	return maybe
}

func and(a, b verdict) verdict {
	switch {
	case a == never || b == never:
		return never
	case a == always && b == always:
		return always
	}
	return maybe
}

func or(a, b verdict) verdict {
	switch {
	case a == always || b == always:
		return always
	case a == never && b == never:
		return never
	}
	return maybe
}

func compare(expr fexpr.Expr, value operand) verdict {
	left, ok := text(expr.Left, value)
	if !ok {
		return maybe
	}
	right, ok := text(expr.Right, value)
	if !ok {
		return maybe
	}
	switch {
	case expr.Op == fexpr.SignEq && left == right, expr.Op == fexpr.SignNeq && left != right:
		return always
	case expr.Op == fexpr.SignEq, expr.Op == fexpr.SignNeq:
		return never
	}
	return maybe
}

func text(token fexpr.Token, value operand) (string, bool) {
	switch token.Type {
	case fexpr.TokenText:
		return token.Literal, true
	case fexpr.TokenIdentifier:
		return value(token.Literal)
	}
	return "", false
}

const callerPrefix = "@request.auth."

// callerOperand knows the caller's own plain fields, which are all empty for a guest.
func callerOperand(auth *core.Record) operand {
	return func(identifier string) (string, bool) {
		field, found := strings.CutPrefix(identifier, callerPrefix)
		if !found || strings.ContainsAny(field, ".:") {
			return "", false
		}
		if auth == nil {
			return "", true
		}
		return plain(auth, field)
	}
}

// rowOperand also knows the plain fields of the record that the rule is evaluated for.
func rowOperand(auth, record *core.Record) operand {
	caller := callerOperand(auth)
	return func(identifier string) (string, bool) {
		if strings.HasPrefix(identifier, callerPrefix) {
			return caller(identifier)
		}
		return plain(record, identifier)
	}
}

// plain returns the value of a field that is stored as a text and compared as one.
func plain(record *core.Record, name string) (string, bool) {
	switch field := record.Collection().Fields.GetByName(name).(type) {
	case *core.TextField:
		return record.GetString(name), true
	case *core.SelectField:
		return record.GetString(name), !field.IsMultiple()
	case *core.RelationField:
		return record.GetString(name), !field.IsMultiple()
	}
	return "", false
}
