package main

import (
	"database/sql"
	"fmt"
	"time"
)

const (
	// calibrationDocs is the number of jobs in the table of W. W is scaled to a million.
	calibrationDocs = 50_000
	// referenceW is W on the machine where the gates were set.
	referenceW = 60 * time.Millisecond
)

// calibration measures W, the third measure beside H and R: the time that SQLite takes to count the jobs with a word that 95 %
// have, in an FTS5 table without positions. It is pure computing, so it shows how fast the machine is at the moment.
type calibration struct{ db *sql.DB }

// openCalibration opens the table. It has fewer jobs on a smaller board.
func (r *run) openCalibration() (*calibration, error) {
	db, _, err := r.openFTS("walk.db", ", detail=none", calibrationDocs)
	if err != nil {
		return nil, err
	}
	return &calibration{db}, nil
}

// measure measures W once.
func (w *calibration) measure() (time.Duration, error) {
	began := time.Now()
	var n int
	if err := w.db.QueryRow("SELECT count(*) FROM fts WHERE fts MATCH 'experience'").Scan(&n); err != nil {
		return 0, fmt.Errorf("calibration: %w", err)
	}
	return time.Since(began) * 1_000_000 / time.Duration(min(calibrationDocs, max(1, n*100/95))), nil
}

// slowdown returns how many times slower this machine is than the one where the gates were set.
func (r *report) slowdown() float64 {
	if r.w == 0 {
		return 1
	}
	return ratio(r.w, referenceW)
}
