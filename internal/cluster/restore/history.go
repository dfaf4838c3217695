package restore

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"time"

	"github.com/benbjohnson/litestream"
	"github.com/superfly/ltx"

	"jobboard/internal/bucket"
	"jobboard/internal/cluster/txlog"
)

// history is the log up to a moment. Litestream restores from it; the log itself refuses writes, since it never leads.
type history struct {
	*txlog.Log
	levels [txlog.SnapshotLevel + 1][]*ltx.FileInfo
	oldest time.Time // of the oldest snapshot, whether or not the moment is before it
}

var _ litestream.ReplicaClient = (*history)(nil)

// readHistory lists the log up to a moment or, with the zero time, all of it.
func readHistory(ctx context.Context, b *bucket.Bucket, until time.Time) (*history, error) {
	h := &history{Log: txlog.New(b)}
	for level := range h.levels {
		files, err := h.list(ctx, level)
		if err != nil {
			return nil, err
		}
		if len(files) > 0 && files[0].MinTXID == 1 {
			first, err := h.Committed(ctx, files[0])
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

// list returns the files of a level in the order of their transactions.
func (h *history) list(ctx context.Context, level int) (files []*ltx.FileInfo, err error) {
	all, err := h.Log.LTXFiles(ctx, level, 0, false)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, all.Close()) }()
	for all.Next() {
		files = append(files, all.Item())
	}
	if err := all.Err(); err != nil {
		return nil, fmt.Errorf("list the log: %w", err)
	}
	return files, nil
}

// cut returns the files whose transactions were committed until a moment. The times of a level's files grow, so few need to be looked up.
func (h *history) cut(ctx context.Context, files []*ltx.FileInfo, until time.Time) ([]*ltx.FileInfo, error) {
	var failed error
	after := sort.Search(len(files), func(i int) bool {
		at, err := h.Committed(ctx, files[i])
		if err != nil {
			failed = err
		}
		return at.After(until)
	})
	return files[:after], failed
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

// LTXFiles lists the files of a level from a transaction on, up to the moment.
func (h *history) LTXFiles(_ context.Context, level int, seek ltx.TXID, _ bool) (ltx.FileIterator, error) {
	if level < 0 || level >= len(h.levels) {
		return ltx.NewFileInfoSliceIterator(nil), nil
	}
	files := h.levels[level]
	from := sort.Search(len(files), func(i int) bool { return files[i].MinTXID >= seek })
	return ltx.NewFileInfoSliceIterator(files[from:]), nil
}
