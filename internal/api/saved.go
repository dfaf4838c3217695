package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/pocketbase/pocketbase/tools/router"

	"jobboard/collections"
	"jobboard/internal/api/openapi"
	"jobboard/internal/problem"
)

func savedRoutes() []route {
	return []route{
		{
			method:  "GET",
			path:    "/api/saved-jobs",
			id:      "listSavedJobs",
			summary: "Lists the jobs that the caller has saved, each as far as the caller may see it.",
			access:  loggedIn,
			query: listParams.with(
				openapi.Param{Name: "job", Multiple: true, Description: "Id of a job: only where it is saved.", Example: exampleID},
			),
			response: okList("SavedJob"),
			handler:  listSavedJobs,
		},
		{
			method:  "POST",
			path:    "/api/saved-jobs",
			id:      "saveJob",
			summary: "Saves a published job. If the caller has saved it before, nothing changes, and the answer is 200.",
			access:  seekersOnly,
			query:   recordParams,
			body:    bodyOf("NewSavedJob"),
			response: openapi.Response{Status: http.StatusCreated, Schema: "SavedJob", AlsoStatus: http.StatusOK,
				Description: "The saved job."},
			conflict: openapi.Conflict{
				When:  "The caller has as many saved jobs as one may have.",
				Field: "seeker", Code: problem.LimitReached,
			},
			handler: saveJob,
		},
		{
			method:   "GET",
			path:     "/api/saved-jobs/{saved_job_id}",
			id:       "getSavedJob",
			summary:  "Shows a saved job.",
			access:   loggedIn,
			query:    recordParams,
			response: ok("SavedJob"),
			handler:  viewSavedJob,
		},
		{
			method:   "DELETE",
			path:     "/api/saved-jobs/{saved_job_id}",
			id:       "deleteSavedJob",
			summary:  "Removes a job from the saved ones.",
			access:   loggedIn,
			response: noContent,
			handler:  func(c *call) error { return c.remove(collections.SavedJobs, c.Param("saved_job_id")) },
		},
		{
			method:   "GET",
			path:     "/api/saved-searches",
			id:       "listSavedSearches",
			summary:  "Lists the caller's saved searches.",
			access:   loggedIn,
			query:    listParams,
			response: okList("SavedSearch"),
			handler:  listSavedSearches,
		},
		{
			method:   "POST",
			path:     "/api/saved-searches",
			id:       "saveSearch",
			summary:  "Saves a search: its parameters, and how often the caller wants to hear of new jobs.",
			access:   seekersOnly,
			query:    recordParams,
			body:     bodyOf("NewSavedSearch"),
			response: created("SavedSearch"),
			conflict: openapi.Conflict{
				When:  "The caller has as many saved searches as one may have.",
				Field: "seeker", Code: problem.LimitReached,
			},
			handler: saveSearch,
		},
		{
			method:   "GET",
			path:     "/api/saved-searches/{saved_search_id}",
			id:       "getSavedSearch",
			summary:  "Shows a saved search.",
			access:   loggedIn,
			query:    recordParams,
			response: ok("SavedSearch"),
			handler:  viewSavedSearch,
		},
		{
			method:   "PATCH",
			path:     "/api/saved-searches/{saved_search_id}",
			id:       "updateSavedSearch",
			summary:  "Changes the given fields of a saved search.",
			access:   loggedIn,
			query:    recordParams,
			body:     bodyOf("SavedSearchChange"),
			response: ok("SavedSearch"),
			handler:  changeSavedSearch,
		},
		{
			method:   "DELETE",
			path:     "/api/saved-searches/{saved_search_id}",
			id:       "deleteSavedSearch",
			summary:  "Deletes a saved search.",
			access:   loggedIn,
			response: noContent,
			handler:  func(c *call) error { return c.remove(collections.SavedSearches, c.Param("saved_search_id")) },
		},
	}
}

func listSavedJobs(c *call) error {
	var conditions []string
	if jobs := c.values("job"); len(jobs) > 0 {
		conditions = append(conditions, anyOf("job = %s", jobs))
	}
	query, err := c.listQuery("-created", conditions...)
	if err != nil {
		return err
	}
	return c.sendListWithJobs(collections.SavedJobs, query)
}

func (c *call) savedJobQuery() url.Values { return c.expandQuery("job", "job.employer") }

// saveJob saves a job once: a client that asks again, because it has missed the answer, gets what is saved.
func saveJob(c *call) error {
	job, err := c.body.required("job")
	if err != nil {
		return err
	}
	c.body.drop("id")
	a, err := c.create(collections.SavedJobs, c.savedJobQuery(), c.body)
	if err == nil {
		return c.sendCreated(a, "/api/saved-jobs/%s/")
	}
	if mayBeSaved(err) {
		saved, findErr := c.ownSavedJob(job)
		if findErr != nil {
			return findErr
		}
		if saved != nil {
			return c.send(http.StatusOK, saved)
		}
	}
	return explainRefusal(err, "seeker", "You can only save for yourself.")
}

// mayBeSaved reports whether a job that was refused may have been saved before: it can't be saved twice, nor once it is closed, nor beyond
// the limit.
func mayBeSaved(err error) bool {
	data := router.ToApiError(err).Data
	switch codeOf(data["job"]) {
	case problem.NotUnique, problem.MissingRelation:
		return true
	}
	return codeOf(data["seeker"]) == problem.LimitReached
}

// ownSavedJob returns the caller's saved_jobs row of a job, or nil if there is none.
func (c *call) ownSavedJob(job string) (json.RawMessage, error) {
	query := c.savedJobQuery()
	query.Set("filter", fmt.Sprintf("seeker = %s && job = %s", quoted(c.auth().Id), quoted(job)))
	query.Set("perPage", "1")
	found, err := c.list(collections.SavedJobs, query)
	if err != nil || len(found.Items) == 0 {
		return nil, err
	}
	return found.Items[0], nil
}

func viewSavedJob(c *call) error {
	a, err := c.view(collections.SavedJobs, c.Param("saved_job_id"), c.savedJobQuery())
	if err != nil {
		return err
	}
	return c.sendRecord(a)
}

func listSavedSearches(c *call) error {
	query, err := c.listQuery("-created")
	if err != nil {
		return err
	}
	return c.sendList(collections.SavedSearches, query)
}

func saveSearch(c *call) error {
	c.body.drop("id")
	a, err := c.create(collections.SavedSearches, c.expandQuery(), c.body)
	if err != nil {
		return explainRefusal(err, "seeker", "You can only save for yourself.")
	}
	return c.sendCreated(a, "/api/saved-searches/%s/")
}

func viewSavedSearch(c *call) error {
	a, err := c.view(collections.SavedSearches, c.Param("saved_search_id"), c.expandQuery())
	if err != nil {
		return err
	}
	return c.sendRecord(a)
}

func changeSavedSearch(c *call) error {
	a, err := c.update(collections.SavedSearches, c.Param("saved_search_id"), c.expandQuery(), c.body)
	if err != nil {
		return err
	}
	return c.sendRecord(a)
}
