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

// openCohort makes the empty working table of the applications that a report is about and of what their timelines tell.
func (s *snapshot) openCohort() error {
	hours := ""
	for _, stage := range funnel[:len(funnel)-1] {
		hours += ", " + hoursIn(stage) + " REAL"
	}
	if err := s.drop("cohort"); err != nil {
		return err
	}
	return s.exec("open the cohort", `CREATE TEMP TABLE cohort (n INTEGER PRIMARY KEY, id TEXT, job TEXT, employer TEXT, seeker TEXT,
		status TEXT, submittedAt TEXT, decidedAt TEXT, reached INTEGER, answered REAL, hired REAL, answerHours REAL, hireDays REAL`+hours+`)`, nil)
}

// wholeCohort puts all applications of the period into the working table and answers how many there are. Reports that are
// computed on one snapshot have the same filters, so the table is filled once for them.
func (s *snapshot) wholeCohort(filters Filters) (int, error) {
	if s.cohort == nil {
		if err := s.openCohort(); err != nil {
			return 0, err
		}
		found, err := whole(func(after int64) (int64, int, error) { return s.fillCohort(filters, after) })
		if err != nil {
			return 0, err
		}
		s.cohort = &found
	}
	return *s.cohort, nil
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
// The timeline is a chain (each row's from is the row before's to), so the time in a stage is the sum of the times of
// leaving it less the sum of the times of entering it: one pass, without windows. Times are compared as texts, since
// reading a date is dear.
func (s *snapshot) fillCohortOf(filters Filters, which string, args arguments, after int64) (last int64, found int, err error) {
	var sums, hours, reached strings.Builder
	for i, stage := range funnel[:len(funnel)-1] {
		sum := "sum_" + stage
		sums.WriteString(", sum(CASE '" + stage + `' WHEN e."from" THEN unixepoch(e.created, 'subsec') WHEN e."to" THEN -unixepoch(e.created, 'subsec') END) AS ` + sum)
		// Who stands in the stage has entered it once more than left it.
		hours.WriteString(", CASE WHEN status = '" + stage + "' THEN nullif(" + sum + " + latest, 0) ELSE " + sum + " END / 3600")
		fmt.Fprintf(&reached, ", iif(%s IS NULL, 1, %d)", sum, i+1) // there is a sum where it was entered
	}
	return s.fill("cohort", `SELECT n, id, job, employer, seeker, status, submittedAt, decidedAt,
			max(`+rank("status")+reached.String()+`), answered, hired, (answered - submitted) / 3600,
			(hired - submitted) / 86400`+hours.String()+`
		FROM (
			SELECT a._rowid_ AS n, a.id, a.job, j.employer, a.seeker, a.status, a.submittedAt, a.decidedAt,
				unixepoch(a.submittedAt, 'subsec') AS submitted,
				unixepoch(min(CASE WHEN e."to" NOT IN ('`+workflow.Submitted+`', '`+workflow.Withdrawn+`') THEN e.created END), 'subsec') AS answered,
				CASE a.status WHEN '`+workflow.Hired+`' THEN unixepoch(max(e.created), 'subsec') END AS hired, -- a hire is final
				unixepoch(max(e.created), 'subsec') AS latest`+sums.String()+`
			FROM applications a CROSS JOIN jobs j ON j.id = a.job LEFT JOIN application_events e ON e.application = a.id
			WHERE `+which+` AND a.submittedAt >= :from AND a.submittedAt < :end`+
		filters.in("a.status", "status", filters.Status, args)+filters.jobConditions(args)+`
			GROUP BY a._rowid_ ORDER BY a._rowid_ LIMIT :limit
		)`, args, after)
}
