package main

import (
	"database/sql"
	"strings"
	"time"

	"jobboard/internal/benchboard"
)

// rawTransaction is how many rows one transaction inserts.
const rawTransaction = 100

// insertRaw inserts the jobs of one board into another by SQL. Reading them is not measured.
func insertRaw(from, into string) (imported, error) {
	source, err := benchboard.OpenDB(from)
	if err != nil {
		return imported{}, err
	}
	defer source.Close()
	target, err := benchboard.OpenDB(into, "synchronous(NORMAL)", "cache_size(-64000)")
	if err != nil {
		return imported{}, err
	}
	defer target.Close()
	rows, err := source.Query("SELECT * FROM jobs ORDER BY rowid")
	if err != nil {
		return imported{}, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return imported{}, err
	}
	insert, err := target.Prepare("INSERT INTO jobs (`" + strings.Join(columns, "`, `") + "`) VALUES (?" +
		strings.Repeat(", ?", len(columns)-1) + ")")
	if err != nil {
		return imported{}, err
	}
	total := imported{}
	for {
		batch, err := readBatch(rows, len(columns))
		if err != nil {
			return total, err
		}
		if len(batch) == 0 {
			return total, nil
		}
		began, user, system := time.Now(), time.Duration(0), time.Duration(0)
		if user, system, err = benchboard.OwnCPU(); err != nil {
			return total, err
		}
		if err := insertBatch(target, insert, batch); err != nil {
			return total, err
		}
		userNow, systemNow, err := benchboard.OwnCPU()
		if err != nil {
			return total, err
		}
		total.took += time.Since(began)
		total.user, total.system, total.rows = total.user+userNow-user, total.system+systemNow-system, total.rows+len(batch)
	}
}

func readBatch(rows *sql.Rows, columns int) (batch [][]any, err error) {
	for len(batch) < rawTransaction && rows.Next() {
		values, into := make([]any, columns), make([]any, columns)
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		batch = append(batch, values)
	}
	return batch, rows.Err()
}

func insertBatch(db *sql.DB, insert *sql.Stmt, batch [][]any) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback() // no effect after the commit
	inTx := tx.Stmt(insert)
	for _, values := range batch {
		if _, err := inTx.Exec(values...); err != nil {
			return err
		}
	}
	return tx.Commit()
}
