package listing

import (
	"slices"
	"strings"
	"sync"

	"github.com/ganigeorgiev/fexpr"
	"github.com/pocketbase/pocketbase/core"
)

// SimplifyRule returns a list rule without the conditions whose outcome is known for the caller, such as those on the role. The rest
// lists the same records, and the planner can use an index for it; a condition on the caller, joined by "or", would prevent that.
func SimplifyRule(rule string, caller *core.Record) string {
	return conditionsOf(rule, caller).text()
}

func conditionsOf(rule string, caller *core.Record) conditions {
	if rule == "" {
		return always
	}
	key := folded{rule: rule, known: caller != nil}
	if caller != nil {
		key.role = caller.GetString("role")
	}
	if known, ok := foldedRules.Load(key); ok {
		return known.(conditions)
	}
	return fold(key)
}

// folded is a rule as it is for everybody with one role. known is false for guests.
type folded struct {
	rule, role string
	known      bool
}

// foldedRules caches conditions by folded: there are few rules and few roles.
var foldedRules sync.Map

// conditions are joined by "or", and each consists of parts joined by "and". Without conditions it is never true, and a condition without
// parts is always true.
type conditions [][]string

var (
	never  = conditions{}
	always = conditions{nil}
)

// nobody is a rule that no record meets. Since it has no field in it, the database evaluates it once and reads nothing.
const nobody = `"" != ""`

func (c conditions) text() string {
	if len(c) == 0 {
		return nobody
	}
	all := make([]string, len(c))
	for i, parts := range c {
		all[i] = strings.Join(parts, " && ")
	}
	return strings.Join(all, " || ")
}

func fold(key folded) conditions {
	result := conditions{{"(" + key.rule + ")"}} // unchanged if it can't be parsed
	if groups, err := fexpr.Parse(key.rule); err == nil {
		result = foldGroups(key, groups)
	}
	foldedRules.Store(key, result)
	return result
}

// foldGroups reads conditions as the database does: "and" binds more tightly than "or".
func foldGroups(key folded, groups []fexpr.ExprGroup) conditions {
	result, one := never, always
	for i, group := range groups {
		if i > 0 && group.Join == fexpr.JoinOr {
			result, one = either(result, one), always
		}
		one = both(one, foldItem(key, group.Item))
	}
	return either(result, one)
}

func foldItem(key folded, item any) conditions {
	switch item := item.(type) {
	case fexpr.Expr:
		return foldExpr(key, item)
	case fexpr.ExprGroup:
		return foldItem(key, item.Item)
	case []fexpr.ExprGroup:
		return foldGroups(key, item)
	}
	return never
}

func foldExpr(key folded, e fexpr.Expr) conditions {
	equal, known := false, false
	if e.Left.Type == fexpr.TokenIdentifier && e.Right.Type == fexpr.TokenText {
		switch e.Left.Literal {
		case "@request.auth.id": // of a user, whose id is only known not to be empty
			equal, known = !key.known, e.Right.Literal == ""
		case "@request.auth.role":
			equal, known = key.role == e.Right.Literal, true
		}
	}
	switch {
	case known && e.Op == fexpr.SignEq && equal, known && e.Op == fexpr.SignNeq && !equal:
		return always
	case known && (e.Op == fexpr.SignEq || e.Op == fexpr.SignNeq):
		return never
	}
	return conditions{{token(e.Left) + " " + string(e.Op) + " " + token(e.Right)}}
}

func either(x, y conditions) conditions {
	for _, side := range []conditions{x, y} {
		if slices.ContainsFunc(side, func(parts []string) bool { return len(parts) == 0 }) {
			return always
		}
	}
	return slices.Concat(x, y)
}

func both(x, y conditions) conditions {
	if len(x) == 0 || len(y) == 0 {
		return never
	}
	return conditions{slices.Concat(x.part(), y.part())}
}

// part returns parts that can be joined with others by "and".
func (c conditions) part() []string {
	if len(c) == 1 {
		return c[0]
	}
	return []string{"(" + c.text() + ")"}
}

var escaper = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// token returns a token as it is written in a rule.
func token(t fexpr.Token) string {
	switch t.Type {
	case fexpr.TokenText:
		return `"` + escaper.Replace(t.Literal) + `"`
	case fexpr.TokenFunction:
		arguments, _ := t.Meta.([]fexpr.Token)
		written := make([]string, len(arguments))
		for i, argument := range arguments {
			written[i] = token(argument)
		}
		return t.Literal + "(" + strings.Join(written, ", ") + ")"
	}
	return t.Literal
}
