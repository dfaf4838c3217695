package collections

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/internal/workflow"
)

// JobTypes lists the values of jobs.jobType.
func JobTypes() []string {
	return []string{"full_time", "part_time", "contract", "temporary", "internship", "volunteer"}
}

// Workplaces lists the values of jobs.workplace.
func Workplaces() []string { return []string{"on_site", "hybrid", "remote"} }

// ExperienceLevels lists the values of jobs.experienceLevel, the lowest first.
func ExperienceLevels() []string {
	return []string{"internship", "entry", "mid", "senior", "lead", "executive"}
}

// How one applies to a job, values of jobs.applyMethod.
const (
	ApplyOnBoard = "board"
	ApplyByURL   = "url"
	ApplyByEmail = "email"
)

// ApplyMethods lists the values of jobs.applyMethod.
func ApplyMethods() []string { return []string{ApplyOnBoard, ApplyByURL, ApplyByEmail} }

// SalaryPeriods lists the values of jobs.salaryPeriod.
func SalaryPeriods() []string { return []string{"hour", "day", "week", "month", "year"} }

// PeriodsPerYear returns how many periods a year of full-time work has, by the value of jobs.salaryPeriod. No period means a year.
func PeriodsPerYear(period string) float64 { return periodsPerYear[period] }

var periodsPerYear = map[string]float64{"hour": 2080, "day": 260, "week": 52, "month": 12, "year": 1, "": 1}

func jobs() *core.Collection {
	c := base(Jobs)
	fields(c,
		one("employer", Employers, required, keep),
		label("title", maxName),
		richText("description", required),
		jsonList("locations", 20_000),
		text("location", optional, 1_000),
		choice("workplace", required, Workplaces()...),
		jsonList("applicantCountries", 4_000),
		choice("jobType", required, JobTypes()...),
		choice("experienceLevel", optional, ExperienceLevels()...),
		one("industry", FieldsOfInterest, optional, keep),
		many("fields", FieldsOfInterest),
		jsonList("skills", 20_000),
		&core.NumberField{Name: "salaryMin", Min: types.Pointer(0.0), Max: types.Pointer(1e12)},
		&core.NumberField{Name: "salaryMax", Min: types.Pointer(0.0), Max: types.Pointer(1e12)},
		currency("salaryCurrency"),
		choice("salaryPeriod", optional, SalaryPeriods()...),
		choice("status", required, workflow.JobStatuses()...),
		&core.DateField{Name: "deadline"},
		&core.DateField{Name: "publishedAt"},
		&core.DateField{Name: "closedAt"},
		// A hook shows it to the employer's people and to admins only. Others can't find it out by filter or sort, since the
		// field is hidden.
		&core.NumberField{Name: "applicationCount", OnlyInt: true, Hidden: true},
		jsonList("questions", 50_000),
		text("externalId", optional, maxName),
		text("source", optional, maxName),
		choice("applyMethod", optional, ApplyMethods()...),
		&core.URLField{Name: "applyUrl"},
		// A hook shows it to seekers, to the employer's people and to admins, and takes it from those who may write the job: PocketBase
		// drops hidden fields from the bodies of all but superusers. Being hidden, it can't be found out by filter or sort.
		&core.EmailField{Name: "applyEmail", Hidden: true},
		&core.DateField{Name: "publishAt"},
		&core.DateField{Name: "firstPublishedAt"},
		&core.NumberField{Name: "publicationCount", OnlyInt: true},
		// What search engines are told as the day of posting: see workflow.IsPostedAnew.
		&core.DateField{Name: "postedAt", Hidden: true},
	)
	c.AddIndex("idx_jobs_employer_status", false, "employer, status, publishedAt", "")
	c.AddIndex("idx_jobs_status_published", false, "status, publishedAt", "")
	c.AddIndex("idx_jobs_status_created", false, "status, created", "")
	c.AddIndex("idx_jobs_published", false, "publishedAt", "") // for lists of admins, who see all jobs
	c.AddIndex("idx_jobs_created", false, "created", "")
	c.AddIndex("idx_jobs_deadline", false, "deadline", "status = 'published' AND deadline != ''")
	c.AddIndex("idx_jobs_publish_at", false, "publishAt", "status = 'draft' AND publishAt != ''")
	c.AddIndex("idx_jobs_source", true, "source, externalId", "externalId != ''")
	visible := rule(`status = "published"
|| (` + loggedIn + ` && (
	` + asAdmin + `
	|| ` + asPersonOf("employer") + `
	|| (` + asSeeker + ` && haveApplied(id) = true)
))`)
	write := rule(asAdmin + ` || ` + asPersonOf("employer"))
	rules(c, visible, visible,
		// Where the employer is empty, a hook sets the one that the caller belongs to.
		rule(asAdmin+` || (`+asEmployer+` && employer = "") || `+asPersonOf("employer")),
		write,
		// Only a job without applications can be deleted: the required relation from applications prevents it, and a hook says
		// so in a plain message.
		write,
	)
	return c
}
