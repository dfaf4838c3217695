package report

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"jobboard/internal/workflow"
)

// funnel is the stages of an application in order; the rank of a stage is its position, from 1. A skipped stage counts as passed.
var funnel = []string{
	workflow.Submitted, workflow.InReview, workflow.Shortlisted, workflow.InterviewScheduled, workflow.Offered, workflow.Hired,
}

// rank returns the SQL that maps a status to its rank; a status outside of the funnel has the rank 0.
func rank(column string) string {
	var sql strings.Builder
	sql.WriteString("CASE " + column)
	for i, stage := range funnel {
		sql.WriteString(" WHEN '" + stage + "' THEN " + strconv.Itoa(i+1))
	}
	return sql.String() + " ELSE 0 END"
}

// hoursIn returns the column with the hours that an application has spent in a stage that it has left.
func hoursIn(stage string) string { return "hours_" + stage }

// jobConditions returns the SQL, beginning with AND, that selects the jobs (alias j) by the filters.
func (f Filters) jobConditions(args arguments) string {
	return f.in("j.employer", "employer", f.Employer, args) + f.in("j.industry", "industry", f.Industry, args) +
		f.in("j.jobType", "jobType", f.JobType, args)
}

func (f Filters) in(column, name string, values []string, args arguments) string {
	if len(values) == 0 {
		return ""
	}
	list, err := json.Marshal(values)
	if err != nil {
		panic("report: a list of strings is always JSON: " + err.Error())
	}
	args["filter_"+name] = string(list)
	return " AND " + column + " IN (SELECT value FROM json_each(:filter_" + name + "))"
}

// openCohort creates the empty working table of the applications that a report is about, with their row numbers n and figures from their
// timelines. Columns that follow from others are generated.
func (s *snapshot) openCohort() error {
	hours := ""
	for _, stage := range funnel[:len(funnel)-1] {
		hours += ", " + hoursIn(stage) + " REAL"
	}
	if err := s.drop("cohort"); err != nil {
		return err
	}
	return s.exec("open the cohort", `CREATE TEMP TABLE cohort (n INTEGER PRIMARY KEY, job TEXT, status TEXT, step TEXT, submitted REAL,
		reached INTEGER, answered REAL, hired REAL`+hours+`,
		answerHours REAL AS ((answered - submitted) / 3600), hireDays REAL AS ((hired - submitted) / 86400))`, nil)
}

// wholeCohort fills the working table with all applications of the period, and the tables of countCohort; it returns the number of
// applications. Reports that are computed on one snapshot have the same filters, so they share the tables.
func (s *snapshot) wholeCohort(filters Filters) (int, error) {
	if s.cohort == nil {
		if err := s.openCohort(); err != nil {
			return 0, err
		}
		found, err := fillAll(func(after int64) (int64, int, error) { return s.fillCohort(filters, after) })
		if err != nil {
			return 0, err
		}
		if err := s.countCohort(); err != nil {
			return 0, err
		}
		s.cohort = &found
	}
	return *s.cohort, nil
}

// countCohort counts the cohort once, by the columns that figures and charts group by (counts) and by job (applied). These tables are
// small, and grouping the cohort for each figure took much of a report's time.
func (s *snapshot) countCohort() error {
	if err := s.exec("count the cohort", `CREATE TEMP TABLE counts AS
		SELECT step, status, reached, count(*) AS size, count(answered) AS answered
		FROM cohort GROUP BY step, status, reached`, nil); err != nil {
		return err
	}
	return s.exec("count the cohort by job", `CREATE TEMP TABLE applied AS SELECT g.job, j.employer, g.size
		FROM (SELECT job, count(*) AS size FROM cohort GROUP BY job) g CROSS JOIN jobs j ON j.id = g.job`, nil)
}

// fillCohort inserts the next chunk of applications submitted in the period, those after row number after, into the working table.
func (s *snapshot) fillCohort(filters Filters, after int64) (last int64, found int, err error) {
	return s.fillCohortOf(filters, "a._rowid_ > :after", arguments{"after": after, "limit": chunk}, after)
}

// fillCohortOf inserts up to :limit applications submitted in the period that meet the condition which into the working table, in the
// order in which they were made: how far each got, when it was answered and hired, and how long it was in each stage. It returns the
// last row number, or after if there was none, and the number of applications.
//
// Timelines are aggregated as they are written (application_timelines), since reading all events took most of a report's time.
func (s *snapshot) fillCohortOf(filters Filters, which string, args arguments, after int64) (last int64, found int, err error) {
	var hours, reached strings.Builder
	for i, stage := range funnel[:len(funnel)-1] {
		sum := "t.sum_" + stage
		// An application in the stage has entered it once more than it has left it.
		hours.WriteString(", CASE WHEN a.status = '" + stage + "' THEN nullif(" + sum + " + t.latest, 0) ELSE " + sum + " END / 3600")
		fmt.Fprintf(&reached, ", iif(%s IS NULL, 1, %d)", sum, i+1) // there is a sum if the stage was entered
	}
	ofJobs := ""
	if conditions := filters.jobConditions(args); conditions != "" {
		ofJobs = " AND EXISTS (SELECT 1 FROM jobs j WHERE j.id = a.job" + conditions + ")"
	}
	return s.fill("cohort", `SELECT a._rowid_, a.job, a.status, `+s.step.sql("a.submittedAt")+`, unixepoch(a.submittedAt, 'subsec'),
			max(`+rank("a.status")+reached.String()+`), t.answered,
			CASE a.status WHEN '`+workflow.Hired+`' THEN t.latest END`+hours.String()+` -- a hire is final
		FROM applications a LEFT JOIN application_timelines t ON t.application = a.id
		WHERE `+which+` AND a.submittedAt >= :from AND a.submittedAt < :end`+
		filters.in("a.status", "status", filters.Status, args)+ofJobs+`
		ORDER BY a._rowid_ LIMIT :limit`, args, after)
}
