package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"modernc.org/sqlite"
)

// copyPages is how many pages are copied between two checks of the context: about ten milliseconds of work.
const copyPages = 1_000

// Copy writes the database in the file from, which may be in use, to the new file to, as it is at one moment. Writers need not wait
// for it.
//
// Nothing else may read a database file that this process has open: when any handle on the file is closed, the system drops all
// locks that the process holds on it, SQLite's included, and the next process that opens the database deletes the log with the
// latest writes.
func Copy(ctx context.Context, from, to string) (err error) {
	db, err := Connect(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	source, err := db.DB().Conn(ctx)
	if err != nil {
		return fmt.Errorf("copy %s: %w", from, err)
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	// The transaction keeps the moment; without it a write between two steps would restart the copy.
	moment, err := source.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("copy %s: %w", from, err)
	}
	defer func() { _ = moment.Rollback() }() // nothing was written
	if err := moment.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(new(int)); err != nil {
		return fmt.Errorf("copy %s: %w", from, err)
	}
	err = source.Raw(func(connection any) error {
		backup, ok := connection.(interface {
			NewBackup(path string) (*sqlite.Backup, error)
		})
		if !ok {
			return fmt.Errorf("%T makes no backups", connection)
		}
		// half a copy is of no use, so it needs neither a journal nor a sync for each page
		copying, err := backup.NewBackup(to + "?_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)")
		if err != nil {
			return err
		}
		for more := true; more && err == nil; {
			if err = ctx.Err(); err == nil {
				more, err = copying.Step(copyPages)
			}
		}
		if finished := copying.Finish(); err == nil {
			err = finished
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("copy %s: %w", from, err)
	}
	return nil
}
