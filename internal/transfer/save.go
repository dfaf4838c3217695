package transfer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/changes"
	"jobboard/internal/database"
	"jobboard/internal/transfer/formats"
)

// outcome is what became of a batch.
type outcome struct {
	file      string
	results   []result
	refusals  []*formats.Refusal
	failed    int // of the refused rows: for reasons other than their content
	remaining int
	rehearsed int   // rows of the results that were not saved by themselves
	err       error // about the board as a whole
	panicked  any
}

// save prepares a batch and begins to write it, after the one before. The error is that of the one before.
func (i *Importer) save(ctx context.Context, file string, batch []*formats.Job) error {
	if len(batch) == 0 {
		return nil
	}
	var rows []*row
	var err error
	if !i.ended(ctx) {
		rows, err = i.prepare(batch)
	}
	if settled := i.settle(); settled != nil || err != nil || i.ended(ctx) {
		i.report.Remaining += len(batch)
		if err != nil {
			i.stopped = time.Now()
			err = fmt.Errorf("prepare rows of %s: %w", file, err)
		}
		return errors.Join(settled, err)
	}
	writing := make(chan outcome, 1)
	i.writing = writing
	go func() {
		done := outcome{file: file}
		defer func() {
			done.panicked = recover()
			writing <- done
		}()
		i.write(ctx, &done, rows)
	}()
	return nil
}

// settle waits for the batch that is being written, and adds it to the report.
func (i *Importer) settle() error {
	if i.writing == nil {
		return nil
	}
	done := <-i.writing
	i.writing = nil
	if done.panicked != nil {
		panic(done.panicked)
	}
	i.report.add(done.file, done.results)
	for _, result := range done.results {
		i.scope.employers[result.employer] = true
	}
	for _, refusal := range done.refusals {
		i.refuse(done.file, refusal)
	}
	i.rehearsed += done.rehearsed
	i.report.Failed += done.failed
	i.report.Remaining += done.remaining
	if done.err != nil {
		i.stopped = time.Now()
	}
	if i.Progress != nil {
		i.Progress(i.report.Rows())
	}
	return done.err
}

// write writes rows, some at a time. If the database is unavailable, all that remain are counted as such.
func (i *Importer) write(ctx context.Context, o *outcome, rows []*row) {
	for len(rows) > 0 {
		if rows[0].settled {
			o.results = append(o.results, rows[0].result)
			o.rehearsed++
			rows = rows[1:]
			continue
		}
		if ctx.Err() != nil {
			o.remaining += len(rows)
			return
		}
		done, err := i.saveSome(ctx, o, rows)
		rows = rows[done:]
		if err != nil {
			o.err, o.remaining = err, o.remaining+len(rows)
			return
		}
	}
}

// saveSome saves the first rows in one transaction, and returns how many are done. If one of them is rejected, each gets a
// transaction of its own, so that the others are saved.
func (i *Importer) saveSome(ctx context.Context, o *outcome, rows []*row) (done int, err error) {
	var results []result
	var tried int
	err = i.turns.take(ctx, func() (err error) {
		results, tried, err = i.saveTogether(rows)
		return err
	})
	var errs validation.Errors
	switch first := rows[0]; {
	case err == nil:
		o.results = append(o.results, results...)
		for _, row := range rows[:tried] {
			if row.record != nil || row.settled {
				o.rehearsed++
			}
		}
	case ctx.Err() != nil && database.IsUnavailable(err):
		return 0, nil
	case database.IsUnavailable(err):
		return 0, fmt.Errorf("save rows of %s: %w", o.file, err)
	case tried > 1 || first.record != nil:
		for n := range tried {
			rows[n].record, rows[n].doubtful = nil, true
			if alone, err := i.saveSome(ctx, o, rows[n:n+1]); err != nil || alone == 0 {
				return n, err
			}
		}
	case errors.As(err, &errs):
		field, reason := reasons(errs)
		o.refusals = append(o.refusals, refused(first.Job, field, reason))
	default:
		// Not the row's fault, as far as can be seen: the rest goes on, and the command fails at the end.
		o.failed++
		o.refusals = append(o.refusals, refused(first.Job, "", "could not be saved: "+err.Error()))
	}
	return tried, nil
}

