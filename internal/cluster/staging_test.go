package cluster

import (
	"sync"
	"testing"

	"jobboard/internal/bucket/buckettest"
)

// Writers that ask at the same time for the numbers of their transactions share the work, and each number is right.
func TestWritersShareTheReadingOfWhatWasCommitted(t *testing.T) {
	settings := buckettest.Start(t)
	leader := start(t, settings, t.TempDir())
	until(t, "the first node leads", leader.Leading)
	leader.exec("CREATE TABLE t (id INTEGER PRIMARY KEY)")
	before := leader.acknowledge()
	follower := start(t, settings, t.TempDir())
	const writers = 40
	var all sync.WaitGroup
	numbers := make([]uint64, writers)
	for i := range writers {
		all.Go(func() {
			if _, err := leader.db.DB().Exec("INSERT INTO t VALUES (?)", i); err != nil {
				t.Error(err)
			}
			var err error
			if numbers[i], err = leader.LastWriteTXID(t.Context()); err != nil {
				t.Error(err)
			}
			follower.waitFor(numbers[i])
			var found int
			if err := follower.db.DB().QueryRow("SELECT count(*) FROM t WHERE id = ?", i).Scan(&found); err != nil || found != 1 {
				t.Errorf("a copy with transaction %d lacks the write (%v)", numbers[i], err)
			}
		})
	}
	all.Wait()
	if end := leader.acknowledge(); end-before >= writers {
		t.Errorf("%d writes at the same time became %d transactions", writers, end-before)
	}
}
