package engine

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

// Readers, writers, merges, saves, checks and rebuilds, all at once. Under the race detector this shows what shares memory;
// and what the readers see must at every moment be one state of the index.
func TestConcurrentUse(t *testing.T) {
	a := newAnalyzer(t)
	dir := t.TempDir()
	ix := openIndex(t, dir, a)
	must(t, ix.NewRebuild(0).Commit())
	const ids = 1500
	o := newOracle(a) // under truth, with the changes that Apply has got
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
	loop(func(i int) error { // each change moves a pair of twins, which no reader may see apart
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
	loop(func(i int) error { // a rebuild from what is true now, in parts, some of them given up
		truth.Lock()
		seq := ix.Seq()
		var docs []Document
		for _, d := range o.docs {
			docs = append(docs, *d)
		}
		truth.Unlock()
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
		if i%4 == 3 {
			r.Abort()
			return nil
		}
		return r.Commit()
	})
	for reader := range 3 {
		w := newWorld(uint64(1000 + reader))
		loop(func(int) error {
			twins, err := ix.Search(Query{Words: Parse(a, "twin"), Scope: Everything(), Limit: 3, Facets: []string{"move"}, NoSpelling: true})
			if err != nil {
				return err
			}
			if twins.Total != 0 && (twins.Total != 2 || len(twins.Facets["move"]) != 1) {
				return fmt.Errorf("%d twins in %v", twins.Total, twins.Facets["move"])
			}
			q := w.query(a, ids)
			found, err := ix.Search(q)
			if err == nil && len(found.Hits) != min(q.Limit, found.Total) {
				err = fmt.Errorf("%q: %d hits of %d", q.Words.Source, len(found.Hits), found.Total)
			}
			return err
		})
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
		t.Errorf("it comes back with %d documents of %d, damage %v", again.Stats().Documents, len(o.docs), again.RebuildReason())
	}
	must(t, again.Close())
}

// What a restart finds is what was there, whether the process ended well or not.
func TestRestartsAgreeWithOracle(t *testing.T) {
	a := newAnalyzer(t)
	const ids = 200
	for seed := range uint64(3) {
		w := newWorld(seed)
		dir, o := t.TempDir(), newOracle(a)
		ix := openIndex(t, dir, a)
		must(t, ix.NewRebuild(0).Commit())
		var log []Batch // what a restart may have to apply again
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
