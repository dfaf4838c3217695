package api

import (
	"fmt"
	"net/http"
	"slices"

	"jobboard/collections"
	"jobboard/internal/api/openapi"
	"jobboard/internal/jobstats"
	"jobboard/internal/problem"
	"jobboard/internal/workflow"
)

func jobRoutes() []route {
	return []route{
		{
			method:   "GET",
			path:     "/api/jobs",
			id:       "listJobs",
			summary:  "Finds published jobs; with mine=1, all jobs of the caller's employers.",
			access:   anyone,
			scope:    collections.ScopeJobsRead,
			query:    jobSearchParams,
			response: ok("JobPage"),
			handler:  searchJobs,
		},
		{
			method:   "GET",
			path:     "/api/jobs/search",
			id:       "searchJobs",
			summary:  "The same search, under an address of its own.",
			access:   anyone,
			scope:    collections.ScopeJobsRead,
			query:    jobSearchParams,
			response: ok("JobPage"),
			handler:  searchJobs,
		},
		{
			method:  "GET",
			path:    "/api/jobs/suggest",
			id:      "suggestJobs",
			summary: "Completes roles, skills, companies and places while typing.",
			access:  anyone,
			scope:   collections.ScopeJobsRead,
			query: params{
				{Name: "q", Description: "What has been typed so far.", Example: "go"},
				fieldsParam,
			},
			response: ok("Suggestions"),
			handler:  suggestJobs,
		},
		{
			method:   "POST",
			path:     "/api/jobs",
			id:       "createJob",
			summary:  "Creates a job, as a draft unless its status is published.",
			access:   employersAndAdmins,
			scope:    collections.ScopeJobsWrite,
			query:    recordParams,
			body:     bodyOf("NewJob"),
			response: created("Job"),
			conflict: openapi.Conflict{
				When:  "There is a job with this source and externalId.",
				Field: "externalId", Code: problem.NotUnique,
			},
			handler: createJob,
		},
		{
			method:   "GET",
			path:     "/api/jobs/{job_id}",
			id:       "getJob",
			summary:  "Shows a job with its employer.",
			access:   anyone,
			scope:    collections.ScopeJobsRead,
			query:    recordParams,
			response: ok("Job"),
			handler:  viewJob,
		},
		{
			method:   "PUT",
			path:     "/api/jobs/{job_id}",
			id:       "replaceJob",
			summary:  "Replaces the writable fields of a job; without a status, it keeps the one it has.",
			access:   employersAndAdmins,
			scope:    collections.ScopeJobsWrite,
			query:    recordParams,
			body:     bodyOf("JobReplacement"),
			response: ok("Job"),
			conflict: changedMeanwhile,
			handler:  replaceJob,
		},
		{
			method:   "PATCH",
			path:     "/api/jobs/{job_id}",
			id:       "updateJob",
			summary:  "Changes the given fields of a job.",
			access:   employersAndAdmins,
			scope:    collections.ScopeJobsWrite,
			query:    recordParams,
			body:     bodyOf("JobChange"),
			response: ok("Job"),
			conflict: changedMeanwhile,
			handler:  changeJob,
		},
		{
			method:   "GET",
			path:     "/api/jobs/{job_id}/similar",
			id:       "listSimilarJobs",
			summary:  "Finds published jobs like this one, the most similar first.",
			access:   anyone,
			scope:    collections.ScopeJobsRead,
			query:    matchParams,
			response: ok("ScoredJobPage"),
			handler:  listSimilarJobs,
		},
		{
			method:   "GET",
			path:     "/api/jobs/{job_id}/jsonld",
			id:       "getJobPosting",
			summary:  "Shows a published, closed or expired job as schema.org JobPosting.",
			access:   anyone,
			scope:    collections.ScopeJobsRead,
			response: openapi.Response{Status: http.StatusOK, Schema: "JobPosting", Media: "application/ld+json"},
			handler:  viewJobPosting,
		},
		{
			method:   "POST",
			path:     "/api/jobs/{job_id}/publish",
			id:       "publishJob",
			summary:  "Publishes a job.",
			access:   employersAndAdmins,
			scope:    collections.ScopeJobsWrite,
			query:    recordParams,
			response: ok("Job"),
			conflict: openapi.Conflict{
				When:  "The job is published already.",
				Field: "status", Code: problem.AlreadyInState,
			},
			handler: publishJob,
		},
		{
			method:  "DELETE",
			path:    "/api/jobs/{job_id}/close",
			id:      "closeJob",
			summary: "Closes a job and notifies its live applicants; with permanent=1, deletes a job without applications.",
			access:  employersAndAdmins,
			scope:   collections.ScopeJobsWrite,
			query: recordParams.with(
				openapi.Param{Name: "permanent", Type: "boolean", Description: "1: delete the job (204)."},
			),
			response: openapi.Response{Status: http.StatusOK, Schema: "Job", AlsoStatus: http.StatusNoContent,
				Description: "The closed job."},
			conflict: openapi.Conflict{
				When:  "The job is closed already or, with permanent=1, has applications.",
				Field: "status", Code: problem.AlreadyInState,
			},
			handler: closeJob,
		},
	}
}

