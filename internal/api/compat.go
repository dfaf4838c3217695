package api

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/api/openapi"
	"jobboard/internal/jobstats"
	"jobboard/internal/pages/pageurl"
	"jobboard/internal/workflow"
)

// compatRoutes are those in the shapes of other systems, for career pages that were made for them. They show published jobs of one
// employer, to everybody as to a guest.
func compatRoutes() []route {
	skipAndLimit := params{
		{Name: "skip", Type: "integer", Description: "How many postings to leave out at the start.", Example: 0},
		{Name: "limit", Type: "integer", Description: "How many postings to return at most.", Example: 10},
	}
	filters := params{
		{Name: "location", Description: "A name of a place; repeated, any of them.", Example: "Lyon, France"},
		{Name: "commitment", Description: "A commitment, such as Full-time; repeated, any of them.", Example: "Full-time"},
		{Name: "team", Description: "A team; repeated, any of them.", Example: "Engineering"},
		{Name: "department", Description: "A department; repeated, any of them.", Example: "Information Technology"},
		{Name: "level", Description: "A level; repeated, any of them.", Example: "Senior"},
		{Name: "group", Enum: leverGroups, Description: "Returns a list of groups, {title, postings}, by this category."},
	}
	mode := openapi.Param{Name: "mode", Enum: []string{"json"}, Description: "The form of the answer, of which there is one."}
	callback := openapi.Param{
		Name:        "callback",
		Description: "JSONP: the name of a function, of letters, digits, _ and ., that a script calls with the answer.",
		Example:     "showJobs",
	}
	return []route{
		{
			method:  "GET",
			path:    "/api/compat/greenhouse/boards/{employer_slug}/jobs",
			id:      "listGreenhouseJobs",
			summary: "Lists an employer's published jobs as Greenhouse's Job Board API does, the newest first.",
			access:  anyoneIgnoringToken,
			scope:   collections.ScopeJobsRead,
			query: params{
				{Name: "content", Type: "boolean", Description: "1: also descriptions, departments and offices."},
				callback,
			},
			response: ok("GreenhouseJobs"),
			handler:  listGreenhouseJobs,
		},
		{
			method:  "GET",
			path:    "/api/compat/greenhouse/boards/{employer_slug}/jobs/{job_id}",
			id:      "getGreenhouseJob",
			summary: "Shows a published job as Greenhouse's Job Board API does, by the number that it has there or by its own id.",
			access:  anyoneIgnoringToken,
			scope:   collections.ScopeJobsRead,
			query: params{
				{Name: "pay_transparency", Type: "boolean", Description: "1: also the pay, in hundredths of the currency."},
				{Name: "questions", Type: "boolean", Description: "Has no effect: people apply on the job's page."},
				callback,
			},
			response: ok("GreenhouseJob"),
			handler:  viewGreenhouseJob,
		},
		{
			method:   "GET",
			path:     "/api/compat/lever/postings/{employer_slug}",
			id:       "listLeverPostings",
			summary:  "Lists an employer's published jobs as Lever's Postings API does, the newest first.",
			access:   anyoneIgnoringToken,
			scope:    collections.ScopeJobsRead,
			query:    params{mode}.with(skipAndLimit...).with(filters...),
			response: ok("LeverPostings"),
			handler:  listLeverPostings,
		},
		{
			method:   "GET",
			path:     "/api/compat/lever/postings/{employer_slug}/{job_id}",
			id:       "getLeverPosting",
			summary:  "Shows a published job as Lever's Postings API does.",
			access:   anyoneIgnoringToken,
			scope:    collections.ScopeJobsRead,
			query:    params{mode},
			response: ok("LeverPosting"),
			handler:  viewLeverPosting,
		},
	}
}

// compatJob is what a guest sees of a job, as far as other systems have it.
type compatJob struct {
	ID                 string                 `json:"id"`
	Title              string                 `json:"title"`
	Description        string                 `json:"description"`
	Locations          []collections.Location `json:"locations"`
	Location           string                 `json:"location"`
	Workplace          string                 `json:"workplace"`
	ApplicantCountries []string               `json:"applicantCountries"`
	JobType            string                 `json:"jobType"`
	ExperienceLevel    string                 `json:"experienceLevel"`
	Industry           string                 `json:"industry"`
	Fields             []string               `json:"fields"`
	SalaryMin          float64                `json:"salaryMin"`
	SalaryMax          float64                `json:"salaryMax"`
	SalaryCurrency     string                 `json:"salaryCurrency"`
	SalaryPeriod       string                 `json:"salaryPeriod"`
	ApplyMethod        string                 `json:"applyMethod"`
	Deadline           types.DateTime         `json:"deadline"`
	PublishedAt        types.DateTime         `json:"publishedAt"`
	FirstPublishedAt   types.DateTime         `json:"firstPublishedAt"`
	ExternalID         string                 `json:"externalId"`
	Created            types.DateTime         `json:"created"`
	Updated            types.DateTime         `json:"updated"`

	company, page, apply string // page and apply are addresses
	department           string
	teams                []string
}

// number is the job's id for systems whose ids are numbers. It follows from the id, so it never changes, and JavaScript can hold it.
func number(id string) int64 {
	hash := sha256.Sum256([]byte(id))
	return int64(binary.BigEndian.Uint64(hash[:8]) >> 11) // 53 bits
}

