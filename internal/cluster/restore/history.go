package restore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path"
	"sort"
	"time"

	"github.com/benbjohnson/litestream"
	"github.com/superfly/ltx"

	"jobboard/internal/bucket"
)

// logPrefix is where the cluster's log is in the bucket: a folder for each level, with files named after their first and last transaction.
const logPrefix = ".board/log/"

// timeKey is the metadata that says when the last transaction of a file was committed.
const timeKey = "litestream-timestamp"

// history is what the log holds up to a moment. It is what Litestream restores from.
type history struct {
	bucket *bucket.Bucket
	levels [litestream.SnapshotLevel + 1][]*ltx.FileInfo
	oldest time.Time // of the oldest snapshot, whether or not the moment is before it
}

// readHistory lists the log up to a moment or, with the zero time, all of it.
func readHistory(ctx context.Context, b *bucket.Bucket, until time.Time) (*history, error) {
	h := &history{bucket: b}
	for level := range h.levels {
		files, err := h.list(ctx, level)
		if err != nil {
			return nil, err
		}
		if len(files) > 0 && files[0].MinTXID == 1 {
			first, err := h.committed(ctx, files[0])
			if err != nil {
				return nil, err
			}
			if h.oldest.IsZero() || first.Before(h.oldest) {
				h.oldest = first
			}
		}
		if !until.IsZero() {
			if files, err = h.cut(ctx, files, until); err != nil {
				return nil, err
			}
		}
		h.levels[level] = files
	}
	return h, nil
}

func (h *history) list(ctx context.Context, level int) (files []*ltx.FileInfo, err error) {
	for object, err := range h.bucket.List(ctx, fmt.Sprintf("%s%04x/", logPrefix, level), "") {
		if err != nil {
			return nil, fmt.Errorf("list the log: %w", err)
		}
		first, last, err := ltx.ParseFilename(path.Base(object.Key))
		if err != nil {
			continue // not one of the log's
		}
		files = append(files, &ltx.FileInfo{Level: level, MinTXID: first, MaxTXID: last, Size: object.Size, CreatedAt: object.Modified})
	}
	return files, nil
}

// cut returns the files whose transactions were committed until a moment. The times of a level's files grow, so few need to be asked for.
func (h *history) cut(ctx context.Context, files []*ltx.FileInfo, until time.Time) ([]*ltx.FileInfo, error) {
	var failed error
	after := sort.Search(len(files), func(i int) bool {
		at, err := h.committed(ctx, files[i])
		if err != nil {
			failed = err
		}
		return at.After(until)
	})
	return files[:after], failed
}

// committed returns when the last transaction of a file was committed.
func (h *history) committed(ctx context.Context, info *ltx.FileInfo) (time.Time, error) {
	object, err := h.bucket.Head(ctx, key(info.Level, info.MinTXID, info.MaxTXID))
	if err != nil {
		return time.Time{}, fmt.Errorf("read the time of transaction %d: %w", info.MaxTXID, err)
	}
	at, err := time.Parse(time.RFC3339Nano, object.Meta[timeKey])
	if err != nil {
		return object.Modified, nil // written by a program that notes no time
	}
	return at, nil
}

// newest returns the file with the last transaction, or nil if there is none.
func (h *history) newest() (newest *ltx.FileInfo) {
	for _, files := range h.levels {
		if len(files) > 0 && (newest == nil || files[len(files)-1].MaxTXID > newest.MaxTXID) {
			newest = files[len(files)-1]
		}
	}
	return newest
}

func key(level int, first, last ltx.TXID) string {
	return fmt.Sprintf("%s%04x/%s", logPrefix, level, ltx.FormatFilename(first, last))
}

// Type, Init, LTXFiles and OpenLTXFile are what Litestream needs for restoring.

func (h *history) Type() string { return "bucket" }

func (h *history) Init(context.Context) error { return nil }

func (h *history) SetLogger(*slog.Logger) {}

func (h *history) LTXFiles(_ context.Context, level int, seek ltx.TXID, _ bool) (ltx.FileIterator, error) {
	if level < 0 || level >= len(h.levels) {
		return ltx.NewFileInfoSliceIterator(nil), nil
	}
	files := h.levels[level]
	from := sort.Search(len(files), func(i int) bool { return files[i].MinTXID >= seek })
	return ltx.NewFileInfoSliceIterator(files[from:]), nil
}

func (h *history) OpenLTXFile(ctx context.Context, level int, first, last ltx.TXID, offset, size int64) (io.ReadCloser, error) {
	body, _, err := h.bucket.Reader(ctx, key(level, first, last), offset, size)
	if errors.Is(err, bucket.ErrNotFound) {
		return nil, os.ErrNotExist // which makes Litestream look for another file with these transactions
	}
	return body, err
}

var errReadOnly = errors.New("restoring writes nothing to the bucket")

func (h *history) WriteLTXFile(context.Context, int, ltx.TXID, ltx.TXID, io.Reader) (*ltx.FileInfo, error) {
	return nil, errReadOnly
}

func (h *history) DeleteLTXFiles(context.Context, []*ltx.FileInfo) error { return errReadOnly }

func (h *history) DeleteAll(context.Context) error { return errReadOnly }
