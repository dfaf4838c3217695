package api

import (
	"html"
	"math"
	"strings"
	"time"
)

// The shapes below are those of Greenhouse's Job Board API: https://developers.greenhouse.io/job-board.html
type (
	greenhouseJob struct {
		AbsoluteURL    string                `json:"absolute_url"`
		ID             int64                 `json:"id"`
		InternalJobID  int64                 `json:"internal_job_id"`
		Title          string                `json:"title"`
		CompanyName    string                `json:"company_name"`
		UpdatedAt      string                `json:"updated_at"`
		FirstPublished string                `json:"first_published"`
		Deadline       *string               `json:"application_deadline"`
		RequisitionID  string                `json:"requisition_id"`
		Location       greenhouseName        `json:"location"`
		Metadata       []greenhouseMetadatum `json:"metadata"`
		*greenhouseContent
		Pay *[]greenhousePay `json:"pay_input_ranges,omitempty"`
	}
	greenhouseName struct {
		Name string `json:"name"`
	}
	greenhouseMetadatum struct {
		ID        int    `json:"id"`
		Name      string `json:"name"`
		Value     string `json:"value"`
		ValueType string `json:"value_type"`
	}
	greenhouseContent struct {
		Content     string           `json:"content"`
		Departments []greenhouseUnit `json:"departments"`
		Offices     []greenhouseUnit `json:"offices"`
	}
	greenhouseUnit struct {
		ID       int64   `json:"id"`
		Name     string  `json:"name"`
		Location *string `json:"location,omitempty"`
		ParentID *int64  `json:"parent_id"`
		ChildIDs []int64 `json:"child_ids"`
	}
	greenhousePay struct {
		MinCents int64  `json:"min_cents"`
		MaxCents int64  `json:"max_cents"`
		Currency string `json:"currency_type"`
		Title    string `json:"title"`
		Blurb    string `json:"blurb"`
	}
)

func listGreenhouseJobs(c *call) error {
	content, err := c.isSet("content")
	if err != nil {
		return err
	}
	if err := c.checkCallback(); err != nil {
		return err
	}
	board, err := c.compatBoardOf(c.Param("employer_slug"))
	if err != nil {
		return err
	}
	jobs, err := board.jobs(0, -1)
	if err != nil {
		return renameField(err, "limit", "content")
	}
	list := make([]greenhouseJob, len(jobs))
	for i, job := range jobs {
		list[i] = newGreenhouseJob(job)
		if content {
			list[i].greenhouseContent = newGreenhouseContent(job)
		}
	}
	return c.sendCompat(map[string]any{"jobs": list, "meta": map[string]any{"total": len(list)}}, c.QueryParam("callback"))
}

func viewGreenhouseJob(c *call) error {
	pay, err := c.isSet("pay_transparency")
	if err != nil {
		return err
	}
	if err := c.checkCallback(); err != nil {
		return err
	}
	board, err := c.compatBoardOf(c.Param("employer_slug"))
	if err != nil {
		return err
	}
	id, err := board.jobID(c.Param("job_id"))
	if err != nil {
		return err
	}
	if id == "" {
		id = c.Param("job_id")
	}
	job, err := board.view(id)
	if err != nil {
		return err
	}
	shown := newGreenhouseJob(job)
	shown.greenhouseContent = newGreenhouseContent(job)
	if pay {
		ranges := greenhousePayOf(job)
		shown.Pay = &ranges
	}
	return c.sendCompat(shown, c.QueryParam("callback"))
}

func newGreenhouseJob(job compatJob) greenhouseJob {
	shown := greenhouseJob{
		AbsoluteURL: job.page, ID: number(job.ID), InternalJobID: number(job.ID), Title: job.Title, CompanyName: job.company,
		UpdatedAt: rfc3339(job.Updated.Time()), FirstPublished: rfc3339(job.firstPublished()), RequisitionID: job.ExternalID,
		Location: greenhouseName{strings.Join(job.places(), "; ")},
	}
	if shown.RequisitionID == "" {
		shown.RequisitionID = job.ID
	}
	if shown.Location.Name == "" {
		shown.Location.Name = compatWords[job.Workplace]
	}
	if !job.Deadline.IsZero() {
		deadline := rfc3339(job.Deadline.Time())
		shown.Deadline = &deadline
	}
	for i, field := range []struct{ name, value string }{
		{"Employment Type", job.JobType}, {"Workplace Type", job.Workplace}, {"Experience Level", job.ExperienceLevel},
	} {
		if field.value != "" {
			shown.Metadata = append(shown.Metadata, greenhouseMetadatum{i + 1, field.name, compatWords[field.value], "single_select"})
		}
	}
	return shown
}

// newGreenhouseContent returns the description, whose entities Greenhouse escapes once more, the team or else the department as
// departments, and the places as offices.
func newGreenhouseContent(job compatJob) *greenhouseContent {
	content := &greenhouseContent{
		Content:     strings.ReplaceAll(html.EscapeString(job.Description), "&#34;", "&quot;"),
		Departments: []greenhouseUnit{}, Offices: []greenhouseUnit{},
	}
	departments := job.teams
	if len(departments) == 0 && job.department != "" {
		departments = []string{job.department}
	}
	for _, name := range departments {
		content.Departments = append(content.Departments, greenhouseUnit{ID: number("department " + name), Name: name, ChildIDs: []int64{}})
	}
	for _, name := range job.places() {
		content.Offices = append(content.Offices, greenhouseUnit{ID: number("office " + name), Name: name, Location: &name, ChildIDs: []int64{}})
	}
	return content
}

func greenhousePayOf(job compatJob) []greenhousePay {
	least, most, named := job.pay()
	if !named {
		return []greenhousePay{}
	}
	title := "Salary"
	if job.SalaryPeriod != "" {
		title = "Salary per " + job.SalaryPeriod
	}
	return []greenhousePay{{int64(math.Round(least * 100)), int64(math.Round(most * 100)), job.SalaryCurrency, title, ""}}
}

func rfc3339(at time.Time) string { return at.UTC().Format(time.RFC3339) }
