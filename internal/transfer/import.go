package transfer

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"jobboard/collections"
	"jobboard/internal/deadline"
	"jobboard/internal/transfer/formats"
	"jobboard/internal/workflow"
)

const (
	// batchSize is the number of jobs that are prepared at once, unless their descriptions are longer than batchBytes.
	batchSize  = 256
	batchBytes = 4 << 20
	// countFor bounds how long the remaining rows are counted when the import ends early.
	countFor = time.Second
	// maxRefusals bounds how many refusals a report lists; all are counted.
	maxRefusals = 10_000
)

// Importer saves the jobs of files, each through the same hooks as a job from any other source.
type Importer struct {
	// Status is the status of new jobs whose row has none: draft or published.
	Status string
	// Source is the source of rows that name none; "" leaves it to the kind of file.
	Source string
	// Employers are companies that the admin trusts with jobs of this import: each a slug or id, or "name=slug" for rows with
	// another name than the company's own.
	Employers []string
	// Company is the company of rows that name none. Without it they go to the one of Employers, if that is a single one.
	Company string
	// Pinned makes all rows jobs of Source and, if Employers is a single one, of that company, whatever they name: a file that somebody
	// else may change must not change the jobs of others.
	Pinned bool
	// DryRun rolls everything back after saving it, so that the report is the real one.
	DryRun bool
	// Options are for the readers of files.
	Options formats.Options
	// Progress is called now and then with how many rows are done, if it is set.
	Progress func(rows int)
	// Refused is called with each rejected row, if it is set.
	Refused func(FileRefusal)

	app       core.App
	turns     turns
	stopped   time.Time // when the import ended early
	report    *Report
	companies companyBook
	interests interestBook
	preparer  *preparer
	writing   chan outcome // of the batch that is being written, or nil
	rehearsed int          // rows that were inserted, or left alone, as they were rehearsed
	seen      seenJobs
	scope     scope
}

// NewImporter returns an importer into a migrated board.
func NewImporter(app core.App) *Importer {
	return &Importer{
		Status: workflow.Published,
		app:    app, turns: turns{app: app}, report: newReport(), seen: seenJobs{at: map[jobHash]rowPlace{}}, scope: newScope(),
	}
}

// EnlargeCache gives the connection that writes more memory than a board's connections have. It is for a process of its own.
func (i *Importer) EnlargeCache() error {
	if _, err := i.app.NonconcurrentDB().NewQuery("PRAGMA cache_size = -64000").Execute(); err != nil { // KiB
		return fmt.Errorf("enlarge the cache: %w", err)
	}
	return nil
}

// BesideBoard makes the import write in short turns from the start, as it does when others write.
func (i *Importer) BesideBoard() { i.turns.beside = true }

// Report returns what the import has done so far.
func (i *Importer) Report() *Report { return i.report }

// File imports one file, which the report calls name. The error is about the file or the board as a whole, never about a row. When
// ctx is cancelled, what is saved stays, and the remaining rows are counted.
func (i *Importer) File(ctx context.Context, name string, format formats.Format, content io.Reader) (err error) {
	if err := i.Prepare(); err != nil {
		return err
	}
	i.scope.begin(format)
	defer func() { i.scope.end(ctx, err) }()
	// A hook can't see who saves, so it looks for the mark that only the import sets.
	skip := &hook.Handler[*core.RecordEvent]{Id: "skipUnchangedJobOnImport", Priority: 9999, Func: skipUnchangedOnUpdate}
	i.app.OnRecordUpdate(collections.Jobs).Bind(skip)
	defer i.app.OnRecordUpdate(collections.Jobs).Unbind(skip.Id)

	refusedBefore, refusals := i.report.Refused, len(i.report.Refusals)
	// Rows rejected while reading come before earlier ones that wait for their batch.
	defer func() { sortByLine(i.report.Refusals[refusals:]) }()
	understood, err := i.read(ctx, name, format, content)
	if err = errors.Join(err, i.settle()); err != nil {
		return err
	}
	if unread := i.report.Refused - refusedBefore; understood == 0 && unread > 0 && !i.ended(ctx) {
		first := i.report.Refusals[refusals:][:1]
		i.report.Refused, i.report.Refusals = refusedBefore, i.report.Refusals[:refusals]
		return fmt.Errorf("%s is not in the format %s: none of its %d rows can be read (%w)", name, format.Name, unread, &first[0].Refusal)
	}
	return nil
}

