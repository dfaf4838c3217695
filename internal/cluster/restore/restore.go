// Package restore restores the database from the cluster's log in the bucket, as it was at any moment that the log still covers.
package restore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/benbjohnson/litestream"
	"github.com/superfly/ltx"

	"jobboard/internal/bucket"
	"jobboard/internal/cluster/fingerprint"
	"jobboard/internal/database"
)

// Errors of Database, for errors.Is.
var (
	ErrNothing = errors.New("the bucket holds no board")
	ErrTooOld  = errors.New("the bucket holds nothing that old")
	ErrDamaged = errors.New("what was restored is damaged")
)

// Moment is the moment to restore. The zero value means the newest transaction.
type Moment struct {
	At time.Time
	TX uint64 // a transaction; not with At
}

// Restored is what was restored.
type Restored struct {
	TX    uint64    // the last transaction
	At    time.Time // when it was committed
	Bytes int64     // of the database
	Files int       // read from the log
}

// Database writes the database as it was at a moment to the new file at path, and checks it. The file is there only if all went well.
func Database(ctx context.Context, b *bucket.Bucket, moment Moment, path string) (Restored, error) {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return Restored{}, fmt.Errorf("restore to %s: %w", path, errors.Join(fs.ErrExist, err))
	}
	h, err := readHistory(ctx, b, moment.At)
	if err != nil {
		return Restored{}, err
	}
	newest := h.newest()
	switch {
	case newest == nil && h.oldest.IsZero():
		return Restored{}, fmt.Errorf("%w: %s", ErrNothing, b.Settings().Name)
	case newest == nil:
		return Restored{}, fmt.Errorf("%w: it begins at %s", ErrTooOld, h.oldest.UTC().Format(time.RFC3339))
	}
	replica := litestream.NewReplicaWithClient(nil, h)
	plan, err := litestream.CalcRestorePlan(ctx, h, ltx.TXID(moment.TX), time.Time{}, replica.Logger())
	if errors.Is(err, litestream.ErrTxNotAvailable) {
		return Restored{}, fmt.Errorf("%w: %s", ErrTooOld, described(moment, h))
	}
	if err != nil {
		return Restored{}, fmt.Errorf("choose the files to restore from: %w", err)
	}
	if plan[0].MinTXID != 1 {
		return Restored{}, fmt.Errorf("%w: %s", ErrTooOld, described(moment, h))
	}
	last := plan[len(plan)-1]
	restored := Restored{TX: uint64(last.MaxTXID), Files: len(plan)}
	if restored.At, err = h.Committed(ctx, last); err != nil {
		return Restored{}, err
	}
	options := litestream.NewRestoreOptions()
	options.OutputPath, options.TXID = path, last.MaxTXID
	if err := replica.Restore(ctx, options); err != nil {
		return Restored{}, fmt.Errorf("restore transaction %d: %w", last.MaxTXID, err)
	}
	if err := check(ctx, path); err != nil {
		return Restored{}, errors.Join(err, os.Remove(path))
	}
	info, err := os.Stat(path)
	if err != nil {
		return Restored{}, fmt.Errorf("restore to %s: %w", path, err)
	}
	restored.Bytes = info.Size()
	return restored, nil
}

func described(moment Moment, h *history) string {
	if moment.TX != 0 {
		return fmt.Sprintf("transaction %d is not in its log as the end of a file", moment.TX)
	}
	if h.oldest.IsZero() {
		return "its log has lost its beginning"
	}
	return "it begins at " + h.oldest.UTC().Format(time.RFC3339)
}

// check has SQLite check a restored database, and leaves only the one file.
func check(ctx context.Context, path string) (err error) {
	db, err := database.Connect(path)
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, db.Close())
		for _, suffix := range []string{"-wal", "-shm"} {
			if gone := os.Remove(path + suffix); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
				err = errors.Join(err, gone)
			}
		}
	}()
	complaints, err := fingerprint.QuickCheck(ctx, db.DB())
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if len(complaints) > 0 {
		return fmt.Errorf("%w: %s", ErrDamaged, strings.Join(complaints, "; "))
	}
	return nil
}

// Fingerprint returns the hashes of the database in a file that nobody writes to.
func Fingerprint(ctx context.Context, path string) (trees []fingerprint.Tree, err error) {
	db, err := database.Connect(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.DB().BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", filepath.Base(path), err)
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }()
	return fingerprint.Of(ctx, tx, fingerprint.Unpaced)
}
