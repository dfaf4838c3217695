package report

import (
	"database/sql"
	"errors"

	"jobboard/internal/report/csvfile"
	"jobboard/internal/report/pdf"
)

func computePerformance(s *snapshot, result *Result) (values, error) {
	if _, err := s.wholeCohort(result.Filters); err != nil {
		return nil, err
	}
	row, err := s.one("performance figures", "SELECT "+cohortFigures+", (SELECT count(DISTINCT employer) FROM applied) FROM counts", nil, 6)
	if err != nil {
		return nil, err
	}
	notifications, err := s.one("notification figures",
		"SELECT count(*), avg(read), sum(mail = 'sent') FROM notifications WHERE NOT mailOnly AND "+inPeriod("created"), nil, 3)
	if err != nil {
		return nil, err
	}
	searches, err := s.one("saved searches", "SELECT count(*) FROM saved_searches WHERE "+inPeriod("created"), nil, 1)
	if err != nil {
		return nil, err
	}
	numbers := values{"received": row[0], "answered": row[1], "hoursToFirstAnswer": row[2], "hired": row[3], "daysToHire": row[4],
		"employers": row[5], "notifications": notifications[0], "notificationsRead": notifications[1], "mailsSent": notifications[2],
		"savedSearches": searches[0]}
	numbers.share("answerRate", "answered", "received")
	result.Rows = int(row[5].Float64)

	series, err := s.overTime("answers over time", "SELECT step, sum(size), sum(answered) FROM counts GROUP BY 1", nil, 2)
	if err != nil {
		return nil, err
	}
	result.addOverTime(s, "answersOverTime", "Applications and answers",
		"Applications by the time of submission, and how many of them have been answered.",
		pdf.Lines, []string{"Received", "Answered"}, series)
	return numbers, result.addBars(s, "notificationsByKind", "Notifications by kind",
		"Notifications written in the period, on the whole board.",
		"SELECT replace(kind, '_', ' '), count(*) FROM notifications WHERE NOT mailOnly AND "+inPeriod("created")+
			" GROUP BY 1 ORDER BY 2 DESC, 1", nil)
}

func addPerformanceTable(s *snapshot, result *Result) error {
	return s.addLargest(result, pdf.Table{Title: "Employers",
		Meaning: "Employers who received applications in the period, those with the most first. Times are medians.",
		Columns: []pdf.Column{{Title: "Employer", Width: 5}, {Title: "Received", Width: 1.8, Right: true},
			{Title: "Answered", Width: 1.8, Right: true}, {Title: "Answer rate", Width: 2, Right: true},
			{Title: "First answer", Width: 2, Right: true}, {Title: "Hired", Width: 1.2, Right: true},
			{Title: "To hire", Width: 2, Right: true}}}, byEmployer, 1, []Unit{Count, Count, Share, Hours, Count, Days},
		`g.name, count(*), count(answered), count(answered) * 1.0 / count(*), median(answerHours), sum(c.status = 'hired'),
		median(hireDays)`)
}

// employersOfCohort is the query of the employers in the cohort with their figures.
const employersOfCohort = `SELECT p.id AS employer, p.name, p.verified, count(*) AS received, count(answered) AS answered,
	median(answerHours) AS answerHours,
	sum(c.status = 'hired') AS hired, median(hireDays) AS hireDays,
	sum(c.status = 'rejected') AS rejected, sum(c.status = 'withdrawn') AS withdrawn
	FROM cohort c CROSS JOIN jobs j ON j.id = c.job CROSS JOIN employers p ON p.id = j.employer GROUP BY p.id`

func performanceHeads() []string {
	return []string{"employer", "name", "verified", "received", "answered", "answerRate", "medianHoursToFirstAnswer",
		"rejected", "withdrawn", "hired", "medianDaysToHire"}
}

// writePerformance writes a row for each employer who received applications in the period, in the order in which the employers were
// created. It processes as many employers at a time as have about chunk applications.
func writePerformance(s *snapshot, filters Filters, out *csvfile.Writer) error {
	if err := s.openCohort(); err != nil {
		return err
	}
	var last int64
	for {
		next, err := s.nextEmployers(last)
		if err != nil || next == last {
			return err
		}
		args := arguments{"after": last, "next": next, "limit": -1}
		last = next
		const theirs = "a.job IN (SELECT j.id FROM employers p CROSS JOIN jobs j ON j.employer = p.id" +
			" WHERE p._rowid_ > :after AND p._rowid_ <= :next)"
		if err := s.empty("cohort"); err != nil {
			return err
		}
		if _, _, err := s.fillCohortOf(filters, theirs, args, 0); err != nil {
			return err
		}
		err = s.each("write the employers", `SELECT employer, name, verified, received, answered, answered * 1.0 / received, answerHours,
			rejected, withdrawn, hired, hireDays FROM (`+employersOfCohort+` ORDER BY p._rowid_)`, nil,
			func(scan func(...any) error) error { return writeEmployer(scan, out) })
		if err != nil {
			return err
		}
	}
}

// nextEmployers returns the row number of the last employer of the next chunk after row number after, or after if there are no more.
func (s *snapshot) nextEmployers(after int64) (last int64, err error) {
	last = after
	enough, found := errors.New("enough employers"), 0
	err = s.each("find the next employers", `SELECT p._rowid_,
		(SELECT count(*) FROM jobs j CROSS JOIN applications a ON a.job = j.id WHERE j.employer = p.id)
		FROM employers p WHERE p._rowid_ > :after ORDER BY p._rowid_ LIMIT :limit`, arguments{"after": after, "limit": chunk},
		func(scan func(...any) error) error {
			var own int
			if err := scan(&last, &own); err != nil {
				return err
			}
			if found += own; found >= chunk {
				return enough
			}
			return nil
		})
	if errors.Is(err, enough) {
		err = nil
	}
	return last, err
}

func writeEmployer(scan func(...any) error, out *csvfile.Writer) error {
	var employer, name string
	var verified bool
	var received, answered, rejected, withdrawn, hired int
	var rate, answerHours, hireDays sql.NullFloat64
	err := scan(&employer, &name, &verified, &received, &answered, &rate, &answerHours, &rejected, &withdrawn, &hired, &hireDays)
	if err != nil {
		return err
	}
	return out.Write(employer, name, verified, received, answered, cell(rate), cell(answerHours), rejected, withdrawn,
		hired, cell(hireDays))
}
