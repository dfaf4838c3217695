// Package pages applies transactions of the cluster's log to a copy of the database, page by page, while other connections of the
// process read it: no statement and no trigger runs twice, so the copy equals the original byte for byte.
package pages

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"

	"github.com/superfly/ltx"
	_ "modernc.org/sqlite" // the driver
)

// ErrChanged means that something else than the applier has written to the copy, which therefore must be made anew.
var ErrChanged = errors.New("the copy of the database was changed by something else")

// Applier writes to one copy of the database. It is for one goroutine.
type Applier struct {
	path    string
	db      *sql.DB
	conn    *sql.Conn
	version int64 // of the data, as last seen by the connection
}

// Open opens a copy. From now on nothing else may write to it: see ErrChanged.
func Open(ctx context.Context, path string) (*Applier, error) {
	// synchronous(FULL): a position that is noted must survive a power cut
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"+
		"&_pragma=journal_size_limit(200000000)&_pragma=cache_size(-8000)")
	if err != nil {
		return nil, fmt.Errorf("open the copy: %w", err)
	}
	a := &Applier{path: path, db: db}
	if a.conn, err = db.Conn(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open the copy: %w", err), db.Close())
	}
	if a.version, err = a.number(ctx, "PRAGMA data_version"); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// Close closes the copy.
func (a *Applier) Close() error {
	if err := errors.Join(a.conn.Close(), a.db.Close()); err != nil {
		return fmt.Errorf("close the copy: %w", err)
	}
	return nil
}

func (a *Applier) number(ctx context.Context, query string) (n int64, err error) {
	if err := a.conn.QueryRowContext(ctx, query).Scan(&n); err != nil {
		return 0, fmt.Errorf("%s: %w", query, err)
	}
	return n, nil
}

func (a *Applier) exec(ctx context.Context, query string, args ...any) error {
	if _, err := a.conn.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("%s: %w", query, err)
	}
	return nil
}

// forget drops what the connection has cached: SQLite keeps the parsed form of pages, which is wrong once sqlite_dbpage has replaced
// them.
func (a *Applier) forget(ctx context.Context) error { return a.exec(ctx, "PRAGMA shrink_memory") }

// Apply applies files of consecutive transactions in one transaction.
func (a *Applier) Apply(ctx context.Context, files ...[]byte) error {
	changed := map[uint32][]byte{}
	var commit uint32
	for _, file := range files {
		size, err := decode(bytes.NewReader(file), func(number uint32, page []byte) error {
			changed[number] = bytes.Clone(page)
			return nil
		})
		if err != nil {
			return err
		}
		commit = size
	}
	return a.write(ctx, true, func(put func(uint32, []byte) error) (uint32, error) {
		for _, number := range slices.Sorted(maps.Keys(changed)) {
			if number > commit { // truncated by a later one
				break
			}
			if err := put(number, changed[number]); err != nil {
				return 0, err
			}
		}
		return commit, nil
	})
}

// ApplyFrom applies one file of any size.
func (a *Applier) ApplyFrom(ctx context.Context, r io.Reader) error {
	return a.write(ctx, true, func(put func(uint32, []byte) error) (uint32, error) { return decode(r, put) })
}

// decode calls page for each page of a file, in ascending order, and returns the database's size in pages after it.
func decode(r io.Reader, page func(number uint32, data []byte) error) (commit uint32, err error) {
	decoder := ltx.NewDecoder(r)
	if err := decoder.DecodeHeader(); err != nil {
		return 0, fmt.Errorf("read a transaction: %w", err)
	}
	header := decoder.Header()
	data := make([]byte, header.PageSize)
	for {
		var at ltx.PageHeader
		if err := decoder.DecodePage(&at, data); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return 0, fmt.Errorf("read a page of transaction %d: %w", header.MaxTXID, err)
		}
		if err := page(at.Pgno, data); err != nil {
			return 0, err
		}
	}
	if err := decoder.Close(); err != nil { // checks the file's sum
		return 0, fmt.Errorf("check transaction %d: %w", header.MaxTXID, err)
	}
	return header.Commit, nil
}