// read reads a file and saves its rows, and returns how many it understood. The last ones may still be being written.
func (i *Importer) read(ctx context.Context, name string, format formats.Format, content io.Reader) (understood int, err error) {
	var batch []*formats.Job
	size := 0
	for job, err := range readAhead(format.Read(content, i.Options)) {
		var refusal *formats.Refusal
		unreadable := errors.As(err, &refusal)
		switch {
		case err != nil && !unreadable:
			return understood, errors.Join(i.save(ctx, name, batch), fmt.Errorf("read %s: %w", name, err))
		case i.ended(ctx):
			if i.report.Remaining++; time.Since(i.stopped) > countFor {
				i.report.MoreRemaining = true
				return understood, i.save(ctx, name, batch)
			}
			continue
		case unreadable:
			i.refuse(name, refusal)
			continue
		}
		understood++
		if refusal := i.check(name, job); refusal != nil {
			i.refuse(name, refusal)
			continue
		}
		if i.report.note(name, job); job.Skipped != "" {
			continue
		}
		description, _ := job.Values["description"].(string)
		size += len(description)
		if batch = append(batch, job); len(batch) == batchSize || size > batchBytes {
			if err := i.save(ctx, name, batch); err != nil {
				return understood, err
			}
			batch, size = nil, 0
		}
	}
	return understood, i.save(ctx, name, batch)
}

// ended reports whether the import saves no more rows.
func (i *Importer) ended(ctx context.Context) bool {
	if i.stopped.IsZero() && ctx.Err() != nil {
		i.stopped = time.Now()
	}
	return !i.stopped.IsZero()
}

// Prepare reads what the import needs from the board. Its error is about the board or the import's settings.
func (i *Importer) Prepare() error {
	if i.interests.byKind != nil {
		return nil
	}
	var err error
	if i.companies, err = readCompanies(i.app, i.Employers); err != nil {
		return err
	}
	if i.preparer, err = newPreparer(i.app, i.Employers); err != nil {
		return err
	}
	i.interests, err = readInterests(i.app)
	return err
}

// refuse counts a rejected row.
func (i *Importer) refuse(file string, refusal *formats.Refusal) {
	i.scope.unnamed = i.scope.unnamed || refusal.Unnamed
	i.report.refuse(file, refusal)
	if i.Refused != nil {
		i.Refused(FileRefusal{file, *refusal})
	}
}

// check rejects what the jobs collection would accept: a row that a second import could not find again.
func (i *Importer) check(file string, job *formats.Job) *formats.Refusal {
	for _, key := range job.Ignored {
		countName(i.report.Ignored, key)
	}
	source, _ := job.Values["source"].(string)
	if source = strings.TrimSpace(source); source == "" || i.Pinned {
		source = cmp.Or(i.Source, "import")
	}
	externalID, _ := job.Values["externalId"].(string)
	externalID = strings.TrimSpace(externalID)
	job.Values["source"], job.Values["externalId"] = source, externalID
	i.setCompany(job)
	if externalID == "" {
		refusal := refused(job, "externalId", "missing; without it a second import would duplicate the job")
		refusal.Unnamed = true
		return refusal
	}
	if first, line, twice := i.seen.find(source, externalID); twice {
		return refused(job, "externalId", fmt.Sprintf("%s of %s was in %s line %d already", externalID, source, first, line))
	}
	if job.Skipped != "" { // so that it is closed, if it was imported before
		i.scope.sources[source] = true
		return nil
	}
	i.seen.add(source, externalID, file, job.Line)
	i.scope.sources[source] = true
	if job.Company == "" && job.EmployerID == "" {
		return refused(job, "company", "missing; --company names it")
	}
	return nil
}

// setCompany gives a row that names no company that of the import.
func (i *Importer) setCompany(job *formats.Job) {
	if i.Pinned && i.companies.only != "" {
		job.Company, job.EmployerID = "", i.companies.only
		return
	}
	if job.Company = strings.Join(strings.Fields(job.Company), " "); job.Company != "" || job.EmployerID != "" {
		return
	}
	if job.Company = i.Company; job.Company == "" {
		job.EmployerID = i.companies.only
	}
}

// refused returns the refusal of a job as it was read.
func refused(job *formats.Job, field, reason string) *formats.Refusal {
	return &formats.Refusal{Line: job.Line, Item: job.Item, Field: field, Reason: reason, Row: job.Row()}
}

// result is the outcome of one row.
type result struct {
	action        action
	newCompany    string
	namesake      *company // an untrusted company of that name
	unknownFields []string // texts for which no field of interest was found
	employer      string   // whose job it is
	line          int
	skipped       string         // why the row is no job for the board
	assumed       []formats.Note // values of required fields that the source does not give
}

type action int

const (
	created action = iota
	updated
	unchanged
	skipped
)

