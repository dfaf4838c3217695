package report

import (
	"database/sql"
	"fmt"
	"strings"

	"jobboard/collections"
	"jobboard/internal/report/csvfile"
	"jobboard/internal/report/pdf"
)

// profileItems are the ten things that make a job seeker's profile complete, with the SQL of the column that holds each.
var profileItems = []struct{ label, column string }{
	{"photo", "u.avatar"}, {"headline", "p.headline"}, {"summary", "p.summary"}, {"skills", "p.skills"}, {"experience", "p.experience"},
	{"education", "p.education"}, {"location", "p.location"}, {"phone", "p.phone"}, {"CV", "p.resumes"},
	{"preferred job types", "p.preferredJobTypes"},
}

// given is the SQL that tells whether a text, list or file column holds anything, as 0 or 1.
func given(column string) string {
	return "(ifnull(" + column + ", '') NOT IN ('', '[]', '{}', 'null', '\"\"'))"
}

// doings are the rows that tell that a user (alias u) did something in the period; see the definition of "active".
var doings = []string{
	"applications WHERE seeker = u.id AND " + inPeriod("submittedAt"),
	"application_events WHERE actor = u.id AND " + inPeriod("created"),
	"employers p CROSS JOIN jobs j ON j.employer = p.id WHERE p.owner = u.id AND " + inPeriod("j.created"),
	"job_reviews WHERE author = u.id AND " + inPeriod("created"),
	"user_reviews WHERE author = u.id AND " + inPeriod("created"),
	"saved_jobs WHERE seeker = u.id AND " + inPeriod("created"),
	"saved_searches WHERE seeker = u.id AND " + inPeriod("created"),
	"notifications WHERE user = u.id AND " + inPeriod("readAt"),
}

// openPeople makes the empty working table of the accounts that a report looks at.
func (s *snapshot) openPeople() error {
	if err := s.drop("people"); err != nil {
		return err
	}
	items := ""
	for i := range profileItems {
		items += fmt.Sprintf(", item%d INTEGER", i)
	}
	return s.exec("open the people", `CREATE TEMP TABLE people (n INTEGER PRIMARY KEY, id TEXT, name TEXT, role TEXT, verified INTEGER,
		created TEXT,
		deactivatedAt TEXT, registered INTEGER, active INTEGER, deactivated INTEGER, completeness REAL`+items+`)`, nil)
}

// fillPeople puts the next chunk of accounts that the filters keep into the working table, as fillJobs does with jobs.
func (s *snapshot) fillPeople(filters Filters, after int64) (last int64, found int, err error) {
	var items, sum []string
	for i, item := range profileItems {
		items = append(items, fmt.Sprintf("%s AS item%d", given(item.column), i))
		sum = append(sum, fmt.Sprintf("item%d", i))
	}
	args := arguments{"after": after, "limit": chunk}
	conditions := filters.in("u.role", "role", filters.Role, args) + filters.personConditions(args)
	return s.fill("people", `SELECT n, id, name, role, verified, created, deactivatedAt, `+inPeriod("created")+`, active,
		`+inPeriod("deactivatedAt")+`,
			CASE role WHEN '`+collections.RoleJobSeeker+`' THEN
				(`+strings.Join(sum, " + ")+`) * 1.0 / `+fmt.Sprint(len(profileItems))+` END,
			`+strings.Join(sum, ", ")+`
		FROM (
			SELECT u._rowid_ AS n, u.id, u.name, u.role, u.verified, u.created, u.deactivatedAt,
				EXISTS (SELECT 1 FROM `+strings.Join(doings, ") OR EXISTS (SELECT 1 FROM ")+`) AS active, `+strings.Join(items, ", ")+`
			FROM users u LEFT JOIN job_seekers p ON p.user = u.id
			WHERE u._rowid_ > :after AND u.created < :end`+conditions+` ORDER BY u._rowid_ LIMIT :limit
		)`, args, after)
}

// personConditions keeps accounts by status and, where a filter speaks of jobs, those that have to do with such jobs.
func (f Filters) personConditions(args arguments) string {
	var sql strings.Builder
	if len(f.Status) == 1 {
		sql.WriteString(map[string]string{activeUser: " AND u.deactivatedAt = ''",
			deactivatedUser: " AND u.deactivatedAt != ''"}[f.Status[0]])
	}
	if f.byJob() {
		jobs := "FROM jobs j WHERE true" + f.jobConditions(args)
		employers := "(p.employer IN (SELECT j.employer " + jobs + ")"
		if len(f.Industry)+len(f.JobType) == 0 { // an employer that is asked for by name counts without jobs, too
			employers += " OR p.employer IN (SELECT value FROM json_each(:filter_employer))"
		}
		employers += ")"
		sql.WriteString(` AND (u.id IN (SELECT a.seeker FROM applications a WHERE a.job IN (SELECT j.id ` + jobs + `))
			OR u.id IN (SELECT p.user FROM ` + collections.EmployerPeople + ` p WHERE ` + employers + `))`)
	}
	return sql.String()
}

