package cluster

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/superfly/ltx"

	"jobboard/internal/bucket/buckettest"
	"jobboard/internal/leadership"
)

// pairOf returns a leader with some rows, and a follower.
func pairOf(t *testing.T) (leader, follower *member, call Caller) {
	t.Helper()
	settings := buckettest.Start(t)
	leader = start(t, settings, t.TempDir())
	until(t, "the first node leads", leader.Leading)
	leader.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, b BLOB)")
	leader.exec("CREATE INDEX by_n ON t (n)")
	leader.exec("CREATE TABLE log (id INTEGER PRIMARY KEY, n INTEGER)")
	leader.exec("INSERT INTO t (n, b) WITH RECURSIVE i (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM i LIMIT 2000) " +
		"SELECT n, randomblob(300) FROM i")
	leader.acknowledge()
	follower = start(t, settings, t.TempDir())
	follower.waitFor(leader.TXID())
	leader.bindComparisons(leader.app)
	return leader, follower, func(ctx context.Context, body []byte) ([]byte, error) {
		return leadership.HandlerOf(leader.app, CompareCall)(ctx, body)
	}
}

// Copies are compared at the same transaction, however much is written meanwhile.
func TestComparisonBesideWriters(t *testing.T) {
	leader, follower, call := pairOf(t)
	var ending atomic.Bool
	var writer sync.WaitGroup
	count, db := 0, leader.db.DB()
	writer.Go(func() {
		for ; !ending.Load(); count++ {
			if _, err := db.Exec("UPDATE t SET n = n + 1 WHERE id = ?", 1+count%2000); err != nil {
				t.Errorf("write beside a comparison: %v", err)
				break
			}
			time.Sleep(time.Millisecond) // as writers do whose answers wait for the log
		}
	})
	end := func() {
		ending.Store(true)
		writer.Wait()
	}
	defer end()
	txids := []uint64{}
	for range 3 {
		c, err := follower.Compare(t.Context(), call)
		if err != nil {
			t.Fatal(err)
		}
		if !c.Good() || c.Trees < 5 || c.Pages < 150 || c.Node != follower.ID() {
			t.Errorf("equal copies: %+v", c)
		}
		txids = append(txids, c.TXID)
	}
	end()
	if count < 10 || !slices.IsSorted(txids) || txids[0] == txids[2] {
		t.Errorf("%d writes beside comparisons at %v", count, txids)
	}
	leader.acknowledge()
	follower.waitFor(leader.TXID())
	if leader.content() != follower.content() {
		t.Error("the copies differ after comparisons")
	}
	all, err := Comparisons(t.Context(), leader.bucket)
	if err != nil || len(all) != 1 || all[0].TXID != txids[2] || !all[0].Good() {
		t.Errorf("the bucket keeps %+v (%v)", all, err)
	}
}

// A copy that is not the leader's is noticed, and made anew.
func TestADamagedCopyIsMadeAnew(t *testing.T) {
	leader, follower, call := pairOf(t)
	spoil(t, follower)
	c, err := follower.Compare(t.Context(), call)
	if err != nil {
		t.Fatal(err)
	}
	if c.Good() || !slices.Contains(c.Differences, "t") || slices.Contains(c.Differences, "log") ||
		!strings.Contains(c.Problem(), "differs from the leader's in t") {
		t.Errorf("a damaged copy: %+v (%s)", c, c.Problem())
	}
	until(t, "the copy is good again", func() bool {
		again, err := follower.Compare(t.Context(), call)
		return err == nil && again.Good()
	})
	leader.acknowledge()
	follower.waitFor(leader.TXID())
	if leader.content() != follower.content() {
		t.Error("the copies still differ")
	}
}

// spoil applies a transaction to the follower's copy that is not in the log: the first leaf page of the table t, with one byte changed.
func spoil(t *testing.T, follower *member) {
	t.Helper()
	var number uint32
	var page []byte
	err := follower.db.DB().QueryRow("SELECT s.pageno, p.data FROM dbstat s CROSS JOIN sqlite_dbpage p ON p.pgno = s.pageno "+
		"WHERE s.name = 't' AND s.pagetype = 'leaf' LIMIT 1").Scan(&number, &page)
	if err != nil {
		t.Fatal(err)
	}
	page[len(page)-1] ^= 0xff
	var size uint32
	if err := follower.db.DB().QueryRow("PRAGMA page_count").Scan(&size); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	encoder, err := ltx.NewEncoder(&file)
	if err == nil {
		err = encoder.EncodeHeader(ltx.Header{
			Version: ltx.Version, Flags: ltx.HeaderFlagNoChecksum, PageSize: uint32(len(page)), Commit: size, MinTXID: 2, MaxTXID: 2,
		})
	}
	if err == nil {
		err = encoder.EncodePage(ltx.PageHeader{Pgno: number}, page)
	}
	if err == nil {
		err = encoder.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	follower.applying.Lock()
	defer follower.applying.Unlock()
	if err := follower.applier.Apply(t.Context(), file.Bytes()); err != nil {
		t.Fatal(err)
	}
}
