package collections

import (
	"fmt"
	"maps"
	"strings"

	"github.com/ganigeorgiev/fexpr"
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/tools/search"
)

// The board's own functions for API rules, beside PocketBase's geoDistance and strftime. For a path over other records, such as
// employer.members:each, PocketBase joins their tables, removes duplicates and sorts all that it found. These functions use a
// sub-select instead, which the planner can start from. Each is about the caller only, so nobody can use it to learn about others.
// Frozen migrations hold rules with these names: never rename or remove one.
func init() {
	for name, set := range mine {
		search.TokenFunctions[name] = ruleFunction(name, 1, func(x, me string) string {
			return x + " IN (" + strings.ReplaceAll(set, "@me", me) + ")"
		})
	}
	search.TokenFunctions["haveEmployer"] = ruleFunction("haveEmployer", 0, func(_, me string) string {
		return "EXISTS (" + strings.ReplaceAll(myEmployers, "@me", me) + ")"
	})
	search.TokenFunctions["isActive"] = ruleFunction("isActive", 1, func(user, _ string) string {
		return user + " NOT IN (SELECT [[id]] FROM {{users}} WHERE [[deactivatedAt]] != '')"
	})
	search.TokenFunctions["visibilityOf"] = ruleFunction("visibilityOf", 1, func(user, _ string) string {
		return "(SELECT [[visibility]] FROM {{job_seekers}} WHERE [[user]] = " + user + ")"
	})
	for name, reviews := range map[string]string{"isShownJobReview": JobReviews, "isShownUserReview": UserReviews} {
		search.TokenFunctions[name] = ruleFunction(name, 1, func(review, _ string) string {
			return "EXISTS (SELECT 1 FROM {{" + reviews + "}} r WHERE r.[[id]] = " + review + " AND r.[[status]] = '" + ReviewVisible + "')"
		})
	}
}

// The ids that belong to the caller, @me, beside myEmployers.
const (
	myJobs         = "SELECT [[id]] FROM {{jobs}} WHERE [[employer]] IN (" + myEmployers + ")"
	myApplications = "SELECT [[id]] FROM {{applications}} WHERE [[seeker]] = @me"
)

// mine holds the functions that report whether an id is one of the caller's: the SQL of the ids, by function name.
var mine = map[string]string{
	"isMyEmployer":    myEmployers,
	"isMyJob":         myJobs,
	"isToMyJob":       "SELECT [[id]] FROM {{applications}} WHERE [[job]] IN (" + myJobs + ")",
	"isMyApplicant":   "SELECT [[seeker]] FROM {{applications}} WHERE [[job]] IN (" + myJobs + ")",
	"isMyApplication": myApplications,
	"haveApplied":     "SELECT [[job]] FROM {{applications}} WHERE [[seeker]] = @me",
	"isOfMyWebhook":   "SELECT [[id]] FROM {{webhook_endpoints}} WHERE [[employer]] IN (" + myEmployers + ")",
	"isMyReview": "SELECT [[id]] FROM {{job_reviews}} WHERE [[author]] = @me " +
		"UNION ALL SELECT [[id]] FROM {{user_reviews}} WHERE [[author]] = @me",
}

// caller is the caller's id as rules name it.
var caller = fexpr.Token{Type: fexpr.TokenIdentifier, Literal: "@request.auth.id"}

type resolver = func(fexpr.Token) (*search.ResolverResult, error)

// ruleFunction returns a function for rules with at most one argument. sql builds its SQL from that of the argument, x, and of the
// caller, me.
func ruleFunction(
	name string, arguments int, sql func(x, me string) string,
) func(resolver, ...fexpr.Token) (*search.ResolverResult, error) {
	return func(resolve resolver, given ...fexpr.Token) (*search.ResolverResult, error) {
		if len(given) != arguments {
			return nil, fmt.Errorf("[%s] expected %d arguments, got %d", name, arguments, len(given))
		}
		me, err := resolve(caller)
		if err != nil {
			return nil, fmt.Errorf("[%s] resolve the caller: %w", name, err)
		}
		params, x := maps.Clone(me.Params), ""
		if arguments > 0 {
			value, err := resolve(given[0])
			if err != nil {
				return nil, fmt.Errorf("[%s] resolve the argument: %w", name, err)
			}
			if params == nil {
				params = dbx.Params{}
			}
			maps.Copy(params, value.Params)
			x = value.Identifier
		}
		condition := sql(x, me.Identifier)
		result := &search.ResolverResult{Identifier: "(" + condition + ")", Params: params}
		result.AfterBuild = func(built dbx.Expression) dbx.Expression {
			// A comparison with true would only keep the planner from using an index.
			if built.Build(nil, dbx.Params{}) == result.Identifier+" = 1" {
				return dbx.NewExp(condition, params)
			}
			return built
		}
		return result, nil
	}
}
