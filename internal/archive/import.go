package archive

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
)

// seededCollection has rows on a new board, too. Those of the archive replace them.
const seededCollection = collections.FieldsOfInterest

const cacheKB = 64 << 10

// Options say how to import an archive.
type Options struct {
	DryRun bool           // check everything, but save nothing
	Report func(Progress) // called after each row and file, unless it is nil
}

// Import fills an empty board from the archive in a file. Records keep their ids and dates, and are checked against the schema; hooks
// don't run, so nobody is notified. The rows are saved in one transaction, after the files that they name: a board whose import fails or
// is killed stays empty.
func Import(ctx context.Context, app core.App, path string, options Options) (progress Progress, err error) {
	reader, err := zip.OpenReader(path)
	if err != nil {
		return progress, fmt.Errorf("%s is no complete zip file: %w", path, err)
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	a, err := open(&reader.Reader)
	if err != nil {
		return progress, err
	}
	i := &importer{ctx: ctx, archive: a, options: options}
	i.progress.TotalRows, i.progress.TotalFiles = a.manifest.rows(), a.manifest.Files
	err = app.RunInTransaction(func(tx core.App) error {
		i.app, i.db = tx, transaction{tx.DB()}
		if err := i.enlargeCache(); err != nil {
			return err
		}
		if err := i.run(); err != nil {
			return err
		}
		if options.DryRun {
			return errDryRun
		}
		return i.putFiles()
	})
	if errors.Is(err, errDryRun) {
		return i.progress, nil
	}
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return i.progress, errors.Join(err, i.removeFiles(app))
	}
	return i.progress, nil
}

// enlargeCache lets the connection keep more of the database in memory, since the rows of one transaction change the same pages of the
// indexes again and again. The process imports nothing else.
func (i *importer) enlargeCache() error {
	return i.exec("enlarge the cache", fmt.Sprintf("PRAGMA cache_size = -%d", cacheKB))
}

// errDryRun undoes the transaction of a dry run.
var errDryRun = errors.New("dry run")

type importer struct {
	ctx      context.Context
	app      core.App // in the transaction
	db       transaction
	archive  *archived
	options  Options
	progress Progress

	named []namedFile // by records
	put   []string    // storage keys
}

// run writes all rows and checks that they fit together.
func (i *importer) run() error {
	list, err := archivedCollections(i.app)
	if err != nil {
		return err
	}
	tables, err := archivedTables(i.ctx, i.app, i.db)
	if err != nil {
		return err
	}
	step, err := lastStep(i.ctx, i.db)
	if err != nil {
		return err
	}
	if err := i.archive.mustFit(list, tables, step); err != nil {
		return err
	}
	if err := i.mustBeEmpty(list); err != nil {
		return err
	}
	restore, err := i.suspendTriggers(list, tables)
	if err != nil {
		return err
	}
	for _, c := range list {
		if err := i.collection(c); err != nil {
			return err
		}
	}
	for _, table := range tables {
		if err := i.table(table.Name); err != nil {
			return err
		}
	}
	if err := i.archive.mustHaveUsed(i.named); err != nil {
		return err
	}
	if err := i.checkRelations(list); err != nil {
		return err
	}
	if err := restore(); err != nil {
		return err
	}
	settings, err := i.archive.open(settingsEntry, maxSettings)
	if err != nil {
		return err
	}
	defer settings.Close()
	return readSettings(i.app, settings)
}

// mustBeEmpty refuses a board that has records.
func (i *importer) mustBeEmpty(list []*core.Collection) error {
	var has []string
	for _, c := range list {
		if c.Name == seededCollection {
			continue
		}
		rows, err := i.app.CountRecords(c.Name)
		if err != nil {
			return fmt.Errorf("count the records of %s: %w", c.Name, err)
		}
		if rows > 0 {
			has = append(has, fmt.Sprintf("%s (%d)", c.Name, rows))
		}
	}
	if len(has) > 0 {
		return fmt.Errorf("the board is not empty: it has %s; import into a new data folder (--dir), before anybody registers",
			strings.Join(has, ", "))
	}
	return i.exec("remove what a new board has", "DELETE FROM "+quoted(seededCollection))
}

func (i *importer) exec(what, query string, args ...any) error {
	if _, err := i.db.query(i.ctx, query, args).Execute(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// row counts a row that was written.
func (i *importer) row() error {
	i.progress.Rows++
	i.tell()
	return context.Cause(i.ctx)
}

func (i *importer) tell() {
	if i.options.Report != nil {
		i.options.Report(i.progress)
	}
}
