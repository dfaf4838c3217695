package report

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"jobboard/internal/workflow"
)

// funnel are the stages an application passes, in order; the rank of a stage is its place, from 1. Skipping a stage passes it.
var funnel = []string{
	workflow.Submitted, workflow.InReview, workflow.Shortlisted, workflow.InterviewScheduled, workflow.Offered, workflow.Hired,
}

// rank is the SQL that brings a status to its rank; what stands beside the funnel has the rank 0.
func rank(column string) string {
	var sql strings.Builder
	sql.WriteString("CASE " + column)
	for i, stage := range funnel {
		sql.WriteString(" WHEN '" + stage + "' THEN " + strconv.Itoa(i+1))
	}
	return sql.String() + " ELSE 0 END"
}

// hoursIn names the column of the hours an application has spent in a stage that it has left.
func hoursIn(stage string) string { return "hours_" + stage }

// jobConditions is the SQL, beginning with AND, that keeps the jobs (alias j) that the filters ask for.
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
		panic("report: a list of texts is always JSON: " + err.Error())
	}
	args["filter_"+name] = string(list)
	return " AND " + column + " IN (SELECT value FROM json_each(:filter_" + name + "))"
}

// openCohort makes the empty working table of the applications that a report is about, n being their row numbers, and of what
// their timelines tell. What follows from the other columns is worked out where it is asked for.
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

// wholeCohort puts all applications of the period into the working table, and how many they are into those of countCohort; it
// answers their number. Reports that are computed on one snapshot have the same filters, so the tables are filled once for them.
func (s *snapshot) wholeCohort(filters Filters) (int, error) {
	if s.cohort == nil {
		if err := s.openCohort(); err != nil {
			return 0, err
		}
		found, err := whole(func(after int64) (int64, int, error) { return s.fillCohort(filters, after) })
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

// countCohort counts the cohort once, by what the figures and charts go by (counts) and by job (applied): these tables are
// small, and to group the cohort for each of them was much of a report's time.
func (s *snapshot) countCohort() error {
	if err := s.exec("count the cohort", `CREATE TEMP TABLE counts AS SELECT step, status, reached, count(*) AS size, count(answered) AS answered
		FROM cohort GROUP BY step, status, reached`, nil); err != nil {
		return err
	}
	return s.exec("count the cohort by job", `CREATE TEMP TABLE applied AS SELECT g.job, j.employer, g.size
		FROM (SELECT job, count(*) AS size FROM cohort GROUP BY job) g CROSS JOIN jobs j ON j.id = g.job`, nil)
}

// fillCohort puts the next chunk of applications submitted in the period, those behind row number after, into the working
// table.
func (s *snapshot) fillCohort(filters Filters, after int64) (last int64, found int, err error) {
	return s.fillCohortOf(filters, "a._rowid_ > :after", arguments{"after": after, "limit": chunk}, after)
}

// fillCohortOf puts up to :limit applications submitted in the period, those that which keeps, into the working table, in the
// order in which they were made: how far each came, when it was answered and hired, and how long it stood in each stage. It
// answers the last row number, after itself where there was none, and how many there were.
//
// Timelines are added up as they are written (application_timelines), since reading all events was most of a report's time.
func (s *snapshot) fillCohortOf(filters Filters, which string, args arguments, after int64) (last int64, found int, err error) {
	var hours, reached strings.Builder
	for i, stage := range funnel[:len(funnel)-1] {
		sum := "t.sum_" + stage
		// Who stands in the stage has entered it once more than left it.
		hours.WriteString(", CASE WHEN a.status = '" + stage + "' THEN nullif(" + sum + " + t.latest, 0) ELSE " + sum + " END / 3600")
		fmt.Fprintf(&reached, ", iif(%s IS NULL, 1, %d)", sum, i+1) // there is a sum where it was entered
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
