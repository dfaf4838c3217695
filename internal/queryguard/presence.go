package queryguard

import (
	"maps"
	"slices"
	"strings"

	"github.com/ganigeorgiev/fexpr"
)

// checkPresence returns what is wrong with the back relations of a filter, or "".
//
// Take jobs filtered by their applications. PocketBase drops a job whose applications are all hidden from the caller, but keeps one
// without applications. A filter that holds without an application would tell the two apart, and so reveal which jobs have applicants.
// Therefore a filter with a back relation must hold only where the relation leads to a record.
func (p *paths) checkPresence(groups []fexpr.ExprGroup) string {
	for _, relation := range slices.Sorted(maps.Keys(p.backs)) {
		if !demands(groups, relation) {
			return "Must hold only where there is a record by " + relation + ": add && " + relation + ".id ?!= ''."
		}
	}
	return ""
}

// demands reports whether a filter holds only where the relation leads to a record. AND binds more tightly than OR.
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

// failsOnNull reports whether a comparison always fails where the relation leads to no record and its fields are NULL.
func failsOnNull(e fexpr.Expr, relation string) bool {
	path, other := e.Left, e.Right
	if !isBelow(path, relation) {
		path, other = other, path
	}
	if !isBelow(path, relation) {
		return false
	}
	switch fexpr.SignOp(strings.TrimPrefix(string(e.Op), "?")) {
	case fexpr.SignEq: // with an empty text, or a field that may be NULL as well, it may hold
		return other.Type == fexpr.TokenNumber || other.Type == fexpr.TokenText && other.Literal != "" ||
			other.Type == fexpr.TokenIdentifier && (other.Literal == "true" || other.Literal == "false")
	case fexpr.SignNeq: // JSON fields differ from '' when they are NULL, but an id is never JSON
		return path.Literal == relation+".id" && other.Type == fexpr.TokenText && other.Literal == ""
	default: // ~ !~ < <= > >= are NULL with NULL
		return true
	}
}

// isBelow reports whether an operand is a field of the records that the relation leads to. :length is not: of a missing list it is 0, not
// NULL.
func isBelow(operand fexpr.Token, relation string) bool {
	return operand.Type == fexpr.TokenIdentifier && strings.HasPrefix(operand.Literal, relation+".") &&
		!strings.HasSuffix(operand.Literal, ":length")
}
