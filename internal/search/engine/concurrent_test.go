package engine

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

// TestConcurrentUse runs searches, changes, merges, checkpoints, verifications and rebuilds at once. The race detector finds
// shared memory, and every search must see a consistent state of the index.
func TestConcurrentUse(t *testing.T) {
	if testing.Short() {
		t.Skip("takes several seconds")
	}
	a := newAnalyzer(t)
	dir := t.TempDir()
	ix := openIndex(t, dir, a)
	ix.parallel = parallelAlways
	must(t, ix.NewRebuild(0).Commit())
	const ids = 1500
	o := newOracle(a) // guarded by truth; has the changes that were applied
	var truth sync.Mutex
	stop := time.After(2 * time.Second)
	done := make(chan struct{})
	var all sync.WaitGroup
	loop := func(step func(i int) error) {
		all.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
				}
				if err := step(i); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	loop(func(i int) error { // each change updates two documents, of which no search may see only one
		w := newWorld(uint64(i))
		b := w.batch(ids, 100)
		b.Seq = int64(i + 1)
		for _, twin := range []string{"twin-a", "twin-b"} {
			b.Put = append(b.Put, Document{ID: twin, Title: "Twin", Values: map[string][]string{"move": {fmt.Sprint(i)}}})
		}
		truth.Lock()
		defer truth.Unlock()
		o.apply(b)
		return ix.Apply(b)
	})
	loop(func(int) error { return ix.Maintain() })
	loop(func(int) error {
		_, err := ix.Checkpoint()
		time.Sleep(20 * time.Millisecond)
		return err
	})
	loop(func(int) error { ix.Verify(); time.Sleep(50 * time.Millisecond); return ix.RebuildReason() })
	loop(func(i int) error { // every fourth rebuild is aborted
		truth.Lock()
		seq := ix.Seq()
		var docs []Document
		for _, d := range o.docs {
			docs = append(docs, *d)
		}
		truth.Unlock()
		return rebuildInParts(ix, seq, docs, i%4 == 3)
	})
	for reader := range 3 {
		w := newWorld(uint64(1000 + reader))
		loop(func(int) error { return searchConsistently(ix, w.query(a, ids)) })
	}
	<-stop
	close(done)
	all.Wait()
	w := newWorld(1)
	for range 20 {
		q := w.query(a, ids)
		q.Limit = 400
		checkAgrees(t, ix, o, q)
	}
	must(t, ix.Close())
	again := openIndex(t, dir, a)
	if again.RebuildReason() != nil || again.Stats().Documents != len(o.docs) {
		t.Errorf("reopened with %d documents of %d, rebuild reason %v", again.Stats().Documents, len(o.docs), again.RebuildReason())
	}
	must(t, again.Close())
}

// rebuildInParts rebuilds the index from documents, unless there are none.
func rebuildInParts(ix *Index, seq int64, docs []Document, abort bool) error {
	if len(docs) == 0 {
		return nil
	}
	r := ix.NewRebuild(seq)
	for len(docs) > 0 {
		n := min(len(docs), 300)
		if err := r.Add(docs[:n]); err != nil {
			return err
		}
		docs = docs[n:]
		time.Sleep(time.Millisecond)
	}
	if abort {
		r.Abort()
		return nil
	}
	return r.Commit()
}

// searchConsistently checks that a search sees both twins in the same state, and that the hits of a query fit its total.
func searchConsistently(ix *Index, q Query) error {
	twins, err := ix.Search(Query{
		Words: Parse(ix.analyzer, "twin"), Scope: Everything(), Limit: 3, Facets: []string{"move"}, NoSpelling: true,
	})
	if err != nil {
		return err
	}
	if twins.Total != 0 && (twins.Total != 2 || len(twins.Facets["move"]) != 1) {
		return fmt.Errorf("%d twins in %v", twins.Total, twins.Facets["move"])
	}
	found, err := ix.Search(q)
	if err == nil && len(found.Hits) != min(q.Limit, found.Total) {
		err = fmt.Errorf("%q: %d hits of %d", q.Words.Source, len(found.Hits), found.Total)
	}
	return err
}

// An index that is reopened finds the same as before, whether it was closed or only released as by a crash.
func TestRestartsAgreeWithOracle(t *testing.T) {
	t.Parallel()
	a := newAnalyzer(t)
	const ids = 200
	for seed := range uint64(3) {
		w := newWorld(seed)
		dir, o := t.TempDir(), newOracle(a)
		ix := openIndex(t, dir, a)
		must(t, ix.NewRebuild(0).Commit())
		var log []Batch // the changes, which may have to be applied again
		for round := range 10 {
			b := w.batch(ids, ids/2)
			b.Seq = int64(round + 1)
			log = append(log, b)
			must(t, ix.Apply(b))
			o.apply(b)
			switch w.IntN(5) {
			case 0:
				must(t, ix.Maintain())
			case 1:
				_, err := ix.Checkpoint()
				must(t, err)
			case 2:
				must(t, ix.Close())
				ix = openIndex(t, dir, a)
				if ix.Seq() != b.Seq {
					t.Fatalf("saved at %d, opened at %d", b.Seq, ix.Seq())
				}
			case 3:
				must(t, ix.Release())
				ix = openIndex(t, dir, a)
				if ix.RebuildReason() != nil { // nothing was ever saved
					must(t, ix.NewRebuild(0).Commit())
				}
				for _, b := range log[ix.Seq():] {
					must(t, ix.Apply(b))
				}
			}
			if ix.RebuildReason() != nil {
				t.Fatal(ix.RebuildReason())
			}
			for range 5 {
				checkAgrees(t, ix, o, w.query(a, ids))
			}
		}
		must(t, ix.Close())
	}
}
