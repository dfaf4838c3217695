package api

import (
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/problem"
	"jobboard/internal/workflow"
)

func jobLifeRoutes() []route {
	return []route{
		{
			method:   "POST",
			path:     "/api/jobs/{job_id}/duplicate",
			id:       "duplicateJob",
			summary:  "Creates a draft like this job, without its applications, figures, dates and source.",
			access:   employersAndAdmins,
			scope:    collections.ScopeJobsWrite,
			query:    recordParams,
			response: created("Job"),
			handler:  duplicateJob,
		},
		{
			method: "POST",
			path:   "/api/jobs/{job_id}/renew",
			id:     "renewJob",
			summary: "Gives a job a new deadline, and publishes it again if it is closed or expired. Without a deadline in the body, a job that " +
				"has one gets 30 days from now, unless it has more.",
			access:   employersAndAdmins,
			scope:    collections.ScopeJobsWrite,
			query:    recordParams,
			body:     bodyOf("JobRenewal"),
			response: ok("Job"),
			conflict: changedMeanwhile,
			handler:  renewJob,
		},
	}
}

// duplicateJob creates a draft as its people would, field by field, so that all checks apply.
func duplicateJob(c *call) error {
	job, err := c.jobToChange()
	if err != nil {
		return err
	}
	values := map[string]any{"status": workflow.Draft}
	for _, name := range slices.Concat(jobContents, []string{"employer", "locations"}) {
		values[name] = job.Get(name)
	}
	if places := job.GetString("locations"); places == "" || places == "null" || places == "[]" {
		values["location"] = job.GetString("location")
		delete(values, "locations")
	}
	b, err := jsonBody(values)
	if err != nil {
		return err
	}
	a, err := c.create(collections.Jobs, c.expandQuery("employer"), b)
	if err != nil {
		return err
	}
	return c.sendCreated(a, "/api/jobs/%s/")
}

// renewedFor is how long a job is renewed for where the caller names no deadline.
const renewedFor = 30 * 24 * time.Hour

// renewJob moves the deadline of a job and publishes it where it is not.
func renewJob(c *call) error {
	job, err := c.jobToChange()
	if err != nil {
		return err
	}
	if job.GetString("status") == workflow.Draft {
		return invalid("status", problem.InvalidTransition, "A draft can't be renewed: publish it.")
	}
	b := c.body.only("deadline")
	if err := b.set("status", workflow.Published); err != nil {
		return err
	}
	before, later := job.GetDateTime("deadline"), types.NowDateTime().Add(renewedFor)
	if !b.has("deadline") && !before.IsZero() && before.Before(later) {
		if err := b.set("deadline", later); err != nil {
			return err
		}
	}
	a, err := c.update(collections.Jobs, job.Id, c.expandQuery("employer"), b)
	if err != nil {
		return err
	}
	return c.sendRecord(a)
}

// jobToChange returns the path's job. It fails with a 404 unless the job's update rule lets the caller change it.
func (c *call) jobToChange() (*core.Record, error) {
	id := c.Param("job_id")
	if err := c.requireJobWriter(id); err != nil {
		return nil, err
	}
	job, err := c.app().FindRecordById(collections.Jobs, id)
	if err != nil {
		return nil, fmt.Errorf("find job %s again: %w", id, err)
	}
	return job, nil
}
