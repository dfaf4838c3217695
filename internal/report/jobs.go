package report

import (
	"database/sql"

	"jobboard/internal/report/csvfile"
	"jobboard/internal/report/pdf"
)

// inPeriod returns the SQL that is 1 if a stored time lies in the period, otherwise 0.
func inPeriod(column string) string { return "(" + column + " >= :from AND " + column + " < :end)" }

// openJobs creates the empty working table of the jobs that a report reads.
func (s *snapshot) openJobs() error {
	if err := s.drop("looked"); err != nil {
		return err
	}
	return s.exec("open the jobs", `CREATE TEMP TABLE looked (n INTEGER PRIMARY KEY, id TEXT, title TEXT, employer TEXT, industry TEXT,
		jobType TEXT, workplace TEXT, location TEXT, status TEXT, created TEXT, publishedAt TEXT, ended TEXT, deadline TEXT,
		applications INTEGER, firstHire TEXT, fillDays REAL, posted INTEGER, published INTEGER,
		closed INTEGER, expired INTEGER, filled INTEGER)`, nil)
}

// fillJobs inserts the next chunk of jobs that match the filters, those after row number after, into the working table.
func (s *snapshot) fillJobs(filters Filters, after int64) (last int64, found int, err error) {
	args := arguments{"after": after, "limit": chunk}
	// A hire is final, so the hired applications are those whose timeline has a hire. The + keeps SQLite from scanning all hires of the
	// board for each application.
	return s.fill("looked", `SELECT n, id, title, employer, industry, jobType, workplace, location, status, created, publishedAt, ended,
		deadline, applications, firstHire,
			CASE WHEN publishedAt != '' AND firstHire >= publishedAt
				THEN (unixepoch(firstHire, 'subsec') - unixepoch(publishedAt, 'subsec')) / 86400 END,
			`+inPeriod("created")+`, `+inPeriod("publishedAt")+`, status = 'closed' AND `+inPeriod("ended")+`,
			status = 'expired' AND `+inPeriod("ended")+`, ifnull(`+inPeriod("firstHire")+`, 0)
		FROM (
			SELECT j._rowid_ AS n, j.*, CASE WHEN j.status = 'expired' AND j.closedAt = '' THEN j.deadline ELSE j.closedAt END AS ended,
				(SELECT count(*) FROM applications a WHERE a.job = j.id) AS applications,
				(SELECT min(e.created) FROM applications a CROSS JOIN application_events e ON e.application = a.id
					WHERE a.job = j.id AND a.status = 'hired' AND +e."to" = 'hired') AS firstHire
			FROM jobs j WHERE j._rowid_ > :after`+filters.jobConditions(args)+filters.in("j.status", "status", filters.Status, args)+`
			ORDER BY j._rowid_ LIMIT :limit
		)`, args, after)
}

// concerned keeps the jobs that something happened to in the period: the rows of the CSV.
const affected = "(posted OR published OR closed OR expired OR filled)"

func computeJobs(s *snapshot, result *Result) (values, error) {
	if err := s.openJobs(); err != nil {
		return nil, err
	}
	if _, err := fillAll(func(after int64) (int64, int, error) { return s.fillJobs(result.Filters, after) }); err != nil {
		return nil, err
	}
	row, err := s.one("job figures", `SELECT sum(posted), sum(published), sum(closed), sum(expired), sum(status = 'published'),
		avg(CASE WHEN published THEN applications END), sum(published AND applications = 0), sum(filled),
		median(CASE WHEN filled THEN fillDays END), sum(`+affected+`) FROM looked`, nil, 10)
	if err != nil {
		return nil, err
	}
	numbers := values{"posted": row[0], "published": row[1], "closed": row[2], "expired": row[3], "open": row[4],
		"applicationsPerJob": row[5], "withoutApplications": row[6], "filled": row[7], "daysToFill": row[8]}
	result.Rows = int(row[9].Float64)
	if err := s.addJobsOverTime(result); err != nil {
		return nil, err
	}
	for _, chart := range []struct{ key, title, column, join string }{
		{"jobsByIndustry", "By industry", "ifnull(f.name, '')", " LEFT JOIN fields_of_interest f ON f.id = looked.industry"},
		{"jobsByType", "By job type", "replace(jobType, '_', ' ')", ""},
		{"jobsByWorkplace", "By workplace", "replace(workplace, '_', ' ')", ""},
	} {
		query := "SELECT " + chart.column + ", sum(published) FROM looked" + chart.join + " WHERE published GROUP BY 1 ORDER BY 2 DESC, 1"
		if err := result.addBars(s, chart.key, chart.title, "Jobs published in the period.", query, nil); err != nil {
			return nil, err
		}
	}
	return numbers, nil
}

