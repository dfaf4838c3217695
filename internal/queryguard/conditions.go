package queryguard

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ganigeorgiev/fexpr"
)

// conditionsOf returns all comparisons of a filter, including those in brackets.
func conditionsOf(groups []fexpr.ExprGroup) []fexpr.Expr {
	var all []fexpr.Expr
	for _, group := range groups {
		switch item := group.Item.(type) {
		case fexpr.Expr:
			all = append(all, item)
		case fexpr.ExprGroup:
			all = append(all, conditionsOf([]fexpr.ExprGroup{item})...)
		case []fexpr.ExprGroup:
			all = append(all, conditionsOf(item)...)
		}
	}
	return all
}

// checkLikes returns what is wrong with the patterns of a filter, or "".
func checkLikes(conditions []fexpr.Expr) string {
	likes := 0
	for _, condition := range conditions {
		switch condition.Op {
		case fexpr.SignLike, fexpr.SignNlike, fexpr.SignAnyLike, fexpr.SignAnyNlike:
		default:
			continue
		}
		likes++
		pattern := condition.Right
		switch {
		case likes > maxLikes:
			return fmt.Sprintf("Must have at most %d conditions with ~ or !~.", maxLikes)
		// A text in a record may be of any length and have any number of wildcards.
		case pattern.Type == fexpr.TokenFunction || pattern.Type == fexpr.TokenIdentifier && !strings.HasPrefix(pattern.Literal, "@"):
			return "On the right of ~ and !~ there must be a text."
		case len(pattern.Literal) > maxLikeBytes:
			return fmt.Sprintf("A text to look for with ~ or !~ must have at most %d characters.", maxLikeBytes)
		case wildcards(pattern.Literal) > maxWildcards:
			return fmt.Sprintf("A text to look for with ~ or !~ must have %% at most %d times.", maxWildcards)
		}
	}
	return ""
}

// wildcards counts the % of a pattern that are not escaped by a backslash.
func wildcards(pattern string) int {
	count, escaped := 0, false
	for _, r := range pattern {
		if r == '%' && !escaped {
			count++
		}
		escaped = r == '\\' && !escaped
	}
	return count
}

// callersFunctions are the functions that a caller's filter may use. The other registered functions are for API rules. They read what
// callers may not see, such as the visibility of a profile.
var callersFunctions = []string{"geoDistance", "strftime"}

// checkFunctions returns why a function of a filter isn't for callers, or "".
func checkFunctions(conditions []fexpr.Expr) string {
	var check func(token fexpr.Token) string
	check = func(token fexpr.Token) string {
		if token.Type != fexpr.TokenFunction {
			return ""
		}
		if !slices.Contains(callersFunctions, token.Literal) {
			return "The functions of a filter are " + strings.Join(callersFunctions, " and ") + "."
		}
		arguments, _ := token.Meta.([]fexpr.Token)
		for _, argument := range arguments {
			if reason := check(argument); reason != "" {
				return reason
			}
		}
		return ""
	}
	for _, condition := range conditions {
		for _, side := range []fexpr.Token{condition.Left, condition.Right} {
			if reason := check(side); reason != "" {
				return reason
			}
		}
	}
	return ""
}

// path is a field that a filter or sort names.
type path struct {
	name string
	// anyOf means that one of several records that the path leads to is enough, as with the operators ?=, ?~ and the like, and in a
	// sort.
	anyOf bool
	sorts bool
}

// pathsOf returns all identifiers in a filter's conditions, including those in arguments of functions.
func pathsOf(conditions []fexpr.Expr) []path {
	var all []path
	var add func(token fexpr.Token, anyOf bool)
	add = func(token fexpr.Token, anyOf bool) {
		switch token.Type {
		case fexpr.TokenIdentifier:
			all = append(all, path{name: token.Literal, anyOf: anyOf})
		case fexpr.TokenFunction:
			arguments, _ := token.Meta.([]fexpr.Token)
			for _, argument := range arguments {
				add(argument, anyOf)
			}
		}
	}
	for _, condition := range conditions {
		anyOf := strings.HasPrefix(string(condition.Op), "?")
		add(condition.Left, anyOf)
		add(condition.Right, anyOf)
	}
	return all
}
