package restore_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/benbjohnson/litestream"
	"github.com/superfly/ltx"

	"jobboard/internal/bucket"
	"jobboard/internal/bucket/buckettest"
	"jobboard/internal/cluster/fingerprint"
	"jobboard/internal/cluster/restore"
	"jobboard/internal/database"
)

// writer keeps a log in the bucket as nodes do, as far as restoring is concerned.
type writer struct {
	litestream.ReplicaClient
	bucket *bucket.Bucket
}

func name(level int, first, last ltx.TXID) string {
	return fmt.Sprintf(".board/log/%04x/%s", level, ltx.FormatFilename(first, last))
}

func (w writer) Type() string               { return "test" }
func (w writer) Init(context.Context) error { return nil }
func (w writer) SetLogger(*slog.Logger)     {}
func (w writer) LTXFiles(ctx context.Context, level int, _ ltx.TXID, _ bool) (ltx.FileIterator, error) {
	var files []*ltx.FileInfo
	for object, err := range w.bucket.List(ctx, fmt.Sprintf(".board/log/%04x/", level), "") {
		if err != nil {
			return nil, err
		}
		first, last, err := ltx.ParseFilename(filepath.Base(object.Key))
		if err != nil {
			return nil, err
		}
		files = append(files, &ltx.FileInfo{Level: level, MinTXID: first, MaxTXID: last, Size: object.Size, CreatedAt: object.Modified})
	}
	return ltx.NewFileInfoSliceIterator(files), nil
}

func (w writer) OpenLTXFile(ctx context.Context, level int, first, last ltx.TXID, offset, size int64) (io.ReadCloser, error) {
	body, _, err := w.bucket.Reader(ctx, name(level, first, last), offset, size)
	return body, err
}

func (w writer) WriteLTXFile(ctx context.Context, level int, first, last ltx.TXID, r io.Reader) (*ltx.FileInfo, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	var header ltx.Header
	if err := header.UnmarshalBinary(data[:ltx.HeaderSize]); err != nil {
		return nil, err
	}
	at := time.UnixMilli(header.Timestamp).UTC()
	_, err = w.bucket.Create(ctx, name(level, first, last), data, map[string]string{"litestream-timestamp": at.Format(time.RFC3339Nano)})
	return &ltx.FileInfo{Level: level, MinTXID: first, MaxTXID: last, Size: int64(len(data)), CreatedAt: at}, err
}

// moment is a transaction of the test's database with its number of rows.
type moment struct {
	tx    uint64
	rows  int
	after time.Time
}

// record writes a database whose log is in the bucket, and returns its moments and its fingerprint at the end.
func record(t *testing.T, b *bucket.Bucket, count int) (moments []moment, last []fingerprint.Tree) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "data.db")
	connected, err := database.Connect(path)
	if err != nil {
		t.Fatal(err)
	}
	db := connected.DB()
	execute := func(query string, args ...any) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
			t.Fatal(err)
		}
	}
	execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT)")
	execute("CREATE INDEX by_text ON rows (text)")
	source := litestream.NewDB(path)
	source.MonitorInterval = 0
	source.Replica = litestream.NewReplicaWithClient(source, writer{bucket: b})
	source.Replica.MonitorEnabled = false
	if err := source.Open(); err != nil {
		t.Fatal(err)
	}
	for n := range count {
		execute("INSERT INTO rows (text) VALUES (hex(randomblob(2000)))")
		if err := source.SyncAndWait(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n == count/2 {
			if _, err := source.Compact(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
		}
		pos, err := source.Pos()
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Millisecond) // the log's times have milliseconds
		moments = append(moments, moment{tx: uint64(pos.TXID), rows: n + 1, after: time.Now()})
		time.Sleep(2 * time.Millisecond)
	}
	tx, err := db.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if last, err = fingerprint.Of(t.Context(), tx, fingerprint.Unpaced); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(tx.Rollback(), source.Close(t.Context()), connected.Close()); err != nil {
		t.Fatal(err)
	}
	return moments, last
}

