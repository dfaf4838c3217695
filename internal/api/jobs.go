package api

import (
	"encoding/json"
	"fmt"
	"net/http"

	"jobboard/collections"
	"jobboard/internal/problem"
	"jobboard/internal/workflow"
)

func createJob(c *call) error {
	a, err := c.create(collections.Jobs, c.expandQuery("employer"), c.body)
	if err != nil {
		return explainRefusal(err, "employer", "There is no such employer, or you do not belong to it.")
	}
	return c.sendCreated(a, "/api/jobs/%s/")
}

func viewJob(c *call) error {
	a, err := c.view(collections.Jobs, c.Param("job_id"), c.expandQuery("employer"))
	if err != nil {
		return err
	}
	return c.send(http.StatusOK, json.RawMessage(a.json()))
}

// replaceJob leaves the status, which is moved and not written, and where the job was imported from.
func replaceJob(c *call) error {
	fields := []string{
		"title", "description", "workplace", "applicantCountries", "jobType", "experienceLevel", "industry", "fields", "skills",
		"salaryMin", "salaryMax", "salaryCurrency", "salaryPeriod", "deadline", "questions",
	}
	// The places are said in one of two ways; the other follows.
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
	return c.send(http.StatusOK, json.RawMessage(a.json()))
}

func publishJob(c *call) error {
	return c.moveJob(workflow.Published, "The job is published already.")
}

// closeJob closes a job or, with permanent=1, deletes one that nobody has applied to.
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

// moveJob moves a job to a status it doesn't have yet. The status is read in the transaction of the move, so that of two
// at once one moves it and the other is told.
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
			return err // the caller may not move it, or nobody may from here
		}
		if before[0].GetString("status") == status {
			return conflictError("status", problem.AlreadyInState, already)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.send(http.StatusOK, json.RawMessage(a.json()))
}

// explainRefusal names the field to blame when the create rule refuses a new record, since PocketBase names none.
func explainRefusal(err error, field, message string) error {
	if isRefused(err) {
		return invalid(field, problem.MissingRelation, message)
	}
	return err
}
