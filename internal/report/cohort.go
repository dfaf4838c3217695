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

// rejectedRank and otherRank stand beside the funnel: being rejected is an answer, being withdrawn is none.
const (
	rejectedRank = "-1"
	otherRank    = "0"
)

// rank is the SQL that brings a status to its rank.
func rank(column string) string {
	var sql strings.Builder
	sql.WriteString("CASE " + column)
	for i, stage := range funnel {
		sql.WriteString(" WHEN '" + stage + "' THEN " + strconv.Itoa(i+1))
	}
	sql.WriteString(" WHEN '" + workflow.Rejected + "' THEN " + rejectedRank + " ELSE " + otherRank + " END")
	return sql.String()
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

// openCohort makes the empty working tables of the applications that a report is about and of what their timelines tell.
func (s *snapshot) openCohort() error {
	hours := ""
	for _, stage := range funnel[:len(funnel)-1] {
		hours += ", " + hoursIn(stage) + " REAL"
	}
	if err := s.drop("cohort", "told"); err != nil {
		return err
	}
	if err := s.exec("open the cohort", `CREATE TEMP TABLE cohort (n INTEGER PRIMARY KEY, id TEXT, job TEXT, employer TEXT,
		seeker TEXT, status TEXT, submittedAt TEXT, decidedAt TEXT, submitted REAL)`, nil); err != nil {
		return err
	}
	return s.exec("open the timelines", `CREATE TEMP TABLE told (n INTEGER PRIMARY KEY, reached INTEGER, answered REAL, hired REAL,
		answerHours REAL, hireDays REAL`+hours+`)`, nil)
}

// fillCohort puts up to limit applications (-1: all) submitted in the period into the working tables, those behind row
// number after, in the order in which they were made. It answers the last row number and how many there were.
func (s *snapshot) fillCohort(filters Filters, after int64, limit int) (last int64, found int, err error) {
	for _, table := range []string{"cohort", "told"} {
		if err := s.exec("empty "+table, "DELETE FROM "+table, nil); err != nil {
			return 0, 0, err
		}
	}
	args := arguments{"after": after, "limit": limit}
	err = s.exec("find the applications", `INSERT INTO cohort
		SELECT a._rowid_, a.id, a.job, j.employer, a.seeker, a.status, a.submittedAt, a.decidedAt, unixepoch(a.submittedAt, 'subsec')
		FROM applications a CROSS JOIN jobs j ON j.id = a.job
		WHERE a._rowid_ > :after AND a.submittedAt >= :from AND a.submittedAt < :end`+
		filters.in("a.status", "status", filters.Status, args)+filters.jobConditions(args)+`
		ORDER BY a._rowid_ LIMIT :limit`, args)
	if err != nil {
		return 0, 0, err
	}
	counts, err := s.one("count the applications", "SELECT count(*), max(n) FROM cohort", nil, 2)
	if err != nil || counts[0].Float64 == 0 {
		return after, 0, err
	}
	if err := s.readTimelines(); err != nil {
		return 0, 0, err
	}
	return int64(counts[1].Float64), int(counts[0].Float64), nil
}

// readTimelines tells for each application of the cohort how far it came, when it was answered and hired, and how long it
// stood in each stage. The timeline is a chain (each row's from is the row before's to), so the time in a stage is the sum
// of the times of leaving it less the sum of the times of entering it: one pass, without windows.
func (s *snapshot) readTimelines() error {
	var sums, hours strings.Builder
	for i, stage := range funnel[:len(funnel)-1] {
		k := strconv.Itoa(i + 1)
		sums.WriteString(", sum(CASE " + k + " WHEN was THEN t WHEN k THEN -t END) AS s" + k)
		// Who stands in the stage has entered it once more than left it.
		hours.WriteString(", CASE WHEN c.status = '" + stage + "' THEN nullif(s" + k + " + latest, 0) ELSE s" + k + " END / 3600")
	}
	// LIMIT keeps SQLite from folding the inner query in, which would read each date several times.
	err := s.exec("read the timelines", `INSERT INTO told
		SELECT c.n, max(ifnull(reached, 1), `+rank("c.status")+`, 1), answered, hired, (answered - submitted) / 3600, (hired - submitted) / 86400`+hours.String()+`
		FROM cohort c LEFT JOIN (
			SELECT n, max(k) AS reached, min(CASE WHEN k NOT IN (`+otherRank+`, 1) THEN t END) AS answered,
				min(CASE k WHEN `+strconv.Itoa(len(funnel))+` THEN t END) AS hired, max(t) AS latest`+sums.String()+`
			FROM (
				SELECT c.n, `+rank(`e."to"`)+` AS k, `+rank(`e."from"`)+` AS was, unixepoch(e.created, 'subsec') AS t
				FROM cohort c CROSS JOIN application_events e ON e.application = c.id LIMIT -1 OFFSET 0
			) GROUP BY n
		) e ON e.n = c.n`, nil)
	if err != nil {
		return fmt.Errorf("cohort: %w", err)
	}
	return nil
}
