package api

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/api/openapi"
	"jobboard/internal/problem"
	"jobboard/internal/workflow"
)

func applicationRoutes() []route {
	return []route{
		{
			method:  "POST",
			path:    "/api/jobs/{job_id}/applications",
			id:      "apply",
			summary: "Applies to a job. Sending the same Idempotency-Key again within a day repeats the first response.",
			access:  seekersOnly,
			query: recordParams.with(openapi.Param{
				Name: idempotencyHeader,
				In:   "header",
				Description: "A text of the client's choice, of at most 255 characters. " +
					"If it is sent again within a day, the first response is repeated.",
				Example: "7c9e6679-7425-40de-944b-e07fc1f90ae7",
			}),
			body:     bodyOrFormOf("NewApplication"),
			response: created("Application"),
			conflict: openapi.Conflict{
				When:  "The caller has already applied.",
				Field: "job", Code: problem.AlreadyApplied,
			},
			handler: apply,
		},
		{
			method:   "GET",
			path:     "/api/jobs/{job_id}/applications",
			id:       "listJobApplications",
			summary:  "Lists the applications to a job, for its employer's people.",
			access:   employersAndAdmins,
			scope:    collections.ScopeApplicationsRead,
			query:    listParams.with(statusParam, qParam),
			response: okList("Application"),
			handler:  listJobApplications,
		},
		{
			method:   "GET",
			path:     "/api/jobs/{job_id}/applications/{application_id}",
			id:       "getApplication",
			summary:  "Shows an application with its timeline.",
			access:   loggedIn,
			scope:    collections.ScopeApplicationsRead,
			query:    recordParams,
			response: ok("ApplicationWithEvents"),
			handler:  viewApplication,
		},
		{
			method:   "PATCH",
			path:     "/api/jobs/{job_id}/applications/{application_id}/status",
			id:       "changeApplicationStatus",
			summary:  "Moves an application to another status; its current status changes nothing.",
			access:   loggedIn,
			scope:    collections.ScopeApplicationsWrite,
			query:    recordParams,
			body:     bodyOf("ApplicationStatusChange"),
			response: ok("Application"),
			conflict: changedMeanwhile,
			handler:  changeApplicationStatus,
		},
		{
			method:   "GET",
			path:     "/api/users/{user_id}/applications",
			id:       "listUserApplications",
			summary:  "Lists the applications of a user that the caller may see.",
			access:   loggedIn,
			query:    listParams.with(statusParam),
			response: okList("Application"),
			handler:  listUserApplications,
		},
		{
			method:   "DELETE",
			path:     "/api/users/{user_id}/applications/{application_id}/withdraw",
			id:       "withdrawApplication",
			summary:  "Withdraws an application.",
			access:   seekersOnly,
			query:    recordParams,
			response: ok("Application"),
			conflict: changedMeanwhile,
			handler:  withdrawApplication,
		},
	}
}

// apply creates an application to a job that the caller may see.
func apply(c *call) error {
	job := c.Param("job_id")
	if err := c.requireVisibleJob(job); err != nil {
		return err
	}
	key, err := c.idempotencyKey()
	if err != nil {
		return err
	}
	c.body.drop("id", "note")
	if err := c.body.set("job", job); err != nil {
		return err
	}
	if key == "" {
		a, err := c.createApplication()
		if err != nil {
			return err
		}
		return c.sendCreated(a, applicationPath(job))
	}
	return c.applyOnce(key, job)
}

// requireVisibleJob fails with a 404 unless the caller sees the job.
func (c *call) requireVisibleJob(id string) error {
	if _, ok := c.publicItem(collections.Jobs, id, "", core.FieldNameId); ok {
		return nil
	}
	_, err := c.view(collections.Jobs, id, nil)
	return err
}

func (c *call) createApplication() (*response, error) {
	a, err := c.create(collections.Applications, c.expandQuery(), c.body)
	if c.body.has("seeker") {
		err = explainRefusal(err, "seeker", "You can only apply for yourself.")
	}
	return a, err
}

func applicationPath(jobID string) string { return "/api/jobs/" + jobID + "/applications/%s/" }

// listJobApplications answers those who may change the job, as its update rule says.
func listJobApplications(c *call) error {
	id := c.Param("job_id")
	if err := c.requireJobWriter(id); err != nil {
		return err
	}
	conditions := []string{"job = " + quoted(id)}
	status, err := c.statusCondition(workflow.ApplicationStatuses())
	if err != nil {
		return err
	}
	if status != "" {
		conditions = append(conditions, status)
	}
	texts := []string{"coverLetter", "seeker.name", "seeker.email"}
	if !collections.HasScope(c.auth(), collections.ScopeCandidatesRead) {
		texts = texts[:1] // such a key is not shown the seekers either
	}
	words, err := c.wordsCondition(texts...)
	if err != nil {
		return err
	}
	conditions = append(conditions, words)
	query, err := c.listQuery("-created")
	if err != nil {
		return err
	}
	query.Set("expand", c.expandQuery("seeker").Get("expand"))
	return c.sendTrusted(collections.Applications, query, conditions...)
}

