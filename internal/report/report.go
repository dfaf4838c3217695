// Package report makes the board's four reports (jobs, users, applications, performance) as CSV and PDF, and the figures
// behind the dashboard.
//
// A report is a record of the collection reports, however it is created:
//
//   - [Prepare] validates a new record and fills in what the system sets; hooks/reports.go calls it for every creation.
//   - [Bind] makes pending reports in the background, one at a time; [Run] makes one report now.
//   - [Wait] blocks until a report is done or failed, for requests that can wait a few seconds.
//   - [Write] makes a report without a record, for the command line.
//   - [Summarise] returns the dashboard's figures.
//
// The period selects jobs, users and applications (posted, registered, submitted in it); their outcomes are those of the moment when the
// report is made. All figures of one report come from one read transaction, so that they agree with each other and with the CSV of the
// same moment.
package report

import (
	"jobboard/collections"
	"jobboard/internal/workflow"
)

// The kinds of reports, values of reports.kind.
const (
	Jobs         = "jobs"
	Users        = "users"
	Applications = "applications"
	Performance  = "performance"
)

// The formats of reports, values of reports.format.
const (
	CSV = "csv"
	PDF = "pdf"
)

var titles = map[string]string{
	Jobs:         "Jobs",
	Users:        "Users",
	Applications: "Applications",
	Performance:  "Performance of employers",
}

// The values of the filter "status" of the users report.
const (
	activeUser      = "active"
	deactivatedUser = "deactivated"
)

// statuses returns the values of the filter "status" for a kind.
func statuses(kind string) []string {
	switch kind {
	case Jobs:
		return workflow.JobStatuses()
	case Users:
		return []string{activeUser, deactivatedUser}
	}
	return workflow.ApplicationStatuses()
}

func roles() []string {
	return []string{collections.RoleJobSeeker, collections.RoleEmployer, collections.RoleAdmin}
}
