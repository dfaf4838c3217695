package report

import (
	"database/sql"
	"fmt"
	"math"
	"strings"
	"time"

	"jobboard/internal/report/csvfile"
	"jobboard/internal/report/pdf"
	"jobboard/internal/workflow"
)

// tableRows is the maximum number of rows of a table in the PDF; the CSV has all of them.
const tableRows = 200

// cohortFigures is the SQL of the figures that the applications and performance reports share, from the table counts.
const cohortFigures = `sum(size), sum(answered), (SELECT median(answerHours) FROM cohort), sum(size * (status = 'hired')),
	(SELECT median(hireDays) FROM cohort)`

func computeApplications(s *snapshot, result *Result) (values, error) {
	found, err := s.wholeCohort(result.Filters)
	if err != nil {
		return nil, err
	}
	result.Rows = found
	numbers, err := s.applicationFigures()
	if err != nil {
		return nil, err
	}
	series, err := s.overTime("applications over time", `SELECT step, sum(size), sum(answered), sum(size * (status = 'hired'))
		FROM counts GROUP BY 1`, nil, 3)
	if err != nil {
		return nil, err
	}
	result.addOverTime(s, "applicationsOverTime", "Applications over time",
		"Applications by the time of submission, and how many of them have been answered and hired.",
		pdf.Lines, []string{"Submitted", "Answered", "Hired"}, series)
	if err := s.addFunnel(result); err != nil {
		return nil, err
	}
	return numbers, result.addBars(s, "applicationsByStatus", "Status", "The applications by their current status.",
		"SELECT replace(status, '_', ' '), sum(size) FROM counts GROUP BY status ORDER BY "+statusOrder(), nil)
}

func (s *snapshot) applicationFigures() (values, error) {
	active := []string{}
	for _, status := range workflow.ApplicationStatuses() {
		if workflow.IsStage(status) {
			active = append(active, "'"+status+"'")
		}
	}
	row, err := s.one("application figures", `
		SELECT `+cohortFigures+`, sum(size * (status = 'rejected')), sum(size * (status = 'withdrawn')),
		sum(size * (status IN (`+strings.Join(active, ", ")+`))) FROM counts`, nil, 8)
	if err != nil {
		return nil, err
	}
	numbers := values{
		"submitted": row[0], "answered": row[1], "hoursToFirstAnswer": row[2], "hired": row[3], "daysToHire": row[4],
		"rejected": row[5], "withdrawn": row[6], "open": row[7],
	}
	numbers.share("answerRate", "answered", "submitted")
	numbers.share("hireRate", "hired", "submitted")
	return numbers, nil
}

func statusOrder() string {
	var order strings.Builder
	order.WriteString("CASE status")
	for i, status := range workflow.ApplicationStatuses() {
		fmt.Fprintf(&order, " WHEN '%s' THEN %d", status, i)
	}
	return order.String() + " END"
}

// addFunnel adds the number of applications that reached each stage or a later one, whatever their outcome.
func (s *snapshot) addFunnel(result *Result) error {
	var counts strings.Builder
	for i := range funnel {
		fmt.Fprintf(&counts, ", sum(size * (reached >= %d))", i+1)
	}
	row, err := s.one("the funnel", "SELECT 1"+counts.String()+" FROM counts", nil, 1+len(funnel))
	if err != nil {
		return err
	}
	series := pdf.Series{Name: "Applications"}
	for i := range funnel {
		count, before := row[i+1].Float64, row[max(i, 1)].Float64
		series.Values = append(series.Values, count)
		note := "–"
		if before > 0 {
			note = fmt.Sprintf("%.1f %% of the previous stage", 100*count/before)
		}
		if i == 0 {
			note = ""
		}
		series.Notes = append(series.Notes, note)
	}
	result.Charts = append(result.Charts, Chart{Key: "funnel", Chart: pdf.Chart{Title: "Funnel",
		Meaning: "Applications that reached a stage or a later one, including those that were rejected or withdrawn afterwards.",
		Shape:   pdf.Bars, Labels: humanizeAll(funnel), Series: []pdf.Series{series}}})
	return nil
}

