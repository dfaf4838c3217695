package main

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"time"

	"jobboard/internal/benchboard"
)

const (
	insertBlocks = 10
	insertsEach  = 100
)

// measureInsert compares inserts of one job, each in its own transaction, with and without the triggers of the search log. The
// jobs are deleted afterwards.
func (r *run) measureInsert() error {
	db, err := benchboard.OpenDB(filepath.Join(r.Data(), "data.db"), "synchronous(NORMAL)")
	if err != nil {
		return err
	}
	defer db.Close()
	industries, err := benchboard.Texts(db, "SELECT id FROM fields_of_interest WHERE kind = 'industry' ORDER BY slug")
	if err != nil {
		return err
	}
	var logged, plain benchboard.Durations
	at := r.Corpus.Jobs
	for range insertBlocks {
		if err := r.insert(db, industries, &at, &logged); err != nil {
			return err
		}
		triggers, err := benchboard.DropTriggers(db, "search_log%")
		if err != nil {
			return err
		}
		if err := r.insert(db, industries, &at, &plain); err != nil {
			return err
		}
		if err := benchboard.ExecAll(db, triggers...); err != nil {
			return err
		}
	}
	if _, err := db.Exec("DELETE FROM jobs WHERE id >= ?", benchboard.JobID(r.Corpus.Jobs)); err != nil {
		return err
	}
	r.report.gate("insert with the log ÷ plain insert, p50", ratio(logged.At(0.5), plain.At(0.5)), 2, "%.2f", atMost)
	r.report.note("inserts", fmt.Sprintf("%.3f ms with the log, %.3f ms without", logged.MillisAt(0.5), plain.MillisAt(0.5)))
	return nil
}

func (r *run) insert(db *sql.DB, industries []string, at *int, took *benchboard.Durations) error {
	statement, err := db.Prepare(benchboard.InsertJob)
	if err != nil {
		return err
	}
	defer statement.Close()
	for range insertsEach {
		j := r.Corpus.Job(*at, time.Now().UTC())
		*at++
		row := j.Row(industries)
		began := time.Now()
		if _, err := statement.Exec(row...); err != nil {
			return err
		}
		*took = append(*took, time.Since(began))
	}
	return nil
}
