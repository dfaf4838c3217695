package txlog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"time"

	"github.com/benbjohnson/litestream"
	"github.com/superfly/ltx"

	"jobboard/internal/bucket"
)

const retryListing = time.Second

var _ litestream.ReplicaClient = (*Log)(nil)

// Type is Litestream's name of the kind of replica.
func (l *Log) Type() string { return "s3" }

// Init does nothing: the bucket is open.
func (l *Log) Init(context.Context) error { return nil }

// SetLogger does nothing: the log returns its errors.
func (l *Log) SetLogger(*slog.Logger) {}

// LTXFiles lists the files of a level from a number on: from memory while this node leads, else from the bucket. The time of a file is
// when it was written, whatever withTimes says: a transaction's file is written some milliseconds after its commit.
func (l *Log) LTXFiles(ctx context.Context, level int, from ltx.TXID, _ bool) (ltx.FileIterator, error) {
	var files []*ltx.FileInfo
	t, err := l.leading()
	switch {
	case err == nil && level == 0:
		files, err = t.levelZero(ctx, from)
	case err == nil:
		files, err = l.level(ctx, t, level, from)
	default:
		err = nil
		for file, failed := range l.list(ctx, level, "") {
			if failed != nil {
				err = failed
				break
			}
			if file.MinTXID >= from {
				files = append(files, file)
			}
		}
	}
	if err != nil {
		return nil, fmt.Errorf("list level %d of the log: %w", level, err)
	}
	return ltx.NewFileInfoSliceIterator(files), nil
}

// OpenLTXFile reads a file, or a part of it. A file that is not there is fs.ErrNotExist.
func (l *Log) OpenLTXFile(ctx context.Context, level int, first, last ltx.TXID, offset, size int64) (io.ReadCloser, error) {
	body, _, err := l.bucket.Reader(ctx, Key(level, uint64(first), uint64(last)), offset, size)
	if errors.Is(err, bucket.ErrNotFound) {
		return nil, fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	}
	return body, err
}

// WriteLTXFile writes a file while this node leads. Those of level 0, the transactions, can be created once. Those of the archive are
// written only when all that they hold is in the log: nothing else would keep a deposed leader from archiving what nobody acknowledged.
func (l *Log) WriteLTXFile(ctx context.Context, level int, first, last ltx.TXID, r io.Reader) (*ltx.FileInfo, error) {
	t, err := l.leading()
	if err != nil {
		return nil, err
	}
	file := &ltx.FileInfo{Level: level, MinTXID: first, MaxTXID: last, CreatedAt: time.Now().UTC()}
	if level == 0 {
		content, err := seekable(r)
		if err != nil {
			return nil, fmt.Errorf("read transaction %d: %w", last, err)
		}
		if file.Size, err = content.Seek(0, io.SeekEnd); err != nil {
			return nil, fmt.Errorf("read transaction %d: %w", last, err)
		}
		if err := l.create(ctx, t, uint64(last), content, file.Size); err != nil {
			if errors.Is(err, ErrFenced) {
				t.lost(err)
			}
			return nil, err
		}
		t.confirm(file)
		return file, nil
	}
	if err := t.await(ctx, uint64(last)); err != nil {
		return nil, fmt.Errorf("archive transactions %d to %d: %w", first, last, err)
	}
	if !t.holds() {
		return nil, fmt.Errorf("archive transactions %d to %d: %w", first, last, ErrFenced)
	}
	header, r, err := ltx.PeekHeader(r)
	if err != nil {
		return nil, fmt.Errorf("archive transactions %d to %d: %w", first, last, err)
	}
	counted := &counter{Reader: r}
	meta := map[string]string{
		metaSession: t.session, metaTimestamp: time.UnixMilli(header.Timestamp).UTC().Format(time.RFC3339Nano),
	}
	if err := l.bucket.Upload(ctx, Key(level, uint64(first), uint64(last)), counted, meta); err != nil {
		return nil, err
	}
	file.Size = counted.bytes
	t.archived(file)
	return file, nil
}

// DeleteLTXFiles deletes files that the archive has made superfluous.
func (l *Log) DeleteLTXFiles(ctx context.Context, files []*ltx.FileInfo) error {
	t, err := l.leading()
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return nil
	}
	if !t.holds() {
		return ErrFenced
	}
	keys := make([]string, len(files))
	for i, file := range files {
		keys[i] = Key(file.Level, uint64(file.MinTXID), uint64(file.MaxTXID))
	}
	if err := l.bucket.Delete(ctx, keys...); err != nil {
		return err
	}
	t.forget(files)
	return nil
}

// DeleteAll refuses: nobody may empty a cluster's log.
func (l *Log) DeleteAll(context.Context) error {
	return errors.New("the log of a cluster is not deleted")
}

// seekable returns the content of a reader so that it can be sent again.
func seekable(r io.Reader) (io.ReadSeeker, error) {
	if s, ok := r.(io.ReadSeeker); ok {
		return s, nil
	}
	data, err := io.ReadAll(r)
	return bytes.NewReader(data), err
}

// counter counts the bytes that are read.
type counter struct {
	io.Reader
	bytes int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.bytes += int64(n)
	return n, err
}
