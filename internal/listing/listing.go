// Package listing makes PocketBase's own lists of records fast on a board of a million jobs. It decides nothing about who may see
// what, which is the collection's list rule: it hands PocketBase the same rule in a form that the planner can use.
package listing

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/search"

	"jobboard/collections"
)

// Bind binds the lists of app. Call it once, before the app starts.
func Bind(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{Id: "prepareList", Func: prepareList})
		return e.Next()
	})
	app.OnRecordsListRequest().BindFunc(countJobsOnListRequest)
}

const listPattern = "GET /api/collections/{collection}/records"

// prepareList answers PocketBase's list of records with an app that knows how to read this list.
func prepareList(e *core.RequestEvent) error {
	if e.Request.Pattern != listPattern {
		return e.Next()
	}
	collection, err := e.App.FindCachedCollectionByNameOrId(e.Request.PathValue("collection"))
	if err != nil || collection.ListRule == nil {
		return e.Next() // PocketBase says what is wrong
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

// list is the app as the list of one collection sees it.
type list struct {
	core.App
	collection *core.Collection // with the rule as the caller meets it
	jobs       *jobsQuery       // nil where the list is none of jobs, or none that is read in a way of its own
}

// FindCachedCollectionByNameOrId finds the listed collection as this list knows it, and others as they are.
func (l *list) FindCachedCollectionByNameOrId(nameOrID string) (*core.Collection, error) {
	if nameOrID == l.collection.Name || nameOrID == l.collection.Id {
		return l.collection, nil
	}
	return l.App.FindCachedCollectionByNameOrId(nameOrID)
}

// RecordQuery selects the records to be listed.
func (l *list) RecordQuery(collection any) *dbx.SelectQuery {
	query := l.App.RecordQuery(collection)
	if l.jobs != nil && collection == any(l.collection) {
		l.jobs.apply(query)
	}
	return query
}

const countJobsKey = "countJobs"

// prepareJobs chooses how to read a list of jobs, and takes its total over from PocketBase.
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

// countJobsOnListRequest fills in the total that PocketBase was told to skip.
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
