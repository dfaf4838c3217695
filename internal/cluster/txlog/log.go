// Package txlog keeps the cluster's log of transactions in a bucket. A transaction's file can be created once: whoever creates the
// next one leads, and whoever wrote before cannot go on. docs/decisions/0055-log-in-a-bucket.md says why.
//
// The log is laid out as Litestream lays it out below a path, so Litestream's own tools can restore from it.
package txlog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/superfly/ltx"

	"jobboard/internal/bucket"
)

// Prefix is where the log is in the bucket.
const Prefix = ".board/log/"

// SnapshotLevel is the level of the files that hold a whole database (litestream.SnapshotLevel).
const SnapshotLevel = 9

// Errors of the log.
var (
	// ErrFenced means that another node has written the transaction's number, or that the lease is over.
	ErrFenced = errors.New("another node leads the cluster")
	// ErrNotLeading means that the log was asked to write while this node does not lead.
	ErrNotLeading = errors.New("this node does not lead the cluster")
)

// Keys of an object's metadata.
const (
	metaSession   = "session"
	metaTimestamp = "litestream-timestamp" // litestream@v0.5.18/s3/replica_client.go, MetadataKeyTimestamp
)

// Log is the log of one cluster. Its methods may be called at the same time.
type Log struct {
	bucket *bucket.Bucket

	mu     sync.Mutex
	tenure *tenure // nil while this node follows
}

// New returns the log in a bucket.
func New(b *bucket.Bucket) *Log { return &Log{bucket: b} }

// Bucket returns the bucket that the log is in.
func (l *Log) Bucket() *bucket.Bucket { return l.bucket }

// Key returns the key of a file.
func Key(level int, first, last uint64) string {
	return levelPrefix(level) + ltx.FormatFilename(ltx.TXID(first), ltx.TXID(last))
}

func levelPrefix(level int) string { return fmt.Sprintf("%s%04x/", Prefix, level) }

// Read returns the file of one transaction, or bucket.ErrNotFound if it was not written yet or is only in the archive by now.
func (l *Log) Read(ctx context.Context, number uint64) ([]byte, error) {
	data, _, err := l.bucket.Get(ctx, Key(0, number, number))
	return data, err
}

// Session returns who wrote a transaction, or bucket.ErrNotFound.
func (l *Log) Session(ctx context.Context, number uint64) (string, error) {
	object, err := l.bucket.Head(ctx, Key(0, number, number))
	return object.Meta[metaSession], err
}

// End returns the number of the last transaction at or after the number from; 0 if there is none.
func (l *Log) End(ctx context.Context, from uint64) (last uint64, err error) {
	after := ""
	if from > 1 {
		after = Key(0, from-1, from-1)
	}
	for file, err := range l.list(ctx, 0, after) {
		if err != nil {
			return 0, err
		}
		last = max(last, uint64(file.MaxTXID))
	}
	return last, nil
}

// Empty reports whether nothing was ever written.
func (l *Log) Empty(ctx context.Context) (bool, error) {
	for _, err := range l.bucket.List(ctx, Prefix, "") {
		return false, err
	}
	return true, nil
}

// Covering returns the file of the lowest archive level that leads on from the transaction before number, for a copy of the database
// that lacks number while the transaction's own file is gone. It returns nil if there is none.
func (l *Log) Covering(ctx context.Context, number uint64) (*ltx.FileInfo, error) {
	for level := 1; level < SnapshotLevel; level++ {
		var best *ltx.FileInfo
		for file, err := range l.list(ctx, level, "") {
			if err != nil {
				return nil, err
			}
			if uint64(file.MinTXID) > number {
				break
			}
			if uint64(file.MaxTXID) >= number {
				best = file
			}
		}
		if best != nil {
			return best, nil
		}
	}
	return nil, nil
}

// Open reads a file of any level. The caller closes it.
func (l *Log) Open(ctx context.Context, file *ltx.FileInfo) (io.ReadCloser, error) {
	return l.OpenLTXFile(ctx, file.Level, file.MinTXID, file.MaxTXID, 0, 0)
}

// list returns the files of a level in the order of their numbers.
func (l *Log) list(ctx context.Context, level int, after string) func(yield func(*ltx.FileInfo, error) bool) {
	prefix := levelPrefix(level)
	return func(yield func(*ltx.FileInfo, error) bool) {
		for object, err := range l.bucket.List(ctx, prefix, after) {
			if err != nil {
				yield(nil, err)
				return
			}
			first, last, err := ltx.ParseFilename(strings.TrimPrefix(object.Key, prefix))
			if err != nil {
				continue // not a file of the log
			}
			file := &ltx.FileInfo{Level: level, MinTXID: first, MaxTXID: last, Size: object.Size, CreatedAt: object.Modified.UTC()}
			if !yield(file, nil) {
				return
			}
		}
	}
}

// Create writes the file of a transaction, once in the life of the log. It returns ErrFenced if another node was faster or if the
// lease has ended meanwhile: then nobody may be told that the transaction is safe.
func (l *Log) Create(ctx context.Context, number uint64, data []byte) error {
	t, err := l.leading()
	if err != nil {
		return err
	}
	size := int64(len(data))
	if err := l.create(ctx, t, number, bytes.NewReader(data), size); err != nil {
		return err
	}
	t.confirm(&ltx.FileInfo{MinTXID: ltx.TXID(number), MaxTXID: ltx.TXID(number), Size: size, CreatedAt: time.Now().UTC()})
	return nil
}

const createTries = 6

func (l *Log) create(ctx context.Context, t *tenure, number uint64, content io.ReadSeeker, size int64) error {
	key := Key(0, number, number)
	meta := map[string]string{metaSession: t.session, metaTimestamp: time.Now().UTC().Format(time.RFC3339Nano)}
	for try := 1; ; try++ {
		if !t.holds() {
			return ErrFenced
		}
		if _, err := content.Seek(0, io.SeekStart); err != nil {
			return fmt.Errorf("write transaction %d: %w", number, err)
		}
		err := l.bucket.CreateFile(ctx, key, content, size, meta)
		if err != nil { // refused, or the answer was lost: whose is the file that is there?
			session, asked := l.Session(ctx, number)
			switch {
			case asked == nil && session == t.session: // ours
			case asked == nil:
				return fmt.Errorf("write transaction %d: %w", number, ErrFenced)
			case try == createTries || ctx.Err() != nil:
				return fmt.Errorf("write transaction %d: %w", number, err)
			default:
				if err := pause(ctx, time.Duration(try)*20*time.Millisecond); err != nil {
					return err
				}
				continue
			}
		}
		if !t.holds() { // another node may have claimed the next number already
			return fmt.Errorf("write transaction %d: %w", number, ErrFenced)
		}
		return nil
	}
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
