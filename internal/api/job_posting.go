package api

import (
	"encoding/json"
	"fmt"
	"net/http"

	"jobboard/collections"
	"jobboard/internal/jobposting"
	"jobboard/internal/pages/pageurl"
	"jobboard/internal/workflow"
)

// viewJobPosting answers with a job that the caller may see as search engines read it. A draft is not a posting yet.
func viewJobPosting(c *call) error {
	seen, err := c.viewObject(collections.Jobs, c.Param("job_id"), nil)
	if err != nil {
		return err
	}
	if seen.text("status") == workflow.Draft {
		return notFound()
	}
	job, err := c.app().FindRecordById(collections.Jobs, seen.text("id"))
	if err != nil {
		return fmt.Errorf("find the job again: %w", err)
	}
	employer, err := c.app().FindRecordById(collections.Employers, job.GetString("employer"))
	if err != nil {
		return fmt.Errorf("find the employer of job %s: %w", job.Id, err)
	}
	posting, err := jobposting.New(job, employer, c.boardURL(), c.boardURL()+pageurl.Job(job.Id, job.GetString("title")))
	if err != nil {
		return err
	}
	raw, err := json.Marshal(posting)
	if err != nil {
		return fmt.Errorf("encode the posting: %w", err)
	}
	return c.Blob(http.StatusOK, "application/ld+json", raw)
}
