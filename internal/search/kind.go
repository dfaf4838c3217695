package search

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/search/engine"
)

// Kind is a kind of searchable record. Each has its own index and its own change log.
type Kind struct {
	table   string   // of the records; also the name of the index folder
	sources []string // tables that documents are built from: a commit to one of them wakes the follower
	log     string   // table in which triggers record changes: (seq, record)

	// clockCondition is an SQL condition for the records r whose documents change between {:since} and {:now} without a write.
	clockCondition string
	// nextClockChange is an SQL query for the first time after {:now} for which clockCondition will hold, or ''.
	nextClockChange string
	// query is the SQL query for the data of the documents of records r, without the condition at its end.
	query string
	// read builds documents from the rows of a query. It must accept every row, whatever plain SQL has written there: a row that
	// it rejected would block all later changes.
	read func(query *dbx.Query) ([]engine.Document, error)
}

// withDeadline selects the published jobs with a deadline, by their index. Without statistics of the table, as a board has none right after
// a large import, the planner would read all published jobs instead.
const withDeadline = "FROM jobs INDEXED BY idx_jobs_deadline WHERE status = 'published' AND deadline != ''"

// Jobs is the index of all jobs, in every status.
var Jobs = &Kind{
	table:           collections.Jobs,
	sources:         []string{collections.Jobs, collections.Employers, collections.FieldsOfInterest},
	log:             "search_log",
	clockCondition:  "r.id IN (SELECT id " + withDeadline + " AND deadline > {:since} AND deadline <= {:now})",
	nextClockChange: "SELECT coalesce(min(deadline), '') " + withDeadline + " AND deadline > {:now}",
	query:           jobQuery,
	read:            readJobs,
}

// Candidates is the index of all profiles of job seekers, whoever may see them.
var Candidates = &Kind{
	table: collections.JobSeekers,
	sources: []string{collections.JobSeekers, collections.JobSeekerInterests, collections.Users, collections.Applications,
		collections.Jobs, collections.FieldsOfInterest},
	log:   "candidate_log",
	query: candidateQuery,
	read:  readCandidates,
}

// Kinds returns all kinds.
func Kinds() []*Kind { return []*Kind{Jobs, Candidates} }

// load returns the documents of the records for which an SQL condition holds.
func (k *Kind) load(app core.App, condition string, params dbx.Params) ([]engine.Document, error) {
	return k.read(app.DB().NewQuery(k.query + condition).Bind(params))
}
