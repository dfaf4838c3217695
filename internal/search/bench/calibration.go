package main

import (
	"database/sql"
	"fmt"
	"time"
)

const (
	// walkDocs is how many jobs W's table has. W is scaled to a million.
	calibrationDocs = 50_000
	// walkThere is W on the machine where the gates were seen, from the same measurements.
	referenceW = 60 * time.Millisecond
)

// walk is W, the third measure beside H and R: the time in which SQLite counts the jobs with a word that 95 % have, in an FTS5
// table without positions. It takes nothing but computing, so it tells how quick the machine is at this moment.
type calibration struct{ db *sql.DB }

// openWalk opens the table. A smaller board has fewer jobs in it.
func (r *run) openCalibration() (*calibration, error) {
	db, _, err := r.openFTS("walk.db", ", detail=none", calibrationDocs)
	if err != nil {
		return nil, err
	}
	return &calibration{db}, nil
}

// once takes W once.
func (w *calibration) measure() (time.Duration, error) {
	began := time.Now()
	var n int
	if err := w.db.QueryRow("SELECT count(*) FROM fts WHERE fts MATCH 'experience'").Scan(&n); err != nil {
		return 0, fmt.Errorf("walk: %w", err)
	}
	return time.Since(began) * 1_000_000 / time.Duration(min(calibrationDocs, max(1, n*100/95))), nil
}

// slower is how many times slower than there this machine is.
func (r *report) slowdown() float64 {
	if r.w == 0 {
		return 1
	}
	return ratio(r.w, referenceW)
}
