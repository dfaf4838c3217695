package pages

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/superfly/ltx"
)

// Sizes of SQLite's write-ahead log (https://www.sqlite.org/fileformat2.html#walformat).
const (
	walHeader   = 32
	frameHeader = 24
)

// Claim returns the file of a transaction that changes nothing: page 1 as it is. Whoever writes it to the log leads.
func (a *Applier) Claim(ctx context.Context, number uint64) (file []byte, err error) {
	var page []byte
	if err := a.conn.QueryRowContext(ctx, "SELECT data FROM sqlite_dbpage WHERE pgno = 1").Scan(&page); err != nil {
		return nil, fmt.Errorf("read page 1 of the copy: %w", err)
	}
	count, err := a.number(ctx, "PRAGMA page_count")
	if err != nil {
		return nil, err
	}
	if err := a.forget(ctx); err != nil {
		return nil, err
	}
	return encode(ltx.Header{
		PageSize: uint32(len(page)), Commit: uint32(count), MinTXID: ltx.TXID(number), MaxTXID: ltx.TXID(number),
	}, []numbered{{1, page}})
}

// KeepLog makes the copy's write-ahead log grow until Close, so that Handover finds the last transaction there.
func (a *Applier) KeepLog(ctx context.Context) error {
	return a.exec(ctx, "PRAGMA wal_autocheckpoint = 0")
}

// Handover returns the file of the last applied transaction as Litestream would have written it on this machine, so that it goes on
// from there instead of taking a snapshot of the whole database.
//
// This relies on litestream@v0.5.18/db.go, verifyWithExecutor: the next file is incremental if the header of the last one says where
// the write-ahead log ends, its salts are those of the log, and it holds the page of the log's last frame.
func (a *Applier) Handover(ctx context.Context, last []byte) (file []byte, err error) {
	var busy, frames, done int64
	if err := a.conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(NOOP)").Scan(&busy, &frames, &done); err != nil {
		return nil, fmt.Errorf("ask for the length of the write-ahead log: %w", err)
	}
	var all []numbered
	decoder := ltx.NewDecoder(bytes.NewReader(last))
	if err := decoder.DecodeHeader(); err != nil {
		return nil, fmt.Errorf("read the last transaction: %w", err)
	}
	header := decoder.Header()
	for {
		page := numbered{data: make([]byte, header.PageSize)}
		var at ltx.PageHeader
		if err := decoder.DecodePage(&at, page.data); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("read the last transaction: %w", err)
		}
		page.number = at.Pgno
		all = append(all, page)
	}
	if frames < 1 {
		return nil, errors.New("the write-ahead log of the copy is empty")
	}
	wal, err := os.Open(a.path + "-wal")
	if err != nil {
		return nil, fmt.Errorf("read the write-ahead log: %w", err)
	}
	defer wal.Close()
	head, frame := make([]byte, walHeader), make([]byte, frameHeader+int64(header.PageSize))
	end := walHeader + frames*int64(len(frame))
	if _, err := wal.ReadAt(head, 0); err != nil {
		return nil, fmt.Errorf("read the write-ahead log: %w", err)
	}
	if _, err := wal.ReadAt(frame, end-int64(len(frame))); err != nil {
		return nil, fmt.Errorf("read the write-ahead log: %w", err)
	}
	if salts := head[16:24]; !bytes.Equal(salts, frame[8:16]) {
		return nil, errors.New("the last frame of the write-ahead log is not of its last run")
	}
	header.WALOffset, header.WALSize = end, 0
	header.WALSalt1, header.WALSalt2 = binary.BigEndian.Uint32(head[16:]), binary.BigEndian.Uint32(head[20:])
	return encode(header, with(all, numbered{binary.BigEndian.Uint32(frame), frame[frameHeader:]}))
}

// Outdated returns the file of a transaction so that Litestream takes a snapshot after it: its header says that the write-ahead log
// was longer than any.
//
// This relies on litestream@v0.5.18/db.go, verifyWithExecutor: "wal truncated by another process".
func Outdated(file []byte) ([]byte, error) {
	header, _, err := ltx.DecodeHeader(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("read a transaction: %w", err)
	}
	var all []numbered
	if _, err := decode(bytes.NewReader(file), func(number uint32, data []byte) error {
		all = append(all, numbered{number, bytes.Clone(data)})
		return nil
	}); err != nil {
		return nil, err
	}
	header.WALOffset, header.WALSize = 1<<50, 0
	return encode(header, all)
}

// numbered is a page with its number.
type numbered struct {
	number uint32
	data   []byte
}

// with puts a page among others, in the order of the numbers.
func with(all []numbered, page numbered) []numbered {
	for i := range all {
		switch {
		case all[i].number == page.number:
			all[i] = page
			return all
		case all[i].number > page.number:
			return append(all[:i:i], append([]numbered{page}, all[i:]...)...)
		}
	}
	return append(all, page)
}

func encode(header ltx.Header, all []numbered) ([]byte, error) {
	var file bytes.Buffer
	encoder, err := ltx.NewEncoder(&file)
	if err != nil {
		return nil, fmt.Errorf("write a transaction: %w", err)
	}
	header.Version, header.Flags = ltx.Version, ltx.HeaderFlagNoChecksum
	header.PreApplyChecksum = 0
	if err := encoder.EncodeHeader(header); err != nil {
		return nil, fmt.Errorf("write the head of a transaction: %w", err)
	}
	for _, page := range all {
		if err := encoder.EncodePage(ltx.PageHeader{Pgno: page.number}, page.data); err != nil {
			return nil, fmt.Errorf("write a page of a transaction: %w", err)
		}
	}
	if err := encoder.Close(); err != nil {
		return nil, fmt.Errorf("write the end of a transaction: %w", err)
	}
	return file.Bytes(), nil
}