func createJob(c *call) error {
	a, err := c.create(collections.Jobs, c.expandQuery("employer"), c.body)
	if err != nil {
		return explainRefusal(err, "employer", "There is no such employer, or you do not belong to it.")
	}
	return c.sendCreated(a, "/api/jobs/%s/")
}

func viewJob(c *call) error {
	if item, ok := c.publicItem(collections.Jobs, c.Param("job_id"), "employer"); ok {
		jobstats.CountView(c.event, item.ID)
		return c.send(http.StatusOK, item.JSON())
	}
	c.isView = c.event.Request.Method == http.MethodGet
	a, err := c.view(collections.Jobs, c.Param("job_id"), c.expandQuery("employer"))
	if err != nil {
		return err
	}
	return c.sendRecord(a)
}

// jobContents are the fields that describe a job, besides its places: a duplicate has them too, and PUT empties those that it leaves out.
var jobContents = []string{
	"title", "description", "workplace", "applicantCountries", "jobType", "experienceLevel", "industry", "fields", "skills",
	"salaryMin", "salaryMax", "salaryCurrency", "salaryPeriod", "questions", "applyMethod", "applyUrl", "applyEmail",
}

// replaceJob replaces a job, except for its status, which moves by rules of its own, and for where the job was imported from.
func replaceJob(c *call) error {
	fields := slices.Concat(jobContents, []string{"deadline", "publishAt"})
	// A client sends places in one of two fields, and the other is derived from it.
	if !c.body.has("location") && !c.body.has("locations") {
		fields = append(fields, "location", "locations")
	}
	if err := c.body.resetMissing(fields...); err != nil {
		return err
	}
	return changeJob(c)
}

func changeJob(c *call) error {
	a, err := c.update(collections.Jobs, c.Param("job_id"), c.expandQuery("employer"), c.body)
	if err != nil {
		return err
	}
	return c.sendRecord(a)
}

func publishJob(c *call) error {
	return c.moveJob(workflow.Published, "The job is published already.")
}

// closeJob closes a job or, with permanent=1, deletes a job that nobody has applied to.
func closeJob(c *call) error {
	permanent, err := c.isSet("permanent")
	if err != nil {
		return err
	}
	if permanent {
		return c.remove(collections.Jobs, c.Param("job_id"))
	}
	return c.moveJob(workflow.Closed, "The job is closed already.")
}

// moveJob moves a job to a status that it doesn't have yet. The status is read in the transaction of the move: of two requests at once,
// one moves the job and the other fails with a 409.
func (c *call) moveJob(status, already string) error {
	id := c.Param("job_id")
	b, err := jsonBody(map[string]any{"status": status})
	if err != nil {
		return err
	}
	var a *response
	err = c.inTransaction(func() error {
		before, err := c.tx.FindRecordsByIds(collections.Jobs, []string{id})
		if err != nil {
			return fmt.Errorf("find job %s: %w", id, err)
		}
		if a, err = c.update(collections.Jobs, id, c.expandQuery("employer"), b); err != nil {
			return err // the caller may not move it, or the workflow has no such move
		}
		if before[0].GetString("status") == status {
			return conflictError("status", problem.AlreadyInState, already)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.sendRecord(a)
}

// explainRefusal returns a 400 that names the field for which a create rule has refused a record, since PocketBase names none.
func explainRefusal(err error, field, message string) error {
	if isRefused(err) {
		return invalid(field, problem.MissingRelation, message)
	}
	return err
}
