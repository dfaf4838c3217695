package transfer

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/transfer/formats"
	"jobboard/internal/workflow"
)

// preparer does for a batch of rows what needs no write lock, while the batch before is being written: it looks for the jobs of earlier
// imports and rehearses the saves.
type preparer struct {
	app       core.App
	jobs      *core.Collection
	rehearsal rehearsal
	// companies is a book of its own, since the other one changes meanwhile. It also has the ids that new companies are going to have.
	companies companyBook
}

func newPreparer(app core.App, employers []string) (*preparer, error) {
	jobs, err := app.FindCachedCollectionByNameOrId(collections.Jobs)
	if err != nil {
		return nil, fmt.Errorf("find the collection of jobs: %w", err)
	}
	companies, err := readCompanies(app, employers)
	if err != nil {
		return nil, err
	}
	return &preparer{app: app, jobs: jobs, companies: companies,
		rehearsal: rehearsal{App: app, onlyFields: checksFieldsOnly(app, jobs)}}, nil
}

// row is a row of a file on its way into the database.
type row struct {
	*formats.Job
	result
	// newEmployerID is the id that the row's company gets if it has to be created; "" for any.
	newEmployerID string
	// record and values are those of a new job that has passed all hooks and checks and can be inserted as it is.
	record  *core.Record
	event   *core.ModelEvent
	values  map[string]any
	related map[string][]string
	// settled is true if nothing needs to be written.
	settled bool
	// doubtful is true if the row has failed once, so that it gets a transaction of its own.
	doubtful bool
}

// prepare prepares a batch.
func (i *Importer) prepare(batch []*formats.Job) ([]*row, error) {
	p := i.preparer
	found, err := p.findImported(batch)
	if err != nil {
		return nil, err
	}
	companies := p.companies.begin()
	rows := make([]*row, len(batch))
	for n, job := range batch {
		rows[n] = &row{Job: job, result: result{line: job.Line}}
		err := i.rehearse(rows[n], found[jobKey{job.Values["source"], job.Values["externalId"]}], companies)
		rows[n].doubtful = err != nil && !errors.Is(err, errWrites) && !errors.Is(err, errChanged)
	}
	p.companies.keep(companies)
	return rows, nil
}

// jobKey is what tells the jobs of imports apart: source and externalId.
type jobKey [2]any

// findImported returns those jobs of the batch that an earlier import made.
func (p *preparer) findImported(batch []*formats.Job) (map[jobKey]*core.Record, error) {
	bySource := map[any][]any{}
	for _, job := range batch {
		bySource[job.Values["source"]] = append(bySource[job.Values["source"]], job.Values["externalId"])
	}
	found := map[jobKey]*core.Record{}
	for source, ids := range bySource {
		list, err := json.Marshal(ids)
		if err != nil {
			return nil, fmt.Errorf("list the jobs of a batch: %w", err)
		}
		records, err := p.app.FindAllRecords(p.jobs, dbx.HashExp{"source": source}, dbx.NewExp(
			"[[externalId]] != '' AND [[externalId]] IN (SELECT value FROM json_each({:ids}))", dbx.Params{"ids": string(list)}))
		if err != nil {
			return nil, fmt.Errorf("look for jobs of %v: %w", source, err)
		}
		for _, record := range records {
			found[jobKey{source, record.GetString("externalId")}] = record
		}
	}
	return found, nil
}

// rehearse finds out what the row is going to write. An error says that its save has to be tried in earnest.
func (i *Importer) rehearse(r *row, record *core.Record, companies *companyChange) error {
	p := i.preparer
	if record != nil {
		return i.rehearseUpdate(r, record, companies)
	}
	id, err := companies.find(p.app, r.Job)
	if err != nil {
		return err
	}
	if id == "" {
		id = core.GenerateDefaultRandomId()
		companies.ids[companyKey(r.Company)] = id
	}
	r.newEmployerID = id // in case that it does not exist
	record = i.newRecord(p.jobs, &r.result, r.Job)
	record.Set("employer", id)
	i.fill(record, &r.result, r.Job)
	p.rehearsal.related = map[string][]string{}
	values, event, err := p.rehearsal.create(record)
	if err != nil {
		return err
	}
	r.record, r.values, r.event, r.related, r.employer = record, values, event, p.rehearsal.related, id
	return nil
}

// rehearseUpdate settles a row that would change nothing.
func (i *Importer) rehearseUpdate(r *row, record *core.Record, companies *companyChange) error {
	if record.GetString("status") == workflow.Closed { // may be published again
		return errChanged
	}
	if err := companies.checkHolder(i.app, record, r.Job); err != nil {
		return err
	}
	r.employer = record.GetString("employer")
	i.fill(record, &r.result, r.Job)
	record.SetRaw(importedKey, true)
	i.preparer.rehearsal.related = map[string][]string{}
	err := i.preparer.rehearsal.update(record)
	if errors.Is(err, errUnchanged) {
		r.action, r.settled = unchanged, true
		return nil
	}
	return err
}