func (s *snapshot) addJobsOverTime(result *Result) error {
	var series [][]float64
	for _, line := range []struct{ flag, column string }{
		{"posted", "created"}, {"published", "publishedAt"}, {"closed OR expired", "ended"}, {"filled", "firstHire"},
	} {
		one, err := s.overTime("jobs over time",
			"SELECT "+s.step.sql(line.column)+", count(*) FROM looked WHERE "+line.flag+" GROUP BY 1", nil, 1)
		if err != nil {
			return err
		}
		series = append(series, one[0])
	}
	result.addOverTime(s, "jobsOverTime", "Jobs over time",
		"Jobs by when they were posted, published, ended (closed or expired) and filled.", pdf.Lines,
		[]string{"Posted", "Published", "Closed or expired", "Filled"}, series)
	return nil
}

func addJobTables(s *snapshot, result *Result) error {
	const sums = "count(*), sum(applications), avg(applications), sum(applications = 0)"
	columns := []pdf.Column{{Title: "Published", Width: 2, Right: true}, {Title: "Applications", Width: 2, Right: true},
		{Title: "Per job", Width: 2, Right: true}, {Title: "Without any", Width: 2, Right: true}}
	units := []Unit{Count, Count, Mean, Count}
	for _, table := range []struct{ title, head, column, join, group string }{
		{"Industries", "Industry", "ifnull(f.name, 'not given')", " LEFT JOIN fields_of_interest f ON f.id = looked.industry", "f.id"},
		{"Employers", "Employer", "ifnull(p.name, '')", " LEFT JOIN employers p ON p.id = looked.employer", "looked.employer"},
	} {
		query := "SELECT " + table.column + ", " + sums + " FROM looked" + table.join +
			" WHERE published GROUP BY " + table.group + " ORDER BY 2 DESC, 1"
		err := s.addTable(result, pdf.Table{Title: table.title,
			Meaning: "Jobs published in the period and the applications to them so far.",
			Columns: append([]pdf.Column{{Title: table.head, Width: 5}}, columns...)}, 1, units, query)
		if err != nil {
			return err
		}
	}
	return s.addTable(result, pdf.Table{Title: "Jobs without applications",
		Meaning: "Jobs published in the period to which nobody has applied so far, the oldest first.",
		Columns: []pdf.Column{{Title: "Job", Width: 5}, {Title: "Employer", Width: 4}, {Title: "Published", Width: 2},
			{Title: "Status", Width: 2}}}, 4, nil,
		`SELECT title, ifnull(p.name, ''), substr(publishedAt, 1, 10), status FROM looked LEFT JOIN employers p ON p.id = looked.employer
		WHERE published AND applications = 0 ORDER BY publishedAt, looked.id`)
}

func jobHeads() []string {
	return []string{"id", "title", "employer", "employerName", "industry", "jobType", "workplace", "location", "status", "created",
		"publishedAt",
		"endedAt", "deadline", "applications", "firstHireAt", "daysToFill", "posted", "published", "closed", "expired", "filled"}
}

// writeJobs writes a row for each job that something happened to in the period; the last columns are 1 where it did.
func writeJobs(s *snapshot, filters Filters, out *csvfile.Writer) error {
	if err := s.openJobs(); err != nil {
		return err
	}
	var last int64
	for {
		if err := s.empty("looked"); err != nil {
			return err
		}
		next, found, err := s.fillJobs(filters, last)
		if err != nil || found == 0 {
			return err
		}
		last = next
		err = s.each("write the jobs", `SELECT l.id, l.title, l.employer, ifnull(p.name, ''), ifnull(f.name, ''), l.jobType, l.workplace,
			l.location, l.status,
			l.created, l.publishedAt, ifnull(l.ended, ''), l.deadline, ifnull(l.firstHire, ''), l.fillDays,
			l.applications, l.posted, l.published, l.closed, l.expired, l.filled
			FROM looked l LEFT JOIN employers p ON p.id = l.employer LEFT JOIN fields_of_interest f ON f.id = l.industry
			WHERE `+affected+` ORDER BY l.n`, nil, func(scan func(...any) error) error { return writeJob(scan, out) })
		if err != nil {
			return err
		}
	}
}

func writeJob(scan func(...any) error, out *csvfile.Writer) error {
	var id, title, employer, name, industry, jobType, workplace, location, status, created, published, ended, deadline, hired string
	var fillDays sql.NullFloat64
	var applications int
	var flags [5]int
	err := scan(&id, &title, &employer, &name, &industry, &jobType, &workplace, &location, &status, &created, &published, &ended, &deadline,
		&hired, &fillDays, &applications, &flags[0], &flags[1], &flags[2], &flags[3], &flags[4])
	if err != nil {
		return err
	}
	return out.Write(id, title, employer, name, industry, jobType, workplace, location, status, moment(created), moment(published),
		moment(ended),
		moment(deadline), applications, moment(hired), cell(fillDays), flags[0], flags[1], flags[2], flags[3], flags[4])
}
