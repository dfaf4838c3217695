package report

import (
	"database/sql"
	"fmt"
)

// Unit is the unit of a figure.
type Unit string

// The units of figures. A share lies between 0 and 1.
const (
	Count Unit = "count"
	Mean  Unit = "mean"
	Share Unit = "share"
	Hours Unit = "hours"
	Days  Unit = "days"
)

// definition says what a figure means; its sentence is part of every report and of the summary.
type definition struct {
	key, label string
	unit       Unit
	meaning    string
}

var definitions = map[string][]definition{
	Jobs: {
		{"posted", "Posted", Count, "Jobs created in the period."},
		{"published", "Published", Count, "Jobs whose latest publication lies in the period."},
		{"closed", "Closed", Count, "Jobs that are closed and were closed in the period."},
		{"expired", "Expired", Count, "Jobs that are expired and whose deadline was in the period."},
		{"open", "Open now", Count, "Jobs that are published at the time of the report, whenever they were posted."},
		{"applicationsPerJob", "Applications per job", Mean,
			"Applications so far, including withdrawn ones, to the jobs published in the period, divided by the number of these jobs."},
		{"withoutApplications", "Without applications", Count, "Jobs published in the period to which nobody has applied so far."},
		{"filled", "Filled", Count, "Jobs whose first hire lies in the period."},
		{"daysToFill", "Time to fill", Days,
			"Median time from publication to the first hire, over the filled jobs that were not published again since."},
	},
	Users: {
		{"registered", "Registered", Count, "Accounts created in the period."},
		{"jobSeekers", "Job seekers registered", Count, "Accounts of job seekers created in the period."},
		{"employers", "Employers registered", Count, "Accounts of employers created in the period."},
		{"admins", "Administrators registered", Count, "Accounts of administrators created in the period."},
		{"total", "Accounts", Count, "Accounts created before the end of the period that still exist."},
		{"active", "Active", Count, "Accounts that applied, moved an application, posted a job (counted for the employer's owner), " +
			"reviewed, saved a job or a search, or read a notification in the period."},
		{"deactivated", "Deactivated", Count, "Accounts that are deactivated and were deactivated in the period."},
		{"completeness", "Profile completeness", Share,
			"Mean share of the ten profile items that are filled in, over the job seekers registered in the period."},
	},
	Applications: {
		{"submitted", "Submitted", Count, "Applications submitted in the period; all figures below are about these."},
		{"answered", "Answered", Count, "Applications that the employer has moved to another stage, rejected or hired."},
		{"answerRate", "Answer rate", Share, "Answered applications divided by submitted ones."},
		{"hoursToFirstAnswer", "Time to first answer", Hours, "Median time from submission to the employer's first move."},
		{"open", "Open", Count, "Applications that are still awaiting a decision."},
		{"rejected", "Rejected", Count, "Applications that are rejected."},
		{"withdrawn", "Withdrawn", Count, "Applications that the seeker has withdrawn."},
		{"hired", "Hired", Count, "Applications that ended in a hire."},
		{"hireRate", "Hire rate", Share, "Hired applications divided by submitted ones."},
		{"daysToHire", "Time to hire", Days, "Median time from submission to the hire."},
	},
	Performance: {
		{"employers", "Employers", Count, "Employers who received applications in the period."},
		{"received", "Applications received", Count,
			"Applications submitted in the period; the figures on answers and hires are about these."},
		{"answered", "Answered", Count, "Applications that the employer has moved to another stage, rejected or hired."},
		{"answerRate", "Answer rate", Share, "Answered applications divided by received ones."},
		{"hoursToFirstAnswer", "Time to first answer", Hours, "Median time from submission to the employer's first move."},
		{"hired", "Hired", Count, "Applications that ended in a hire."},
		{"daysToHire", "Time to hire", Days, "Median time from submission to the hire."},
		{"notifications", "Notifications", Count, "Notifications written in the period, on the whole board regardless of filters."},
		{"notificationsRead", "Notifications read", Share, "Share of these notifications that have been read."},
		{"mailsSent", "Notifications e-mailed", Count, "How many of these notifications were also sent by e-mail."},
		{"savedSearches", "Saved searches", Count,
			"Saved searches created in the period that still exist, on the whole board regardless of filters."},
	},
}

// Figure is one key figure of a report.
type Figure struct {
	Key     string
	Label   string
	Unit    Unit
	Value   float64
	Known   bool // false if there is nothing to take a median, mean or share of
	Meaning string
}

// values are the computed numbers by the key of their definition.
type values map[string]sql.NullFloat64

// share sets key to part divided by whole, or to unknown if the whole is 0.
func (v values) share(key, part, whole string) {
	v[key] = sql.NullFloat64{}
	if v[whole].Float64 > 0 {
		v[key] = sql.NullFloat64{Float64: v[part].Float64 / v[whole].Float64, Valid: true}
	}
}

// figures returns the numbers with their definitions, in the order of the definitions. An empty count is 0, not unknown.
func (v values) figures(kind string) ([]Figure, error) {
	list := make([]Figure, 0, len(definitions[kind]))
	for _, d := range definitions[kind] {
		number, ok := v[d.key]
		if !ok {
			return nil, fmt.Errorf("the figure %s.%s is defined, but not computed", kind, d.key)
		}
		list = append(list, Figure{
			Key: d.key, Label: d.label, Unit: d.unit, Meaning: d.meaning,
			Value: number.Float64, Known: number.Valid || d.unit == Count,
		})
	}
	if len(list) != len(v) {
		return nil, fmt.Errorf("%d figures are computed for %s, %d are defined", len(v), kind, len(list))
	}
	return list, nil
}
