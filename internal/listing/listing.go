// Package listing makes PocketBase's own lists of records fast on a board with a million jobs. Who may see what is still decided by the
// collection's list rule alone: this package hands PocketBase the same rule in a form that SQLite's query planner can use.
package listing

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/search"

	"jobboard/collections"
)

// Bind prepares the lists of app. Call it once, before the app starts.
func Bind(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{Id: "prepareList", Func: prepareList})
		return e.Next()
	})
	app.OnRecordsListRequest().BindFunc(countJobsOnListRequest)
}

const listPattern = "GET /api/collections/{collection}/records"

// prepareList runs PocketBase's list of records with an app that reads this list in a better way.
func prepareList(e *core.RequestEvent) error {
	if e.Request.Pattern != listPattern {
		return e.Next()
	}
	collection, err := e.App.FindCachedCollectionByNameOrId(e.Request.PathValue("collection"))
	if err != nil || collection.ListRule == nil {
		return e.Next() // PocketBase answers what is wrong
	}
	l := &list{App: e.App, collection: collection}
	rule := always
	if !e.HasSuperuserAuth() {
		rule = conditionsOf(*collection.ListRule, e.Auth)
		text := rule.text()
		l.collection = &core.Collection{}
		*l.collection = *collection
		l.collection.ListRule = &text
	}
	if collection.Name == collections.Jobs {
		if err := l.prepareJobs(e, rule); err != nil {
			return err
		}
	}
	outer := e.App
	e.App = l
	defer func() { e.App = outer }()
	return e.Next()
}

// list is the app for one list of records.
type list struct {
	core.App
	collection *core.Collection // with the list rule simplified for the caller
	jobs       *jobsQuery       // nil if PocketBase reads the list in its own way
}

// FindCachedCollectionByNameOrId returns the listed collection with the simplified rule, and others as they are.
func (l *list) FindCachedCollectionByNameOrId(nameOrID string) (*core.Collection, error) {
	if nameOrID == l.collection.Name || nameOrID == l.collection.Id {
		return l.collection, nil
	}
	return l.App.FindCachedCollectionByNameOrId(nameOrID)
}

// RecordQuery returns a query that reads the listed records.
func (l *list) RecordQuery(collection any) *dbx.SelectQuery {
	query := l.App.RecordQuery(collection)
	if l.jobs != nil && collection == any(l.collection) {
		l.jobs.apply(query)
	}
	return query
}

const countJobsKey = "countJobs"

// prepareJobs decides how to read a list of jobs, and makes PocketBase leave its total to countJobsOnListRequest.
func (l *list) prepareJobs(e *core.RequestEvent, rule conditions) error {
	info, err := e.RequestInfo()
	if err != nil {
		return e.BadRequestError("", err)
	}
	query := e.Request.URL.Query()
	jobs, err := newJobsQuery(e.App, l.collection, rule, query.Get(search.FilterQueryParam), query.Get(search.SortQueryParam), info)
	if err != nil || jobs == nil {
		return err
	}
	l.jobs = jobs
	if !skipsTotal(query.Get(search.SkipTotalQueryParam)) {
		query.Set(search.SkipTotalQueryParam, "true")
		e.Request.URL.RawQuery = query.Encode()
		e.Set(countJobsKey, jobs)
	}
	return nil
}

// countJobsOnListRequest fills in the total that PocketBase has left out.
func countJobsOnListRequest(e *core.RecordsListRequestEvent) error {
	jobs, ok := e.Get(countJobsKey).(*jobsQuery)
	if !ok || e.Collection.Name != collections.Jobs {
		return e.Next()
	}
	info, err := e.RequestInfo()
	if err != nil {
		return err
	}
	total, err := jobs.count(e.App, e.Collection, info)
	if err != nil {
		return err
	}
	e.Result.TotalItems, e.Result.TotalPages = total, (total+e.Result.PerPage-1)/e.Result.PerPage
	return e.Next()
}