// requireJobWriter fails with a 404 unless the job's update rule lets the caller change it.
func (c *call) requireJobWriter(id string) error {
	if !isID(id) {
		return notFound()
	}
	job, err := c.app().FindRecordById(collections.Jobs, id)
	if err != nil {
		return notFound()
	}
	allowed, err := c.canAccess(job, job.Collection().UpdateRule)
	if err != nil {
		return fmt.Errorf("check who may change job %s: %w", id, err)
	}
	if !allowed {
		return notFound()
	}
	return nil
}

// requireApplicationUnder fails with a 404 if the path's application does not belong to the path's job or user: field must hold parent.
// Whether the caller may see it is not asked: who may change an application may see it (the rules are the same), and a change that is
// refused is answered with the same 404.
func (c *call) requireApplicationUnder(field, parent string) error {
	id := c.Param("application_id")
	if !isID(id) {
		return notFound()
	}
	var found string
	err := c.app().DB().Select(field).From(collections.Applications).Where(dbx.HashExp{"id": id}).Limit(1).Row(&found)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return notFound()
	case err != nil:
		return fmt.Errorf("find application %s: %w", id, err)
	case found != parent:
		return notFound()
	}
	return nil
}

func viewApplication(c *call) error {
	application, err := c.viewObject(collections.Applications, c.Param("application_id"), c.expandQuery())
	if err != nil {
		return err
	}
	if application.text("job") != c.Param("job_id") {
		return notFound()
	}
	expand, err := application.expanded()
	if err != nil {
		return err
	}
	events, err := c.list(collections.ApplicationEvents, url.Values{
		"filter":    {"application = " + quoted(application.text("id"))},
		"sort":      {"created,@rowid"},
		"perPage":   {"1000"},
		"skipTotal": {"1"},
	})
	if err != nil {
		return err
	}
	raw, err := json.Marshal(events.Items)
	if err != nil {
		return fmt.Errorf("write the timeline: %w", err)
	}
	expand["events"] = raw
	if err := application.set("expand", expand); err != nil {
		return err
	}
	return c.send(http.StatusOK, application)
}

func changeApplicationStatus(c *call) error {
	if _, err := c.body.required("status"); err != nil {
		return err
	}
	if err := c.requireApplicationUnder("job", c.Param("job_id")); err != nil {
		return err
	}
	return c.moveApplication(c.body.only("status", "note", "interviewAt", "interviewLocation"))
}

func (c *call) moveApplication(b *body) error {
	a, err := c.update(collections.Applications, c.Param("application_id"), c.expandQuery(), b)
	if err != nil {
		return err
	}
	return c.sendRecord(a)
}

func listUserApplications(c *call) error {
	id := c.Param("user_id")
	if err := c.requireVisibleUser(id); err != nil {
		return err
	}
	conditions := []string{"seeker = " + quoted(id)}
	status, err := c.statusCondition(workflow.ApplicationStatuses())
	if err != nil {
		return err
	}
	if status != "" {
		conditions = append(conditions, status)
	}
	query, err := c.listQuery("-created", conditions...)
	if err != nil {
		return err
	}
	return c.sendListWithJobs(collections.Applications, query)
}

// sendListWithJobs answers with a page of records with their job and its employer expanded.
func (c *call) sendListWithJobs(collection string, query url.Values) error {
	if c.QueryParam("expand") == "" && c.QueryParam("filter") == "" {
		raw, err := c.listExpanded(collection, query, c.expandJobs)
		if err != nil {
			return err
		}
		return c.send(http.StatusOK, raw)
	}
	query.Set("expand", c.expandQuery("job", "job.employer").Get("expand"))
	return c.sendList(collection, query)
}

// expandJobs expands job and job.employer in records: most jobs are public and can be read from their rows, which PocketBase's own
// expansion does not do.
func (c *call) expandJobs(records []*core.Record) error {
	var ids []string
	for _, record := range records {
		if id := record.GetString("job"); !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	jobs, err := c.selectedItems(collections.Jobs, ids, "employer", nil)
	if err != nil {
		return err
	}
	byID := make(map[string]json.RawMessage, len(jobs))
	for _, job := range jobs {
		byID[job.ID] = job.JSON()
	}
	for _, record := range records {
		expand := map[string]any{}
		if job := byID[record.GetString("job")]; job != nil { // else the caller may not see it
			expand["job"] = job
		}
		record.SetExpand(expand)
	}
	return nil
}

func withdrawApplication(c *call) error {
	if err := c.requireApplicationUnder("seeker", c.Param("user_id")); err != nil {
		return err
	}
	b, err := jsonBody(map[string]any{"status": workflow.Withdrawn})
	if err != nil {
		return err
	}
	return c.moveApplication(b)
}