func (s *snapshot) addStages(result *Result) error {
	table := pdf.Table{Title: "Time in each stage",
		Meaning: "Median total time in a stage, over the applications that have left it.",
		Columns: []pdf.Column{{Title: "Stage", Width: 4}, {Title: "Left the stage", Width: 2, Right: true},
			{Title: "Median time", Width: 2, Right: true}}}
	stages := funnel[:len(funnel)-1]
	var columns []string
	for _, stage := range stages {
		columns = append(columns, fmt.Sprintf("count(%s), median(%[1]s)", hoursIn(stage)))
	}
	row, err := s.one("the time in the stages", "SELECT "+strings.Join(columns, ", ")+" FROM cohort", nil, 2*len(stages))
	if err != nil {
		return err
	}
	for i, stage := range stages {
		table.Rows = append(table.Rows, []string{humanize(stage), formatFigure(row[2*i], Count), formatFigure(row[2*i+1], Hours)})
	}
	result.Tables = append(result.Tables, table)
	return nil
}

func addApplicationTables(s *snapshot, result *Result) error {
	if err := s.addStages(result); err != nil {
		return err
	}
	columns := []pdf.Column{{Title: "Applications", Width: 2, Right: true}, {Title: "Answered", Width: 1.7, Right: true},
		{Title: "First answer", Width: 2, Right: true}, {Title: "Rejected", Width: 1.7, Right: true},
		{Title: "Withdrawn", Width: 1.8, Right: true}, {Title: "Hired", Width: 1.2, Right: true}}
	units := []Unit{Count, Count, Hours, Count, Count, Count}
	const sums = `count(*), count(answered), median(answerHours), sum(c.status = 'rejected'), sum(c.status = 'withdrawn'),
		sum(c.status = 'hired')`
	if err := s.addLargest(result, pdf.Table{Title: "By employer",
		Meaning: "The applications by employer, those with the most first. “First answer” is the median time to it.",
		Columns: append([]pdf.Column{{Title: "Employer", Width: 5}}, columns...)}, byEmployer, 1, units, "g.name, "+sums); err != nil {
		return err
	}
	return s.addLargest(result, pdf.Table{Title: "By job",
		Meaning: "The applications by job, those with the most first. “First answer” is the median time to it.",
		Columns: append([]pdf.Column{{Title: "Job", Width: 4}, {Title: "Employer", Width: 3}}, columns...)}, byJob, 2, units,
		"g.name, (SELECT ifnull(max(p.name), '') FROM employers p WHERE p.id = g.employer), "+sums)
}

// groupBy groups the cohort by a column of the table applied, which holds ids of a collection; its records are shown by a name.
type groupBy struct{ column, collection, name string }

var (
	byEmployer = groupBy{"employer", "employers", "name"}
	byJob      = groupBy{"job", "jobs", "title"}
)

// addLargest adds a table of the groups with the most applications of the cohort (alias c; the group is g, with id, name and employer).
// Other columns are computed only for the groups that are shown, since medians are expensive.
func (s *snapshot) addLargest(result *Result, table pdf.Table, by groupBy, texts int, units []Unit, columns string) error {
	groups, err := s.one("count the groups", "SELECT count(DISTINCT "+by.column+") FROM applied", nil, 1)
	if err != nil {
		return err
	}
	if more := int(groups[0].Float64) - tableRows; more > 0 {
		table.Note = andMore(more)
	}
	if err := s.drop("shown"); err != nil {
		return err
	}
	err = s.exec("open the largest groups",
		"CREATE TEMP TABLE shown (job TEXT PRIMARY KEY, employer TEXT, id TEXT, name TEXT, size INTEGER) WITHOUT ROWID", nil)
	if err != nil {
		return err
	}
	if err := s.exec("find the largest groups", fmt.Sprintf(`INSERT INTO shown SELECT a.job, a.employer, g.id, g.name, g.size FROM (
			SELECT g.id, ifnull(r.%s, '') AS name, g.size
			FROM (SELECT %s AS id, sum(size) AS size FROM applied GROUP BY 1) g LEFT JOIN %s r ON r.id = g.id
			ORDER BY g.size DESC, 2, g.id LIMIT %d
		) g CROSS JOIN applied a ON a.%[2]s = g.id`, by.name, by.column, by.collection, tableRows), nil); err != nil {
		return err
	}
	return s.addTable(result, table, texts, units, "SELECT "+columns+` FROM cohort c CROSS JOIN shown g ON g.job = c.job
		GROUP BY g.id ORDER BY g.size DESC, g.name, g.id`)
}

func andMore(rows int) string { return fmt.Sprintf("And %d more; see the CSV for all of them.", rows) }

