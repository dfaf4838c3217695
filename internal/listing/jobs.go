package listing

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ganigeorgiev/fexpr"
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/search"

	"jobboard/collections"
)

// Of a million jobs, everybody sees most, and the caller sees a few more of their own. To list "published or mine" in an order, SQLite
// would read and sort all of them. Instead it merges two lists here, each of which an index gives in that order, and the total is read
// from job_counts (see migrations/1795774100_count_jobs.go).

// jobsQuery is how a caller's list of jobs is read. Its conditions are written as in rules; "" is none.
type jobsQuery struct {
	common string // the condition that nearly all of the listed jobs meet
	own    string // the condition that the others meet, if there are any
	filter string // the caller's
	sorted bool   // whether the caller asks for an order
	// merged is SQL that reads common and own jobs as one table.
	merged       string
	mergedParams dbx.Params
}

// countedBy are the fields by whose values job_counts counts the jobs.
var countedBy = []string{"status", "jobType", "workplace", "experienceLevel", "industry"}

// newJobsQuery returns nil if a list uses more than jobs' own fields: then PocketBase joins tables.
func newJobsQuery(app core.App, jobs *core.Collection, rule conditions, filter, sort string, info *core.RequestInfo) (*jobsQuery, error) {
	fields, readable := filterFields(filter)
	for _, field := range search.ParseSortFromString(sort) {
		fields = append(fields, field.Name)
	}
	if !readable || !areOwn(jobs, fields) || len(rule) == 0 {
		return nil, nil
	}
	j := &jobsQuery{common: rule[:1].text(), filter: filter, sorted: sort != ""}
	if fields, _ := filterFields(j.common); !within(fields, countedBy) {
		return nil, nil
	}
	if len(rule) == 1 {
		return j, nil
	}
	j.own = rule[1:].text()
	common, err := condition(app, jobs, info, j.common)
	if err != nil {
		return nil, err
	}
	own, err := condition(app, jobs, info, j.own)
	if err != nil {
		return nil, err
	}
	j.mergedParams = dbx.Params{}
	const rows = "SELECT _rowid_, * FROM main.{{jobs}} WHERE "
	j.merged = "WITH {{jobs}} AS (" + rows + common.Build(nil, j.mergedParams) +
		" UNION ALL " + rows + dbx.And(own, dbx.Not(common)).Build(nil, j.mergedParams) + ")"
	return j, nil
}

// apply makes a query of jobs read the merged table, in an order that an index gives.
func (j *jobsQuery) apply(query *dbx.SelectQuery) {
	if j.merged != "" {
		query.PreFragment(j.merged).AndBind(j.mergedParams)
	}
	// Without an order SQLite would read the rows as they are stored, which on an old board begin with many closed jobs.
	if !j.sorted {
		query.OrderBy("jobs.created")
	}
}

// count returns how many jobs are listed.
func (j *jobsQuery) count(app core.App, jobs *core.Collection, info *core.RequestInfo) (int, error) {
	ask := func(query *dbx.SelectQuery, except string, texts ...string) (n int, err error) {
		for _, text := range append(texts, except) {
			if text == "" {
				continue
			}
			expression, err := condition(app, jobs, info, text)
			if err != nil {
				return 0, err
			}
			if text == except {
				expression = dbx.Not(expression)
			}
			query.AndWhere(expression)
		}
		if err := query.Row(&n); err != nil {
			return 0, fmt.Errorf("count jobs: %w", err)
		}
		return n, nil
	}
	db := app.ConcurrentDB()
	rows := func() *dbx.SelectQuery { return db.Select("COUNT(*)").From(collections.Jobs) }
	counted := rows()
	if fields, _ := filterFields(j.filter); within(fields, countedBy) {
		counted = db.Select("COALESCE(SUM([[jobs.n]]), 0)").From("job_counts jobs")
	}
	total, err := ask(counted, "", j.common, j.filter)
	if err != nil || j.own == "" {
		return total, err
	}
	others, err := ask(rows(), j.common, j.own, j.filter)
	return total + others, err
}

// condition turns a condition on jobs' own fields into SQL.
func condition(app core.App, jobs *core.Collection, info *core.RequestInfo, text string) (dbx.Expression, error) {
	expression, err := search.FilterData(text).BuildExpr(core.NewRecordFieldResolver(app, jobs, info, true))
	if err != nil {
		return nil, fmt.Errorf("read a condition on jobs: %w", err)
	}
	return expression, nil
}

// filterFields returns the fields that a filter names. readable is false if the filter can't be parsed.
func filterFields(filter string) (names []string, readable bool) {
	if filter == "" {
		return nil, true
	}
	groups, err := fexpr.Parse(filter)
	if err != nil {
		return nil, false
	}
	var add func(item any)
	add = func(item any) {
		switch item := item.(type) {
		case []fexpr.ExprGroup:
			for _, group := range item {
				add(group.Item)
			}
		case fexpr.ExprGroup:
			add(item.Item)
		case fexpr.Expr:
			add(item.Left)
			add(item.Right)
		case []fexpr.Token:
			for _, argument := range item {
				add(argument)
			}
		case fexpr.Token:
			if item.Type == fexpr.TokenFunction {
				add(item.Meta)
			}
			if item.Type == fexpr.TokenIdentifier && !isConstant(item.Literal) {
				names = append(names, item.Literal)
			}
		}
	}
	add(groups)
	return names, true
}

// isConstant reports whether PocketBase reads an identifier as a value, such as @now.
func isConstant(identifier string) bool {
	return strings.HasPrefix(identifier, "@") && !strings.Contains(identifier, ".") ||
		slices.Contains([]string{"true", "false", "null"}, strings.ToLower(identifier))
}

// areOwn reports whether all names are fields of the collection itself.
func areOwn(collection *core.Collection, names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool {
		return name != "" && !isConstant(name) && collection.Fields.GetByName(name) == nil
	})
}

// within reports whether all names are allowed.
func within(names, allowed []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return !slices.Contains(allowed, name) })
}

// skipsTotal reports whether a list is asked for without its total. PocketBase refuses what isn't a boolean.
func skipsTotal(text string) bool {
	skip, err := strconv.ParseBool(text)
	return text != "" && (skip || err != nil)
}
