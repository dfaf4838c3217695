// Package report makes the board's four reports (jobs, users, applications, performance) as CSV and PDF, and the figures
// behind the dashboard.
//
// A report is a row of the reports collection that somebody creates, by any door. Doors and their helpers:
//
//   - [Prepare] says whether a new record asks for something sound and fills in what the system sets; hooks/reports.go
//     calls it for every creation.
//   - [NewWorker] runs waiting reports in the background, one at a time; [Run] makes one report now.
//   - [Wait] blocks until a report is done or failed, for answers that can wait a few seconds.
//   - [Write] makes a report without a record, for the command line.
//   - [Summarise] answers the dashboard's figures.
//
// What is counted: the period says which jobs, users and applications count (posted, registered, submitted in it); what
// became of them is told as of the moment the report is made. All figures of one report come from one read transaction,
// so that they agree with each other and with the CSV of the same moment.
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

// The states that the filter "status" of the users report knows.
const (
	activeUser      = "active"
	deactivatedUser = "deactivated"
)

// statuses lists the values of the filter "status" of each kind.
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