func rows(t *testing.T, path string) (count int) {
	t.Helper()
	db, err := database.Connect(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.NewQuery("SELECT count(*) FROM rows").Row(&count); err != nil {
		t.Fatal(err)
	}
	return count
}

func TestRestoresAnyMoment(t *testing.T) {
	b := buckettest.Open(t)
	began := time.Now()
	moments, last := record(t, b, 12)
	dir := t.TempDir()
	try := func(what restore.Moment) (restore.Restored, string, error) {
		path := filepath.Join(dir, fmt.Sprintf("%x.db", rand.Uint64()))
		restored, err := restore.Database(t.Context(), b, what, path)
		return restored, path, err
	}
	restored, path, err := try(restore.Moment{})
	if err != nil {
		t.Fatal(err)
	}
	if restored.TX != moments[11].tx || rows(t, path) != 12 || restored.At.Before(began.Add(-time.Second)) {
		t.Errorf("the newest: %+v with %d rows, want %+v", restored, rows(t, path), moments[11])
	}
	trees, err := restore.Fingerprint(t.Context(), path)
	if differences := fingerprint.Compare(last, trees); err != nil || len(differences) > 0 {
		t.Errorf("what was restored differs from the original in %v (%v)", fingerprint.Names(differences), err)
	}
	for _, m := range moments {
		restored, path, err := try(restore.Moment{At: m.after})
		if err != nil || restored.TX != m.tx || rows(t, path) != m.rows {
			t.Errorf("at %s: %+v, %v; want %+v", m.after, restored, err, m)
		}
	}
	m := moments[rand.IntN(12)]
	restored, path, err = try(restore.Moment{TX: m.tx})
	if err != nil || restored.TX != m.tx || rows(t, path) != m.rows {
		t.Errorf("transaction %d: %+v, %v; want %+v", m.tx, restored, err, m)
	}
	if _, path, err = try(restore.Moment{At: began.Add(-time.Hour)}); !errors.Is(err, restore.ErrTooOld) {
		t.Errorf("before the log begins: %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a failed restore leaves a file")
	}
	if _, _, err = try(restore.Moment{TX: moments[11].tx + 5}); !errors.Is(err, restore.ErrTooOld) {
		t.Errorf("a transaction that is still to come: %v", err)
	}
}

func TestNothingIsOverwritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.db")
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := restore.Database(t.Context(), buckettest.Open(t), restore.Moment{}, path); !errors.Is(err, os.ErrExist) {
		t.Errorf("restoring over a file: %v", err)
	}
	if content, err := os.ReadFile(path); string(content) != "precious" {
		t.Errorf("the file holds %q now (%v)", content, err)
	}
}

func TestAnEmptyBucketHoldsNoBoard(t *testing.T) {
	_, err := restore.Database(t.Context(), buckettest.Open(t), restore.Moment{}, filepath.Join(t.TempDir(), "data.db"))
	if !errors.Is(err, restore.ErrNothing) {
		t.Error(err)
	}
}

// A page that came back from the bucket otherwise than it was written must be noticed.
func TestDamageIsNoticed(t *testing.T) {
	b := buckettest.Open(t)
	record(t, b, 3)
	for object, err := range b.List(t.Context(), ".board/log/0001/", "") {
		if err != nil {
			t.Fatal(err)
		}
		data, _, err := b.Get(t.Context(), object.Key)
		if err != nil {
			t.Fatal(err)
		}
		data[len(data)/2] ^= 0xff
		if err := b.Put(t.Context(), object.Key, data); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "data.db")
	if restored, err := restore.Database(t.Context(), b, restore.Moment{}, path); err == nil {
		t.Errorf("restored from a damaged file: %+v", restored)
	}
	if left, err := filepath.Glob(path + "*"); err != nil || len(left) > 0 {
		t.Errorf("left are %v (%v)", left, err)
	}
}
