package queryguard

import (
	"maps"
	"slices"
	"strings"

	"github.com/ganigeorgiev/fexpr"
)

// checkPresence says which step back a filter must not make as it does, or "".
//
// PocketBase drops records whose followers, such as a job's applications, are all hidden from the caller, but keeps those that
// have none: a filter that holds without a follower would tell the two apart, and with them which jobs have applicants. So a
// filter that goes back must demand a follower.
func (p *paths) checkPresence(groups []fexpr.ExprGroup) string {
	for _, relation := range slices.Sorted(maps.Keys(p.backs)) {
		if !demands(groups, relation) {
			return "Must hold only where there is a record by " + relation + ": add && " + relation + ".id ?!= ''."
		}
	}
	return ""
}

// demands reports whether a filter holds only where the relation leads to a record. AND binds closer than OR.
func demands(groups []fexpr.ExprGroup, relation string) bool {
	demanded := false
	for i, group := range groups {
		if i > 0 && group.Join == fexpr.JoinOr {
			if !demanded {
				return false
			}
			demanded = false
		}
		switch item := group.Item.(type) {
		case fexpr.Expr:
			demanded = demanded || failsOnNull(item, relation)
		case fexpr.ExprGroup:
			demanded = demanded || demands([]fexpr.ExprGroup{item}, relation)
		case []fexpr.ExprGroup:
			demanded = demanded || demands(item, relation)
		}
	}
	return demanded
}

// failsOnNull reports whether a comparison is sure to fail where the relation leads to no record, and its fields are NULL.
func failsOnNull(e fexpr.Expr, relation string) bool {
	path, other := e.Left, e.Right
	if !isBelow(path, relation) {
		path, other = other, path
	}
	if !isBelow(path, relation) {
		return false
	}
	switch fexpr.SignOp(strings.TrimPrefix(string(e.Op), "?")) {
	case fexpr.SignEq: // with nothing, or with another field that may be NULL as well, it may hold
		return other.Type == fexpr.TokenNumber || other.Type == fexpr.TokenText && other.Literal != "" ||
			other.Type == fexpr.TokenIdentifier && (other.Literal == "true" || other.Literal == "false")
	case fexpr.SignNeq: // fields of JSON differ from '' when they are NULL; ids are never JSON
		return path.Literal == relation+".id" && other.Type == fexpr.TokenText && other.Literal == ""
	default: // ~ !~ < <= > >= are NULL with NULL
		return true
	}
}

// isBelow reports whether an operand is a field behind the relation; the length of a list that isn't there is no NULL but 0.
func isBelow(operand fexpr.Token, relation string) bool {
	return operand.Type == fexpr.TokenIdentifier && strings.HasPrefix(operand.Literal, relation+".") &&
		!strings.HasSuffix(operand.Literal, ":length")
}