// firstPublished returns when the job was first published, as far as that is known.
func (j compatJob) firstPublished() time.Time {
	return cmp.Or(j.FirstPublishedAt.Time(), j.PublishedAt.Time(), j.Created.Time())
}

// places returns the names of the job's places.
func (j compatJob) places() []string {
	names := []string{}
	for _, place := range j.Locations {
		if place.Name != "" {
			names = append(names, place.Name)
		}
	}
	if len(names) == 0 && j.Location != "" {
		names = append(names, j.Location)
	}
	return names
}

// pay returns the least and the most that the job pays, if it says so. Where it names only one, that is both.
func (j compatJob) pay() (least, most float64, named bool) {
	least, most = cmp.Or(j.SalaryMin, j.SalaryMax), cmp.Or(j.SalaryMax, j.SalaryMin)
	return least, most, j.SalaryCurrency != "" && least > 0
}

// compatBoard is an employer whose jobs are read in another system's shape.
type compatBoard struct {
	*call
	employer compatEmployer
	fields   map[string]compatField // of interest, by id
}

type compatEmployer struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type compatField struct{ Name, Kind string }

// compatBoardOf returns the employer that the path names by its slug.
func (c *call) compatBoardOf(slug string) (*compatBoard, error) {
	b := &compatBoard{call: c}
	employers, err := compatRead[compatEmployer](b, collections.Employers, dbx.HashExp{"slug": slug}, 0, 1)
	if err != nil {
		return nil, err
	}
	if len(employers) == 0 {
		return nil, notFound()
	}
	b.employer = employers[0]
	return b, nil
}

// published selects the published jobs of the employer.
func (b *compatBoard) published() dbx.HashExp {
	return dbx.HashExp{"employer": b.employer.ID, "status": workflow.Published}
}

// jobs returns the published jobs of the employer, the newest first, without the first skip of them, and at most limit, or all if that is
// negative.
func (b *compatBoard) jobs(skip, limit int) ([]compatJob, error) {
	return b.read(b.published(), skip, limit)
}

// view returns a published job of the employer to somebody who reads it on its own, and counts that.
func (b *compatBoard) view(id string) (compatJob, error) {
	which := b.published()
	which["id"] = id
	jobs, err := b.read(which, 0, 1)
	if err != nil {
		return compatJob{}, err
	}
	if len(jobs) == 0 {
		return compatJob{}, notFound()
	}
	jobstats.CountView(b.event, jobs[0].ID)
	return jobs[0], nil
}

func (b *compatBoard) read(which dbx.HashExp, skip, limit int) ([]compatJob, error) {
	jobs, err := compatRead[compatJob](b, collections.Jobs, which, skip, limit, "publishedAt DESC", "id DESC")
	if err != nil {
		return nil, err
	}
	if len(jobs) > 0 {
		if err := b.readFields(); err != nil {
			return nil, err
		}
	}
	for i := range jobs {
		b.complete(&jobs[i])
	}
	return jobs, nil
}

// complete adds what other records say of a job.
func (b *compatBoard) complete(job *compatJob) {
	job.company = b.employer.Name
	job.page = b.boardURL() + pageurl.Job(job.ID, job.Title)
	job.apply = job.page
	if job.ApplyMethod == collections.ApplyByURL {
		job.apply = b.boardURL() + pageurl.ApplyElsewhere(job.ID)
	}
	for _, id := range job.Fields {
		if field := b.fields[id]; field.Kind == collections.KindRole {
			job.teams = append(job.teams, field.Name)
		}
	}
	job.department = b.fields[job.Industry].Name
}

func (b *compatBoard) readFields() error {
	var rows []struct{ ID, Name, Kind string }
	err := b.app().ConcurrentDB().Select("id", "name", "kind").From(collections.FieldsOfInterest).WithContext(b.context()).All(&rows)
	if err != nil {
		return fmt.Errorf("read the fields of interest: %w", err)
	}
	b.fields = make(map[string]compatField, len(rows))
	for _, row := range rows {
		b.fields[row.ID] = compatField{row.Name, row.Kind}
	}
	return nil
}

func (b *compatBoard) context() context.Context { return b.event.Request.Context() }

// jobID returns the id of the job with a number, or "".
func (b *compatBoard) jobID(text string) (string, error) {
	wanted, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return "", nil
	}
	var ids []string
	err = b.app().ConcurrentDB().Select("id").From(collections.Jobs).
		Where(b.published()).WithContext(b.context()).Column(&ids)
	if err != nil {
		return "", fmt.Errorf("find the jobs of employer %s: %w", b.employer.ID, err)
	}
	for _, id := range ids {
		if number(id) == wanted {
			return id, nil
		}
	}
	return "", nil
}

// compatWords are the values of jobs.jobType, jobs.workplace and jobs.experienceLevel as other systems show them to people.
var compatWords = map[string]string{
	"full_time": "Full-time", "part_time": "Part-time", "contract": "Contract", "temporary": "Temporary", "internship": "Internship",
	"volunteer": "Volunteer", "on_site": "On-site", "hybrid": "Hybrid", "remote": "Remote",
	"entry": "Entry", "mid": "Mid", "senior": "Senior", "lead": "Lead", "executive": "Executive",
}
