package archive

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/database"
)

// Export writes an archive of the board. All rows are as they were at one moment; nobody need wait for it. It calls report, which may be
// nil, after each row and file.
func Export(ctx context.Context, app core.App, out io.Writer, report func(Progress)) (progress Progress, err error) {
	e := &exporter{ctx: ctx, app: app, report: report, encoder: newEncoder()}
	e.zip = zip.NewWriter(out)
	e.zip.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	// The files are named in the order of the rows that name them. They are read when the snapshot has ended: on a busy board a long one
	// makes the database's log grow.
	e.names, err = os.CreateTemp("", "jobboard-export-*")
	if err != nil {
		return e.progress, fmt.Errorf("make a file for the names of files: %w", err)
	}
	defer func() { err = errors.Join(err, e.names.Close(), os.Remove(e.names.Name())) }()
	e.nameWriter = bufio.NewWriter(e.names)
	err = withSnapshot(ctx, app, func(tx *sql.Tx) error { return e.data(tx, e.entries()) })
	if err == nil {
		err = e.files()
	}
	if err == nil {
		err = e.close()
	}
	return e.progress, err
}

// ExportRecords writes all records as JSON Lines to out, each as an object with the name of its collection and the record.
func ExportRecords(ctx context.Context, app core.App, out io.Writer) (Progress, error) {
	e := &exporter{ctx: ctx, app: app, encoder: newEncoder()}
	buffer := bufio.NewWriter(out)
	err := withSnapshot(ctx, app, func(tx *sql.Tx) error {
		list, err := archivedCollections(app)
		if err != nil {
			return err
		}
		for _, c := range list {
			if _, err := e.collection(tx, c, &enveloped{buffer, `{"collection":"` + c.Name + `","record":`}); err != nil {
				return err
			}
		}
		return nil
	})
	return e.progress, errors.Join(err, buffer.Flush())
}

// enveloped puts each line that is written into an object.
type enveloped struct {
	out    *bufio.Writer
	before string
}

func (e *enveloped) Write(line []byte) (int, error) {
	if _, err := e.out.WriteString(e.before); err != nil {
		return 0, err
	}
	if _, err := e.out.Write(line[:len(line)-1]); err != nil {
		return 0, err
	}
	_, err := e.out.WriteString("}\n")
	return len(line), err
}

type exporter struct {
	ctx      context.Context
	app      core.App
	report   func(Progress)
	progress Progress
	encoder  *encoder

	zip        *zip.Writer
	manifest   manifest
	names      *os.File // of files, one JSON list of storage key and entry per line
	nameWriter *bufio.Writer
}

// withSnapshot calls read with a snapshot of the board. If the context has ended, its cause is the error.
func withSnapshot(ctx context.Context, app core.App, read func(tx *sql.Tx) error) error {
	err := database.ReadSnapshot(ctx, app, read)
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// entries returns a function that starts the entry of a name in the archive.
func (e *exporter) entries() func(name string) (io.Writer, error) {
	made := time.Now()
	return func(name string) (io.Writer, error) {
		return e.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: made})
	}
}

// data writes settings, collections and tables.
func (e *exporter) data(tx *sql.Tx, entry func(name string) (io.Writer, error)) (err error) {
	e.manifest = manifest{Format: formatName, Version: formatVersion, Made: time.Now().UTC(), Program: programVersion(), Missing: []string{}}
	if e.manifest.Step, err = lastStep(e.ctx, tx); err != nil {
		return err
	}
	to, err := entry(settingsEntry)
	if err != nil {
		return err
	}
	if err := writeSettings(e.ctx, e.app, tx, to); err != nil {
		return err
	}
	list, err := archivedCollections(e.app)
	if err != nil {
		return err
	}
	for _, c := range list {
		if to, err = entry(dataEntry(c.Name)); err != nil {
			return err
		}
		rows, err := e.collection(tx, c, to)
		if err != nil {
			return err
		}
		e.manifest.Collections = append(e.manifest.Collections, collectionEntry{Name: c.Name, Fields: fieldNames(c), Rows: rows})
	}
	tables, err := archivedTables(e.ctx, e.app, tx)
	if err != nil {
		return err
	}
	for _, table := range tables {
		if to, err = entry(tableEntry(table.Name)); err != nil {
			return err
		}
		if err := e.table(tx, &table, to); err != nil {
			return err
		}
		e.manifest.Tables = append(e.manifest.Tables, table)
	}
	return nil
}

// collection writes all records of a collection and notes their files.
func (e *exporter) collection(tx *sql.Tx, c *core.Collection, out io.Writer) (int, error) {
	fields := archivedFields(c)
	query := "SELECT " + quotedList(fieldNames(c)) + " FROM " + quoted(c.Name)
	if c.Name == core.CollectionNameExternalAuths {
		query += " WHERE recordRef IN (SELECT id FROM " + collections.Users + ")"
	}
	return e.each(tx, query+" ORDER BY rowid", len(fields), func(values []any) error {
		line, err := e.encoder.record(fields, values)
		if err != nil {
			return fmt.Errorf("archive a record of %s: %w", c.Name, err)
		}
		if _, err := out.Write(line); err != nil {
			return err
		}
		if e.nameWriter == nil {
			return nil
		}
		return e.noteFiles(c, fields, values)
	})
}

// table writes all rows of a table, in a fixed order.
func (e *exporter) table(tx *sql.Tx, table *tableContent, out io.Writer) (err error) {
	columns := quotedList(table.Columns)
	query := "SELECT " + columns + " FROM " + quoted(table.Name) + " ORDER BY " + columns
	table.Rows, err = e.each(tx, query, len(table.Columns), func(values []any) error {
		line, err := e.encoder.row(table.Columns, values)
		if err != nil {
			return fmt.Errorf("archive a row of %s: %w", table.Name, err)
		}
		_, err = out.Write(line)
		return err
	})
	if err != nil {
		return err
	}
	sequence, err := column[int64](e.ctx, tx, "SELECT seq FROM sqlite_sequence WHERE name = ?", table.Name)
	if err != nil {
		return fmt.Errorf("read the sequence of %s: %w", table.Name, err)
	}
	if len(sequence) > 0 {
		table.Sequence = sequence[0]
	}
	return nil
}

// each calls take with the values of every row of a query and returns their number.
func (e *exporter) each(tx *sql.Tx, query string, columns int, take func(values []any) error) (count int, err error) {
	rows, err := tx.QueryContext(e.ctx, query)
	if err != nil {
		return 0, fmt.Errorf("read the board: %w", err)
	}
	defer rows.Close()
	values, targets := make([]any, columns), make([]any, columns)
	for i := range values {
		targets[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return count, fmt.Errorf("read the board: %w", err)
		}
		if err := take(values); err != nil {
			return count, err
		}
		count++
		e.progress.Rows++
		e.tell()
	}
	if err := rows.Err(); err != nil {
		return count, fmt.Errorf("read the board: %w", err)
	}
	return count, nil
}

func (e *exporter) tell() {
	if e.report != nil {
		e.report(e.progress)
	}
}

// close writes the manifest and ends the archive.
func (e *exporter) close() error {
	e.progress.Missing = e.manifest.Missing
	raw, err := json.MarshalIndent(e.manifest, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the manifest: %w", err)
	}
	to, err := e.entries()(manifestEntry)
	if err != nil {
		return err
	}
	if _, err := to.Write(append(raw, '\n')); err != nil {
		return err
	}
	return e.zip.Close()
}

// programVersion returns the version of this program, as far as its build says.
func programVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return ""
}
