package report

import (
	"database/sql"

	"jobboard/internal/report/csvfile"
	"jobboard/internal/report/pdf"
)

func computePerformance(s *snapshot, result *Result) (values, error) {
	if err := s.openCohort(); err != nil {
		return nil, err
	}
	if _, _, err := s.fillCohort(result.Filters, 0, -1); err != nil {
		return nil, err
	}
	row, err := s.one("performance figures", "SELECT "+cohortCounts+", count(DISTINCT employer) FROM "+cohortRows, nil, 6)
	if err != nil {
		return nil, err
	}
	notices, err := s.one("notice figures", "SELECT count(*), avg(read), sum(mail = 'sent') FROM notifications WHERE "+inPeriod("created"), nil, 3)
	if err != nil {
		return nil, err
	}
	searches, err := s.one("saved searches", "SELECT count(*) FROM saved_searches WHERE "+inPeriod("created"), nil, 1)
	if err != nil {
		return nil, err
	}
	numbers := values{"received": row[0], "answered": row[1], "hoursToFirstAnswer": row[2], "hired": row[3], "daysToHire": row[4], "employers": row[5],
		"notices": notices[0], "noticesRead": notices[1], "mailsSent": notices[2], "savedSearches": searches[0]}
	numbers.share("answerRate", "answered", "received")
	result.Rows = int(row[5].Float64)

	series, err := s.overTime("answers over time", `SELECT `+s.step.sql("submittedAt")+`, count(*), count(answered) FROM `+cohortRows+` GROUP BY 1`, nil, 2)
	if err != nil {
		return nil, err
	}
	result.addOverTime(s, "answersOverTime", "Applications and answers", "Applications by when they were submitted, and how many of these have been answered.",
		pdf.Lines, []string{"Received", "Answered"}, series)
	if err := result.addBars(s, "noticesByKind", "Notices by kind", "Notifications written in the period, on the whole board.",
		"SELECT replace(kind, '_', ' '), count(*) FROM notifications WHERE "+inPeriod("created")+" GROUP BY 1 ORDER BY 2 DESC, 1", nil); err != nil {
		return nil, err
	}
	return numbers, s.addTable(result, pdf.Table{Title: "Employers", Meaning: "Employers to whose jobs somebody applied in the period, most applications first; times are medians.",
		Columns: []pdf.Column{{Title: "Employer", Width: 5}, {Title: "Received", Width: 1.8, Right: true}, {Title: "Answered", Width: 1.8, Right: true},
			{Title: "Answer rate", Width: 2, Right: true}, {Title: "First answer", Width: 2, Right: true}, {Title: "Hired", Width: 1.2, Right: true},
			{Title: "To hire", Width: 2, Right: true}}},
		1, []Unit{Count, Count, Share, Hours, Count, Days}, `SELECT ifnull(name, ''), received, answered, answered * 1.0 / received, answerHours, hired, hireDays
		FROM (`+byEmployer+`) ORDER BY received DESC, 1, employer`)
}

// byEmployer tells of each employer in the cohort.
const byEmployer = `SELECT c.employer, p.name, p.verified, count(*) AS received, count(answered) AS answered, median(answerHours) AS answerHours,
	sum(c.status = 'hired') AS hired, median(CASE c.status WHEN 'hired' THEN hireDays END) AS hireDays,
	sum(c.status = 'rejected') AS rejected, sum(c.status = 'withdrawn') AS withdrawn
	FROM cohort c JOIN told USING (n) LEFT JOIN employers p ON p.id = c.employer GROUP BY c.employer`

func performanceHeads() []string {
	return []string{"employer", "name", "verified", "received", "answered", "answerRate", "medianHoursToFirstAnswer", "rejected", "withdrawn", "hired", "medianDaysToHire"}
}

// writePerformance writes a row for each employer to whose jobs somebody applied in the period.
func writePerformance(s *snapshot, filters Filters, out *csvfile.Writer) error {
	if err := s.openCohort(); err != nil {
		return err
	}
	if _, _, err := s.fillCohort(filters, 0, -1); err != nil {
		return err
	}
	return s.each("write the employers", `SELECT ifnull(employer, ''), ifnull(name, ''), ifnull(verified, false), received, answered, answered * 1.0 / received, answerHours,
		rejected, withdrawn, hired, hireDays FROM (`+byEmployer+`) ORDER BY received DESC, 2, 1`, nil, func(scan func(...any) error) error {
		var employer, name string
		var verified bool
		var received, answered, rejected, withdrawn, hired int
		var rate, answerHours, hireDays sql.NullFloat64
		if err := scan(&employer, &name, &verified, &received, &answered, &rate, &answerHours, &rejected, &withdrawn, &hired, &hireDays); err != nil {
			return err
		}
		return out.Write(employer, name, verified, received, answered, cell(rate), cell(answerHours), rejected, withdrawn, hired, cell(hireDays))
	})
}
