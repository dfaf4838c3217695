package main

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

const (
	// walkDocs is how many jobs W's table has. W is scaled to a million.
	walkDocs = 50_000
	// walkThere is W on the machine where the gates were seen, from the same measurements.
	walkThere = 60 * time.Millisecond
)

// walk is W, the third measure beside H and R: the time in which SQLite counts the jobs with a word that 95 % have, in an FTS5
// table without positions. It takes nothing but computing, so it tells how quick the machine is at this moment.
type walk struct{ db *sql.DB }

// openWalk opens the table, which is made first where it is missing. A smaller board has fewer jobs in it.
func (r *run) openWalk() (*walk, error) {
	path := filepath.Join(r.dir, "walk.db")
	_, err := os.Stat(path)
	missing := os.IsNotExist(err)
	db, err := openDB(path, "synchronous(OFF)", "cache_size(-64000)")
	if err != nil {
		return nil, err
	}
	if missing {
		err = execAll(db,
			"ATTACH '"+sqlText(filepath.Join(r.data(), "data.db"))+"' AS board",
			`CREATE VIRTUAL TABLE fts USING fts5(title, skills, company, location, body, content='', detail=none, tokenize='porter unicode61')`,
			fmt.Sprintf(`INSERT INTO fts (rowid, title, skills, company, location, body)
				SELECT j.rowid, j.title, j.skills, e.name, j.location, j.description
				FROM board.jobs j JOIN board.employers e ON e.id = j.employer WHERE j.status = 'published' LIMIT %d`, walkDocs),
			"DETACH board")
		if err != nil {
			return nil, firstOf(err, db.Close(), os.Remove(path))
		}
	}
	return &walk{db}, nil
}

// once takes W once.
func (w *walk) once() (time.Duration, error) {
	began := time.Now()
	var n int
	if err := w.db.QueryRow("SELECT count(*) FROM fts WHERE fts MATCH 'experience'").Scan(&n); err != nil {
		return 0, fmt.Errorf("walk: %w", err)
	}
	return time.Since(began) * 1_000_000 / time.Duration(min(walkDocs, max(1, n*100/95))), nil
}

// slower is how many times slower than there this machine is.
func (r *report) slower() float64 {
	if r.walk == 0 {
		return 1
	}
	return ratio(r.walk, walkThere)
}