func computeUsers(s *snapshot, result *Result) (values, error) {
	if err := s.openPeople(); err != nil {
		return nil, err
	}
	if _, err := fillAll(func(after int64) (int64, int, error) { return s.fillPeople(result.Filters, after) }); err != nil {
		return nil, err
	}
	row, err := s.one("user figures", `
		SELECT sum(registered), sum(registered AND role = 'job_seeker'), sum(registered AND role = 'employer'),
		sum(registered AND role = 'admin'), count(*), sum(active), sum(deactivated), avg(CASE WHEN registered THEN completeness END),
		sum(registered OR active OR deactivated) FROM people`, nil, 9)
	if err != nil {
		return nil, err
	}
	numbers := values{"registered": row[0], "jobSeekers": row[1], "employers": row[2], "admins": row[3], "total": row[4],
		"active": row[5], "deactivated": row[6], "completeness": row[7]}
	result.Rows = int(row[8].Float64)
	series, err := s.overTime("registrations over time", `
		SELECT `+s.step.sql("created")+`, sum(role = 'job_seeker'), sum(role = 'employer'),
		sum(role = 'admin')
		FROM people WHERE registered GROUP BY 1`, nil, 3)
	if err != nil {
		return nil, err
	}
	result.addOverTime(s, "registrationsOverTime", "Registrations over time", "Accounts made in the period, by role.", pdf.Lines,
		[]string{"Job seekers", "Employers", "Administrators"}, series)
	return numbers, result.addBars(s, "activeByRole", "Active by role", "Accounts that were active in the period.",
		"SELECT replace(role, '_', ' '), count(*) FROM people WHERE active GROUP BY 1 ORDER BY 2 DESC, 1", nil)
}

func addProfileItems(s *snapshot, result *Result) error {
	table := pdf.Table{Title: "Profile items", Meaning: "How many of the job seekers registered in the period have filled in each item.",
		Columns: []pdf.Column{{Title: "Item", Width: 4}, {Title: "Filled in", Width: 2, Right: true},
			{Title: "Share", Width: 2, Right: true}}}
	for i, item := range profileItems {
		query := fmt.Sprintf("SELECT sum(item%d), avg(item%d) FROM people WHERE registered AND role = 'job_seeker'", i, i)
		row, err := s.one("profile items", query, nil, 2)
		if err != nil {
			return err
		}
		table.Rows = append(table.Rows, []string{item.label, formatFigure(row[0], Count), formatFigure(row[1], Share)})
	}
	result.Tables = append(result.Tables, table)
	return nil
}

func userHeads() []string {
	return []string{"id", "name", "role", "verified", "registeredAt", "deactivatedAt", "completeness", "registered",
		"active", "deactivated"}
}

// writeUsers writes a row for each account that was made, active or deactivated in the period; the last columns say which.
func writeUsers(s *snapshot, filters Filters, out *csvfile.Writer) error {
	if err := s.openPeople(); err != nil {
		return err
	}
	var last int64
	for {
		if err := s.empty("people"); err != nil {
			return err
		}
		next, found, err := s.fillPeople(filters, last)
		if err != nil || found == 0 {
			return err
		}
		last = next
		err = s.each("write the users", `
			SELECT id, name, role, verified, created, deactivatedAt, completeness, registered, active, deactivated
			FROM people WHERE registered OR active OR deactivated ORDER BY n`, nil,
			func(scan func(...any) error) error { return writeUser(scan, out) })
		if err != nil {
			return err
		}
	}
}

func writeUser(scan func(...any) error, out *csvfile.Writer) error {
	var id, name, role, created, deactivatedAt string
	var verified bool
	var completeness sql.NullFloat64
	var registered, active, deactivated int
	err := scan(&id, &name, &role, &verified, &created, &deactivatedAt, &completeness, &registered, &active, &deactivated)
	if err != nil {
		return err
	}
	return out.Write(id, name, role, verified, moment(created), moment(deactivatedAt), cell(completeness),
		registered, active, deactivated)
}
