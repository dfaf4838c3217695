package main

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"jobboard/internal/benchboard"
)

const (
	ftsRuns   = 5
	ftsBudget = 20 * time.Second // for one class; slow classes run fewer times
)

// queryFTS runs the same queries on SQLite's FTS5, in a file of its own and without HTTP, rows or permissions.
func (r *run) queryFTS() error {
	db, took, err := r.openFTS("fts.db", "", -1)
	if err != nil {
		return err
	}
	defer db.Close()
	if took > 0 {
		r.report.note("FTS5, build", fmt.Sprintf("%.1f s", took.Seconds()))
	}
	if info, err := os.Stat(filepath.Join(r.Dir, "fts.db")); err == nil {
		r.report.note("FTS5, disk", fmt.Sprintf("%.0f MB", float64(info.Size())/(1<<20)))
	}
	for i := range r.report.classes {
		one := &r.report.classes[i]
		if one.isCorrected() {
			continue // FTS5 has no spelling correction
		}
		for began := time.Now(); len(one.fts) < ftsRuns && (len(one.fts) == 0 || time.Since(began) < ftsBudget); {
			asked := time.Now()
			if err := one.queryFTS(db); err != nil {
				return fmt.Errorf("%s: %w", one.name, err)
			}
			one.fts = append(one.fts, time.Since(asked))
		}
	}
	return nil
}

// openFTS opens an FTS5 table of published jobs in a file of its own, with the board's database attached as board. If the file
// does not exist, it is created with at most so many jobs (-1: all), and took is the time for that.
func (r *run) openFTS(name, option string, most int) (db *sql.DB, took time.Duration, err error) {
	path := filepath.Join(r.Dir, name)
	_, err = os.Stat(path)
	missing := os.IsNotExist(err)
	if db, err = benchboard.OpenDB(path, "synchronous(OFF)", "cache_size(-64000)"); err != nil {
		return nil, 0, err
	}
	err = benchboard.ExecAll(db, "ATTACH '"+sqlText(filepath.Join(r.Data(), "data.db"))+"' AS board")
	if err == nil && missing {
		began := time.Now()
		err = benchboard.ExecAll(db,
			`CREATE VIRTUAL TABLE fts USING fts5(title, skills, company, location, body, content='',
				tokenize='porter unicode61'`+option+`)`,
			`INSERT INTO fts (rowid, title, skills, company, location, body)
				SELECT j.rowid, j.title, j.skills, e.name, j.location, j.description
				FROM board.jobs j JOIN board.employers e ON e.id = j.employer WHERE j.status = 'published' LIMIT `+fmt.Sprint(most))
		took = time.Since(began)
	}
	if err != nil {
		err = firstOf(err, db.Close())
		if missing { // the next run must not use an incomplete table
			err = errors.Join(err, os.Remove(path))
		}
		return nil, 0, err
	}
	return db, took, nil
}

func (c *class) queryFTS(db *sql.DB) error {
	where, args := "j.status = 'published'", []any{}
	from := "board.jobs j"
	order := "j.publishedAt DESC"
	if c.fts != "" {
		from, where, args = "fts CROSS JOIN board.jobs j ON j.rowid = fts.rowid", "fts MATCH ?", []any{c.fts}
		order = "bm25(fts, 10, 5, 3, 3, 1)"
		if c.where == "" && c.order == "" && !c.facets {
			from = "fts"
		}
	}
	if c.order != "" {
		order = c.order
	}
	if c.where != "" {
		where += " AND " + c.where
	}
	if c.facets {
		for _, column := range []string{"industry", "jobType", "workplace", "experienceLevel"} {
			if err := drain(db, "SELECT "+column+", count(*) FROM "+from+" WHERE "+where+" GROUP BY 1", args...); err != nil {
				return err
			}
		}
	}
	id := "fts.rowid"
	if c.fts == "" {
		id = "j.rowid"
	}
	err := drain(db, fmt.Sprintf("SELECT %s FROM %s WHERE %s ORDER BY %s LIMIT 20 OFFSET %d", id, from, where, order, c.offset), args...)
	if err != nil {
		return err
	}
	// every page of a search also has the total
	return drain(db, "SELECT count(*) FROM "+from+" WHERE "+where, args...)
}

func drain(db *sql.DB, query string, args ...any) error {
	_, err := benchboard.Texts(db, "SELECT coalesce(1, '') FROM ("+query+")", args...)
	return err
}