func (i *Importer) saveJob(tx core.App, companies *companyChange, job *row) (result, error) {
	r := result{line: job.Line}
	record, err := findImported(tx, job.Job)
	if err != nil {
		return r, err
	}
	isNew := record == nil
	if isNew && job.Closed != "" {
		r.action, r.skipped = skipped, job.Closed
		return r, nil
	}
	if isNew {
		jobs, err := tx.FindCachedCollectionByNameOrId(collections.Jobs)
		if err != nil {
			return r, fmt.Errorf("find the collection of jobs: %w", err)
		}
		record = i.newRecord(jobs, &r, job.Job)
		// A job stays with its employer: a company that claimed its jobs may have renamed itself since.
		id, err := companies.findOrCreate(tx, &r, job)
		if err != nil {
			return r, err
		}
		record.Set("employer", id)
	} else if err := companies.checkHolder(tx, record, job.Job); err != nil {
		return r, err
	}
	r.employer = record.GetString("employer")
	if !isNew && i.Status == workflow.Published && job.Values["status"] == nil {
		if err := reopen(tx, record); err != nil {
			return r, err
		}
	}
	i.fill(record, &r, job.Job)
	record.SetRaw(importedKey, true)

	switch err := tx.Save(record); {
	case errors.Is(err, errUnchanged):
		r.action = unchanged
	case err != nil:
		return r, err
	case isNew:
		r.action = created
	default:
		r.action = updated
	}
	return r, nil
}

// newRecord returns the record of a new job with what its row does not give.
func (i *Importer) newRecord(jobs *core.Collection, r *result, job *formats.Job) *core.Record {
	record := core.NewRecord(jobs)
	record.Set("status", i.Status)
	for field, value := range job.Defaults {
		record.Set(field, value)
		r.assumed = append(r.assumed, formats.Note{Field: field, Reason: fmt.Sprintf("not given; new jobs are %v", value)})
	}
	return record
}

// fill sets the values of a row.
func (i *Importer) fill(record *core.Record, r *result, job *formats.Job) {
	setApplyMethod(job)
	for field, value := range job.Values {
		if field == "status" && value == nil {
			continue
		}
		if day, ok := value.(string); ok && field == "deadline" && deadline.IsDate(day) {
			deadline.SetDate(record, day)
			continue
		}
		record.Set(field, value)
	}
	r.unknownFields = i.interests.set(record, job)
}

// findImported returns the job of an earlier import, or nil.
func findImported(tx core.App, job *formats.Job) (*core.Record, error) {
	// The second condition lets SQLite use the index, which holds only jobs that have an externalId.
	found, err := tx.FindAllRecords(collections.Jobs, dbx.HashExp{
		"source": job.Values["source"], "externalId": job.Values["externalId"],
	}, dbx.NewExp("[[externalId]] != ''"))
	if err != nil {
		return nil, fmt.Errorf("look for the job %v of %v: %w", job.Values["externalId"], job.Values["source"], err)
	}
	if len(found) == 0 {
		return nil, nil
	}
	return found[0], nil
}

// importedKey marks a record that the import saves. No field can have this name.
const importedKey = "@imported"

// errUnchanged ends a save that would change nothing.
var errUnchanged = errors.New("the job has not changed")

// skipUnchangedOnUpdate runs after all other hooks, when the new values have the form in which they are stored.
func skipUnchangedOnUpdate(e *core.RecordEvent) error {
	if e.Record.GetRaw(importedKey) != true {
		return e.Next()
	}
	before, after := e.Record.Original(), e.Record
	for _, field := range e.Record.Collection().Fields {
		name := field.GetName()
		if field.Type() == core.FieldTypeAutodate {
			continue
		}
		same, err := sameStored(before, after, name)
		if err != nil {
			return err
		}
		if !same {
			return e.Next()
		}
	}
	return errUnchanged
}

func sameStored(before, after *core.Record, name string) (bool, error) {
	if x, isText := before.GetRaw(name).(string); isText {
		if y, isText := after.GetRaw(name).(string); isText {
			return x == y, nil
		}
	}
	x, err := storedValue(before, name)
	if err != nil {
		return false, err
	}
	y, err := storedValue(after, name)
	return x == y, err
}

// reasons returns the first field that is wrong, and one line that says why, and what else is wrong.
func reasons(errs validation.Errors) (field, reason string) {
	fields := slices.Sorted(maps.Keys(errs))
	for n, field := range fields {
		text := errs[field].Error()
		if n > 0 {
			text = field + ": " + text
		}
		reason += map[bool]string{true: "; "}[n > 0] + text
	}
	return fields[0], reason
}

// storedValue returns a field's value as it is stored in the database.
func storedValue(record *core.Record, name string) (string, error) {
	raw, err := json.Marshal(record.Get(name))
	if err != nil {
		return "", fmt.Errorf("compare %s: %w", name, err)
	}
	return string(raw), nil
}