// addTable adds a table of a query's rows: first texts, then numbers in the given units.
func (s *snapshot) addTable(result *Result, table pdf.Table, texts int, units []Unit, query string) error {
	more := 0
	err := s.each(table.Title, query, nil, func(scan func(...any) error) error {
		if len(table.Rows) == tableRows {
			more++
			return nil
		}
		cells := make([]string, texts, texts+len(units))
		numbers := make([]sql.NullFloat64, len(units))
		targets := make([]any, 0, cap(cells))
		for i := range cells {
			targets = append(targets, &cells[i])
		}
		for i := range numbers {
			targets = append(targets, &numbers[i])
		}
		if err := scan(targets...); err != nil {
			return err
		}
		for i, number := range numbers {
			cells = append(cells, formatFigure(number, units[i]))
		}
		table.Rows = append(table.Rows, cells)
		return nil
	})
	if err != nil {
		return err
	}
	if more > 0 {
		table.Note = andMore(more)
	}
	result.Tables = append(result.Tables, table)
	return nil
}

// chunk is how many rows are processed at a time, so that a CSV needs constant memory and a report can pause in between.
const chunk = 1_000

func applicationHeads() []string {
	heads := []string{"id", "job", "jobTitle", "employer", "employerName", "seeker", "status", "furthestStage", "submittedAt",
		"firstAnswerAt", "hoursToFirstAnswer", "hiredAt", "daysToHire", "decidedAt"}
	for _, stage := range funnel[:len(funnel)-1] {
		heads = append(heads, "hoursIn_"+stage)
	}
	return heads
}

// writeApplications writes a row for each application submitted in the period.
func writeApplications(s *snapshot, filters Filters, out *csvfile.Writer) error {
	if err := s.openCohort(); err != nil {
		return err
	}
	hours := ""
	for _, stage := range funnel[:len(funnel)-1] {
		hours += ", c." + hoursIn(stage)
	}
	var last int64
	for {
		if err := s.empty("cohort"); err != nil {
			return err
		}
		next, found, err := s.fillCohort(filters, last)
		if err != nil || found == 0 {
			return err
		}
		last = next
		err = s.each("write the applications", `
			SELECT a.id, c.job, ifnull(j.title, ''), ifnull(j.employer, ''), ifnull(p.name, ''), a.seeker,
				c.status, c.reached, a.submittedAt,
				c.answered, c.answerHours, c.hired, c.hireDays, a.decidedAt`+hours+`
			FROM cohort c CROSS JOIN applications a ON a._rowid_ = c.n
				LEFT JOIN jobs j ON j.id = c.job LEFT JOIN employers p ON p.id = j.employer
			ORDER BY c.n`, nil,
			func(scan func(...any) error) error { return writeApplication(scan, out) })
		if err != nil {
			return err
		}
	}
}

func writeApplication(scan func(...any) error, out *csvfile.Writer) error {
	var id, job, title, employer, name, seeker, status, submitted, decided string
	var reached int
	var answered, answerHours, hired, hireDays sql.NullFloat64
	hours := make([]sql.NullFloat64, len(funnel)-1)
	targets := []any{&id, &job, &title, &employer, &name, &seeker, &status, &reached, &submitted, &answered,
		&answerHours, &hired, &hireDays, &decided}
	for i := range hours {
		targets = append(targets, &hours[i])
	}
	if err := scan(targets...); err != nil {
		return err
	}
	row := []any{id, job, title, employer, name, seeker, status, funnel[reached-1], moment(submitted),
		instant(answered), cell(answerHours), instant(hired), cell(hireDays), moment(decided)}
	for _, h := range hours {
		row = append(row, cell(h))
	}
	return out.Write(row...)
}

// moment parses a stored time; anything else becomes the zero time, which is an empty cell.
func moment(text string) time.Time {
	at, err := time.Parse("2006-01-02 15:04:05.999999999Z", text)
	if err != nil {
		return time.Time{}
	}
	return at
}

// instant converts seconds since 1970 to a time.
func instant(seconds sql.NullFloat64) time.Time {
	if !seconds.Valid {
		return time.Time{}
	}
	return time.UnixMilli(int64(seconds.Float64*1000 + 0.5))
}

// cell returns a number with six decimals, or an empty cell if it is unknown.
func cell(number sql.NullFloat64) any {
	if !number.Valid {
		return nil
	}
	return math.Round(number.Float64*1e6) / 1e6
}
