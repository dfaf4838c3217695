package search

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/search/engine"
)

// Kind is a kind of record that is searched. Each has an index of its own, fed by a log of its own.
type Kind struct {
	table          string   // where the records are; also the name of the index's folder
	sources        []string // tables that a document is made of: a commit there is looked for at once
	log            string   // where triggers note which of them have changed: (seq, record)
	clockCondition string   // condition on the records, called r, whose documents the clock changes between {:since} and {:now}
	// query selects what documents are made of, from the records, called r, for which a condition holds; the condition is missing.
	query string
	// read makes documents of the query's answer. It must read every row, whatever plain SQL wrote there: one that it could not
	// would stop the index for all the others.
	read func(query *dbx.Query) ([]engine.Document, error)
}

// Jobs is the index of all jobs, in every status.
var Jobs = &Kind{table: collections.Jobs, sources: []string{collections.Jobs, collections.Employers, collections.FieldsOfInterest},
	log: "search_log", query: jobQuery, read: readJobs,
	clockCondition: "r.status = 'published' AND r.deadline != '' AND r.deadline > {:since} AND r.deadline <= {:now}"}

// Candidates is the index of all profiles of job seekers, whoever may see them.
var Candidates = &Kind{table: collections.JobSeekers, sources: []string{collections.JobSeekers, collections.JobSeekerInterests, collections.Users,
	collections.Applications, collections.Jobs, collections.FieldsOfInterest}, log: "candidate_log",
	query: candidateQuery, read: readCandidates}

// Kinds lists what is searched.
func Kinds() []*Kind { return []*Kind{Jobs, Candidates} }

// load makes documents of the records for which a condition holds.
func (k *Kind) load(app core.App, condition string, params dbx.Params) ([]engine.Document, error) {
	return k.read(app.DB().NewQuery(k.query + condition).Bind(params))
}