// errDryRun rolls back a finished transaction.
var errDryRun = errors.New("dry run")

// saveTogether saves the first rows in one transaction, as many as fit into its time.
func (i *Importer) saveTogether(rows []*row) (results []result, tried int, err error) {
	companies := i.companies.begin()
	err = i.app.RunInTransaction(func(tx core.App) error {
		insertions := insertions{}
		for began := time.Now(); tried < len(rows); {
			next := rows[tried:][:1]
			switch first := next[0]; {
			case first.settled:
				results = append(results, first.result)
			case first.record == nil:
				tried++ // also if it fails
				result, err := i.saveJob(tx, companies, first)
				if err != nil {
					return err
				}
				results = append(results, result)
				tried--
			default:
				next = insertable(rows[tried:], i.turns.atOnce())
				tried += len(next)
				if err := i.insert(tx, companies, insertions, next); err != nil {
					return err
				}
				for _, row := range next {
					results = append(results, row.result)
				}
				tried -= len(next)
			}
			tried += len(next)
			if time.Since(began) > i.turns.length() || next[0].doubtful || tried < len(rows) && rows[tried].doubtful {
				break
			}
		}
		if i.DryRun {
			return errDryRun
		}
		return nil
	})
	if errors.Is(err, errDryRun) {
		i.companies.forget(companies)
		return results, tried, nil
	}
	if err == nil {
		i.companies.keep(companies)
	}
	return results, tried, err
}

// insertable returns the first rows, as far as one statement inserts them.
func insertable(rows []*row, atMost int) []*row {
	n := 1
	for n < len(rows) && n < atMost && rows[n].record != nil && !rows[n].doubtful && !rows[n].settled {
		n++
	}
	return rows[:n]
}

// errOtherwise says that a rehearsed save would have another result by now.
var errOtherwise = errors.New("the board has changed since the row was prepared")

// insert inserts rehearsed jobs. Their rows, and what follows from them, are the same as if each had been saved by itself.
func (i *Importer) insert(tx core.App, companies *companyChange, insertions insertions, rows []*row) error {
	related := map[string]map[string]bool{}
	for _, r := range rows {
		employer, err := companies.findOrCreate(tx, &r.result, r)
		if err != nil {
			return err
		}
		if employer != r.employer {
			return errOtherwise
		}
		for collection, ids := range r.related {
			if related[collection] == nil {
				related[collection] = map[string]bool{}
			}
			for _, id := range ids {
				related[collection][id] = true
			}
		}
	}
	for collection, ids := range related {
		if err := checkExist(tx, collection, ids); err != nil {
			return err
		}
	}
	if err := insertions.of(tx, rows).run(rows); err != nil {
		return err
	}
	created := make([]changes.Saved, len(rows))
	for n, r := range rows {
		created[n].Record = r.record.Id
	}
	if err := changes.Write(tx, rows[0].record.Collection(), changes.Create, created); err != nil {
		return err
	}
	for _, r := range rows {
		tx.TxInfo().OnComplete(func(failed error) error { return i.followInsert(r, failed) })
	}
	return nil
}

// followInsert runs the hooks that follow the transaction, as PocketBase does.
func (i *Importer) followInsert(r *row, failed error) error {
	r.event.App = i.app
	if failed != nil {
		r.event.Model.MarkAsNew()
		return i.app.OnModelAfterCreateError().Trigger(&core.ModelErrorEvent{ModelEvent: *r.event, Error: failed})
	}
	return i.app.OnModelAfterCreateSuccess().Trigger(r.event)
}

// checkExist returns errOtherwise unless a collection has records with all these ids.
func checkExist(tx core.App, collection string, ids map[string]bool) error {
	list := make([]string, 0, len(ids))
	for id := range ids {
		list = append(list, id)
	}
	raw, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("list ids of %s: %w", collection, err)
	}
	var found int
	err = tx.DB().Select("count(*)").From(collection).
		Where(dbx.NewExp("[[id]] IN (SELECT value FROM json_each({:ids}))", dbx.Params{"ids": string(raw)})).Row(&found)
	if err != nil {
		return fmt.Errorf("look for records of %s: %w", collection, err)
	}
	if found != len(ids) {
		return errOtherwise
	}
	return nil
}