// write calls fill in one transaction. Page 1, which says how large the database is, is written last.
func (a *Applier) write(
	ctx context.Context, guarded bool, fill func(put func(uint32, []byte) error) (commit uint32, err error),
) (err error) {
	if err := a.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			// not with ctx, which may be why it failed
			_, undo := a.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
			err = errors.Join(err, undo, a.forget(context.WithoutCancel(ctx)))
		}
	}()
	version, err := a.number(ctx, "PRAGMA data_version")
	if err != nil {
		return err
	}
	if guarded && version != a.version {
		return ErrChanged
	}
	before, err := a.number(ctx, "PRAGMA page_count") // not right any more once pages are written
	if err != nil {
		return err
	}
	insert, err := a.conn.PrepareContext(ctx, "INSERT INTO sqlite_dbpage (pgno, data) VALUES (?, ?)")
	if err != nil {
		return fmt.Errorf("write pages: %w", err)
	}
	defer insert.Close()
	put := func(number uint32, page []byte) error {
		if _, err := insert.ExecContext(ctx, number, page); err != nil {
			return fmt.Errorf("write page %d: %w", number, err)
		}
		return nil
	}
	var first []byte
	commit, err := fill(func(number uint32, page []byte) error {
		if number != 1 {
			return put(number, page)
		}
		first = bytes.Clone(page)
		first[18], first[19] = 2, 2 // the copy, too, has a write-ahead log
		return nil
	})
	if err != nil {
		return err
	}
	if first != nil {
		if err := put(1, first); err != nil {
			return err
		}
	}
	if int64(commit) < before {
		if _, err := insert.ExecContext(ctx, commit+1, nil); err != nil { // drops this page and all after it
			return fmt.Errorf("truncate to %d pages: %w", commit, err)
		}
	}
	if err := insert.Close(); err != nil {
		return fmt.Errorf("write pages: %w", err)
	}
	if err := a.exec(ctx, "COMMIT"); err != nil {
		return err
	}
	a.version = version
	// What was committed stands, so what follows must not be cut short.
	return a.forget(context.WithoutCancel(ctx))
}

// Lock keeps everything else from writing, and waits for what is being written.
func (a *Applier) Lock(ctx context.Context) error { return a.exec(ctx, "BEGIN IMMEDIATE") }

// Unlock ends Lock. What was written before counts as part of the copy.
func (a *Applier) Unlock(ctx context.Context) error {
	version, err := a.number(ctx, "PRAGMA data_version")
	if err := errors.Join(err, a.exec(ctx, "ROLLBACK")); err != nil {
		return err
	}
	a.version = version
	return nil
}

// Flush brings what was committed to the disk, also by connections that leave that to the next checkpoint.
func (a *Applier) Flush() error {
	wal, err := os.OpenFile(a.path+"-wal", os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return fmt.Errorf("flush the write-ahead log: %w", err)
	}
	if err := errors.Join(wal.Sync(), wal.Close()); err != nil {
		return fmt.Errorf("flush the write-ahead log: %w", err)
	}
	return nil
}

// ReplaceWith makes the copy equal to the database in a file that nothing has open, and returns how many pages differed. Readers see
// the old or the new state, never a mixture.
func (a *Applier) ReplaceWith(ctx context.Context, path string) (differed int, err error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, fmt.Errorf("read the new copy: %w", err)
	}
	defer file.Close()
	head := make([]byte, 100)
	if _, err := io.ReadFull(file, head); err != nil {
		return 0, fmt.Errorf("read the new copy: %w", err)
	}
	size := int64(binary.BigEndian.Uint16(head[16:]))
	if size == 1 {
		size = 1 << 16
	}
	info, err := file.Stat()
	if err != nil {
		return 0, fmt.Errorf("read the new copy: %w", err)
	}
	count := uint32(info.Size() / size)
	err = a.write(ctx, false, func(put func(uint32, []byte) error) (uint32, error) {
		have, err := a.number(ctx, "PRAGMA page_count")
		if err != nil {
			return 0, err
		}
		read, err := a.conn.PrepareContext(ctx, "SELECT data FROM sqlite_dbpage WHERE pgno = ?")
		if err != nil {
			return 0, fmt.Errorf("read the copy: %w", err)
		}
		defer read.Close()
		page, locked := make([]byte, size), ltx.LockPgno(uint32(size))
		for number := uint32(1); number <= count; number++ {
			if number == locked { // holds nothing
				continue
			}
			if _, err := file.ReadAt(page, int64(number-1)*size); err != nil {
				return 0, fmt.Errorf("read page %d of the new copy: %w", number, err)
			}
			if int64(number) <= have {
				var old []byte
				if err := read.QueryRowContext(ctx, number).Scan(&old); err != nil {
					return 0, fmt.Errorf("read page %d of the copy: %w", number, err)
				}
				if bytes.Equal(old, page) {
					continue
				}
			}
			differed++
			if err := put(number, page); err != nil {
				return 0, err
			}
		}
		return count, nil
	})
	return differed, err
}
