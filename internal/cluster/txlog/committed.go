package txlog

import (
	"context"
	"fmt"
	"time"

	"github.com/superfly/ltx"
)

// Committed returns when the last transaction of a file was committed.
func (l *Log) Committed(ctx context.Context, file *ltx.FileInfo) (time.Time, error) {
	object, err := l.bucket.Head(ctx, Key(file.Level, uint64(file.MinTXID), uint64(file.MaxTXID)))
	if err != nil {
		return time.Time{}, fmt.Errorf("read the time of transaction %d: %w", file.MaxTXID, err)
	}
	at, err := time.Parse(time.RFC3339Nano, object.Meta[metaTimestamp])
	if err != nil {
		return object.Modified, nil // written by a program that records no time
	}
	return at, nil
}
